"""Decide how a Deployment's pods come nearer to its template: pure, a tick at a time.

All new pods are started beside the old ones.  Once each of them is ready the Service leads to them, and after a moment
for open answers to end the old ones are stopped.  If the new ones do not get ready in time, or keep crashing, they are
stopped, the old ones serve on, and the roll-out has failed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

# How long old pods stay after the Service has left them.
DRAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Want:
    """The Deployment: ``surge`` is false for the strategy Recreate (old pods stop before new ones start)."""

    revision: str
    generation: int
    replicas: int
    deadline_s: float
    surge: bool = True


@dataclass(frozen=True, slots=True)
class PodView:
    """One pod: ``crashing`` once it was given up, ``why`` tells what an unready pod waits for or died of."""

    name: str
    revision: str
    ready: bool
    crashing: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """What must be remembered of a roll-out; times are epoch seconds, ``ready_since`` is 0 until it is."""

    revision: str = ""
    generation: int = 0
    since: float = 0.0
    ready_since: float = 0.0
    failed: str = ""

    @property
    def complete(self) -> bool:
        """Once complete, later crashes are no failure of the roll-out."""
        return self.ready_since > 0


@dataclass(frozen=True, slots=True)
class Decision:
    """How many pods to start, which to stop, which the Service may lead to, and the status to show."""

    progress: Progress
    start: int
    stop: tuple[str, ...]
    serve: tuple[str, ...]
    status: dict[str, Any]


def decide_rollout(want: Want, before: Progress, pods: Sequence[PodView], now: float) -> Decision:
    """One tick; ``pods`` are those of this Deployment that are not stopping already."""
    progress = _begun(want, before, now)
    new = [pod for pod in pods if pod.revision == want.revision]
    old = [pod for pod in pods if pod.revision != want.revision]
    progress = _judged(want, progress, new, now)
    old_ready = tuple(pod.name for pod in old if pod.ready)
    new_ready = tuple(pod.name for pod in new if pod.ready)
    if progress.failed:
        start, stop, serve = 0, tuple(pod.name for pod in new), old_ready
    elif progress.complete:
        start, stop = _settled(want, progress, new, old, now)
        serve = new_ready or old_ready
    else:
        start = 0 if old and not want.surge else want.replicas - len(new)
        stop, serve = (tuple(pod.name for pod in old) if not want.surge else ()), old_ready or new_ready
    return Decision(progress, max(0, start), stop, serve, _status(want, progress, new, old))


def _begun(want: Want, before: Progress, now: float) -> Progress:
    """A new template starts the clock; the same one applied again gives a failed roll-out another try."""
    if before.revision != want.revision or (before.failed and before.generation != want.generation):
        return Progress(want.revision, want.generation, since=now)
    return replace(before, generation=want.generation)


def _judged(want: Want, progress: Progress, new: Sequence[PodView], now: float) -> Progress:
    if progress.failed or progress.complete:
        return progress
    if sum(pod.ready for pod in new) >= want.replicas:
        return replace(progress, ready_since=now)
    crashing = next((pod for pod in new if pod.crashing), None)
    if crashing:
        return replace(progress, failed=f"the new pod keeps crashing\n{crashing.why}")
    if now - progress.since > want.deadline_s:
        unready = next((pod for pod in new if not pod.ready), None)
        why = f"\n{unready.why}" if unready and unready.why else ""
        return replace(progress, failed=f"not ready within {want.deadline_s:g} s{why}")
    return progress


def _settled(
    want: Want, progress: Progress, new: Sequence[PodView], old: Sequence[PodView], now: float
) -> tuple[int, tuple[str, ...]]:
    """Keep the number of pods; unready ones go first where there are too many."""
    surplus = sorted(new, key=lambda pod: (pod.ready, pod.name))[: max(0, len(new) - want.replicas)]
    drained = now - progress.ready_since >= DRAIN_S
    gone = [*surplus, *(old if drained or not want.replicas else ())]
    return want.replicas - len(new), tuple(pod.name for pod in gone)


def _status(want: Want, progress: Progress, new: Sequence[PodView], old: Sequence[PodView]) -> dict[str, Any]:
    """Kubernetes' own status, so that the same rules judge it."""
    available = sum(pod.ready for pod in (*new, *old))
    waiting = next((pod.why.partition("\n")[0] for pod in new if not pod.ready and pod.why), "")
    progressing = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "message": waiting}
    if progress.failed:
        kept = f"; {len(old)} old pods serve on" if old else ""
        message = progress.failed.partition("\n")
        text = f"{message[0]}{kept}{message[1]}{message[2]}"
        progressing |= {"status": "False", "reason": "ProgressDeadlineExceeded", "message": text}
    elif not progress.complete:
        progressing |= {"reason": "ReplicaSetUpdated"}
    return {
        "observedGeneration": want.generation,
        "replicas": len(new) + len(old),
        "updatedReplicas": len(new),
        "readyReplicas": available,
        "availableReplicas": available,
        "conditions": [progressing],
    }
