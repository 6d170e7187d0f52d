"""The local target: the ``Target`` port over objects as files and the supervised agent that follows them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from mlops_gitops.adapters.local.kinds import WITHOUT_EFFECT, refuse_unsupported
from mlops_gitops.adapters.local.layout import Layout
from mlops_gitops.adapters.local.objects import ObjectStore, StoredObject, file_name
from mlops_gitops.adapters.local.pods import PodStore
from mlops_gitops.adapters.local.ports import LOOPBACK
from mlops_gitops.adapters.local.supervision import Supervision
from mlops_gitops.adapters.state_files import read_json
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.reconciler.health import assess
from mlops_gitops.records.applied import LiveResource
from mlops_gitops.records.canonical import short
from mlops_gitops.records.health import Health, HealthState
from mlops_gitops.records.labels import MODEL_DIGEST
from mlops_gitops.records.resource import Resource, ResourceKey

# Kinds that need the supervisor to be up.
_ACTIVE = frozenset({"Deployment", "Job", "Service"})
_LOOK_AGAIN_S = 0.5


class LocalTarget:
    """One environment on this machine. Looking at it starts nothing; ``apply`` starts the supervisor where needed."""

    name = "local"

    def __init__(self, root: Path, environment: str) -> None:
        self._layout = Layout(root.resolve(), environment)
        self._store = ObjectStore(self._layout)
        self._supervision = Supervision(self._layout)
        self._looked: tuple[float, bool] = (-_LOOK_AGAIN_S, False)

    def live(self) -> Iterable[LiveResource]:
        """See ``Target.live``; what should run, but has no supervisor, is reported without a digest, so as changed."""
        return tuple(
            LiveResource(
                key, "" if self._is_down(stored) else stored.resource.digest, stored.resource.project, stored.commit
            )
            for key, stored in self._store.all().items()
        )

    def apply(self, resource: Resource, commit: str) -> None:
        """See ``Target.apply``; raises ``RefusedError`` for what a process cannot do."""
        refuse_unsupported(resource)
        self._check_model(resource)
        if resource.key.kind == "PersistentVolumeClaim":
            self._layout.claim(resource.key.name).mkdir(parents=True, exist_ok=True)
        if resource.key.kind in _ACTIVE and self._supervision.ensure():
            self._looked = (time.monotonic(), True)
        self._store.put(resource, commit)

    def _check_model(self, resource: Resource) -> None:
        """A server without its model would only start and end, again and again: say so before it starts."""
        metadata, spec = resource.body["metadata"], resource.body.get("spec") or {}
        digest = (metadata.get("annotations") or {}).get(MODEL_DIGEST)
        if resource.key.kind != "Deployment" or not digest or not spec.get("replicas", 1):
            return
        package = self._layout.claim("model-store") / digest.removeprefix("sha256:")
        if not package.is_dir():
            raise OutsideError(
                "this machine's model store lacks the released model",
                where=str(package),
                why=f"{short(digest)} was made elsewhere; `mlops-gitops run {resource.project}` makes it here",
            )

    def delete(self, key: ResourceKey) -> None:
        """See ``Target.delete``; the folder of a claim keeps its data."""
        self._store.remove(key)

    def health(self, key: ResourceKey) -> Health:
        """See ``Target.health``."""
        stored = self._store.get(key)
        if stored is None:
            return self._gone(key)
        if key.kind in WITHOUT_EFFECT:
            return Health(HealthState.CURRENT, WITHOUT_EFFECT[key.kind])
        if key.kind == "PersistentVolumeClaim":
            return Health(HealthState.CURRENT, f"folder {self._layout.claim(key.name)}")
        if self._is_down(stored):
            return Health(HealthState.FAILED, "does not run: its supervisor was stopped or killed")
        status = self._store.status(key)
        if key.kind == "Service":
            return self._service(status)
        body = stored.resource.body
        generation = {"generation": stored.generation}
        return assess({**body, "metadata": {**body["metadata"], **generation}, "status": status})

    def endpoint(self, service: str) -> str | None:
        """See ``Target.endpoint``: the Service's first port on loopback."""
        for key in self._store.all():
            if key.kind == "Service" and key.name == service:
                ports = self._store.status(key).get("ports") or []
                return f"http://{LOOPBACK}:{ports[0]['local']}" if ports else None
        return None

    def stop_all(self) -> None:
        """Stop every process of the environment; objects and data stay, and a reconcile starts all again."""
        self._supervision.stop()
        self._looked = (-_LOOK_AGAIN_S, False)

    def _service(self, status: dict[str, list[dict[str, str]]]) -> Health:
        ports = status.get("ports")
        if not ports:
            return Health(HealthState.IN_PROGRESS, "no port yet")
        notes = [port["note"] for port in ports if port["note"]]
        return Health(HealthState.CURRENT, "; ".join([f"http://{LOOPBACK}:{ports[0]['local']}", *notes]))

    def _gone(self, key: ResourceKey) -> Health:
        """Removed, but its processes may need a moment to stop."""
        if key.kind in _ACTIVE and self._is_up() and any(pod.owner == key for pod in PodStore(self._layout).all()):
            return Health(HealthState.TERMINATING, "its processes are stopping")
        return Health(HealthState.NOT_FOUND)

    def _is_down(self, stored: StoredObject) -> bool:
        """Whether the object should have something running and cannot, for want of a supervisor."""
        key, spec = stored.resource.key, stored.resource.body.get("spec") or {}
        if key.kind not in _ACTIVE or self._is_up():
            return False
        if key.kind == "Deployment":
            return bool(spec.get("replicas", 1))
        progress = read_json(self._layout.progress / file_name(key)) or {}
        return not (key.kind == "Job" and progress.get("ended"))

    def _is_up(self) -> bool:
        """Asked of supervisord at most twice a second: health is asked of each object many times."""
        at, up = self._looked
        if time.monotonic() - at >= _LOOK_AGAIN_S:
            up = self._supervision.running()
            self._looked = (time.monotonic(), up)
        return up
