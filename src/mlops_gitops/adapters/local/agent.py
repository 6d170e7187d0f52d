"""The agent: the loop that brings what runs nearer to the objects, tick by tick.

It holds nothing that is not in files, so it may be killed at any time: the next agent reads objects, pod records and
progress, and goes on.  What to do is decided by pure functions (``rollout``, ``job_progress``); here it is only done.
"""

from __future__ import annotations

import shutil
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlops_gitops.adapters.local.job_progress import JobProgress, WantJob, decide_job
from mlops_gitops.adapters.local.launch import die_with_parent
from mlops_gitops.adapters.local.layout import Layout
from mlops_gitops.adapters.local.objects import ObjectStore, StoredObject, file_name
from mlops_gitops.adapters.local.pod_keeper import PodKeeper
from mlops_gitops.adapters.local.pods import revision_of
from mlops_gitops.adapters.local.rollout import Progress, Want, decide_rollout
from mlops_gitops.adapters.local.routing import Routing
from mlops_gitops.adapters.local.supervision import Supervision
from mlops_gitops.adapters.state_files import read_json, write_json
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.resource import ResourceKey

_TICK_S = 0.1
_IDLE_TICK_S = 0.3
_BUSY_FOR_S = 5.0


class Agent:
    """One environment's control loop."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._store = ObjectStore(layout)
        self._supervision = Supervision(layout)
        self._keeper = PodKeeper(layout, self._supervision, say)
        self._routing = Routing(layout, self._store, say)
        self._statuses: dict[ResourceKey, Mapping[str, Any]] = {}
        self._changed_at = time.time()

    def run(self) -> None:
        """Tick until the environment's folder is gone; then take supervisord down too."""
        while self._layout.objects.is_dir():
            try:
                self.tick(time.time())
            except OutsideError as error:
                say(f"{error.what}: {error.where}: {error.why}")
                time.sleep(1.0)
            busy = time.time() - self._changed_at < _BUSY_FOR_S
            time.sleep(_TICK_S if busy else _IDLE_TICK_S)
        # The shutdown stops this process too; it shall come to the end of its tidying first.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self._supervision.control.shut_down()
        shutil.rmtree(self._layout.run_folder, ignore_errors=True)

    def tick(self, now: float) -> None:
        """Look once at everything, and do what is due."""
        objects = self._store.all()
        self._keeper.refresh(objects, self._routing.variables(), now)
        serving: list[str] = []
        for key, stored in objects.items():
            if key.kind == "Deployment":
                serving += self._deployment(stored, now)
            elif key.kind == "Job":
                self._job(stored, now)
        self._clear_away(objects)
        pods = [pod for pod in map(self._keeper.get, serving) if pod]
        self._routing.follow(
            [stored for key, stored in objects.items() if key.kind == "Service"],
            [(pod, self._keeper.template(pod)) for pod in pods],
            self._keeper.promised_ports(),
        )

    def _deployment(self, stored: StoredObject, now: float) -> tuple[str, ...]:
        """One Deployment; returns the pods that may be served."""
        key, spec = stored.resource.key, stored.resource.body["spec"]
        want = Want(
            revision=revision_of(key.kind, spec["template"]),
            generation=stored.generation,
            replicas=spec.get("replicas", 1),
            deadline_s=float(spec.get("progressDeadlineSeconds", 600)),
            surge=(spec.get("strategy") or {}).get("type") != "Recreate",
        )
        before = Progress(**(self._progress(key) or {}))
        pods = [self._keeper.view(pod, now) for pod in self._keeper.owned_by(key)]
        decision = decide_rollout(want, before, pods, now)
        for _ in range(decision.start):
            self._keeper.start(key, want.revision, spec["template"])
        for name in decision.stop:
            self._keeper.stop(name)
        if decision.progress.failed and not before.failed:
            say(f"{key}: {decision.progress.failed}")
        self._note(key, before, decision.progress, decision.status)
        return decision.serve

    def _job(self, stored: StoredObject, now: float) -> None:
        key, spec = stored.resource.key, stored.resource.body["spec"]
        deadline = spec.get("activeDeadlineSeconds")
        want = WantJob(
            revision=revision_of(key.kind, spec["template"]),
            generation=stored.generation,
            backoff_limit=spec.get("backoffLimit", 6),
            deadline_s=None if deadline is None else float(deadline),
            suspended=bool(spec.get("suspend")),
        )
        before = JobProgress(**(self._progress(key) or {}))
        attempts = tuple(self._keeper.attempt(pod) for pod in self._keeper.owned_by(key))
        decision = decide_job(want, before, attempts, now)
        # Progress first: a try that ended must be counted before its pod, the only other trace of it, goes away.
        self._note(key, before, decision.progress, decision.status)
        if decision.start:
            self._keeper.start(key, want.revision, spec["template"])
        for name in decision.stop:
            self._keeper.stop(name)

    def _clear_away(self, objects: Mapping[ResourceKey, StoredObject]) -> None:
        """Stop what nobody wants any more, and forget what was known of it."""
        for owner in self._keeper.owners() - objects.keys():
            for pod in self._keeper.owned_by(owner):
                self._keeper.stop(pod.name)
        wanted = {file_name(key) for key in objects}
        for folder in (self._layout.status, self._layout.progress):
            for path in folder.glob("*.json"):
                if path.name not in wanted:
                    path.unlink(missing_ok=True)
        self._statuses = {key: status for key, status in self._statuses.items() if key in objects}

    def _progress(self, key: ResourceKey) -> Any:
        return read_json(self._layout.progress / file_name(key))

    def _note(
        self, key: ResourceKey, before: Progress | JobProgress, after: Progress | JobProgress, status: Mapping[str, Any]
    ) -> None:
        if after != before:
            write_json(self._layout.progress / file_name(key), asdict(after))
        if self._statuses.get(key) != status:
            self._store.put_status(key, status)
            self._statuses[key] = status
            self._changed_at = time.time()


def say(text: str) -> None:
    """A line in the agent's log."""
    print(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {text}", flush=True)


def main(state: str) -> None:
    """Run the agent of the environment whose state folder is given."""
    die_with_parent()
    settings = read_json(Path(state) / "settings.json")
    if settings is None:
        raise SystemExit(f"{state}/settings.json is missing")
    say("agent starts")
    Agent(Layout(Path(settings["root"]), settings["environment"])).run()


if __name__ == "__main__":
    main(sys.argv[1])
