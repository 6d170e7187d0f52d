"""The trace: which version serves, since when, by whose commit, on which evidence, and what served before.

A trace is built from *recorded changes*: for each commit that touched the release file, what the file, the evidence
and the rendered tree say in that very commit.  Three words tell how far a statement carries: *proved* (git's contents
prove it), *asserted* (somebody wrote it down), *broken* (the contents contradict it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from mlops_gitops.audit.integrity import Finding, evidence_proof, findings
from mlops_gitops.audit.recorded import Proof, RecordedChange
from mlops_gitops.ports.repository import Author
from mlops_gitops.records.release import Release, ReleasedGate, ReleasedModel
from mlops_gitops.records.trailers import Trailer


class Actor(Enum):
    """Whose commit it is."""

    PERSON = "person"
    BOT = "bot"
    UNKNOWN = "unknown"  # Where a shallow clone ends, git does not know.


@dataclass(frozen=True, slots=True)
class TracedChange:
    """One change of what is served: ``model`` is ``None`` where the commit took the release away or is unreadable."""

    commit: str
    at: datetime
    author: Author
    actor: Actor
    subject: str
    action: str
    model: ReleasedModel | None
    previous: int | None
    evidence: str | None
    severity: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Trace:
    """What git says about one environment of a project; ``changes`` newest first.

    ``history_ends`` names the commit before which a shallow clone knows nothing; ``None`` where the history is whole.
    """

    project: str
    environment: str
    serving: Release | None
    changes: tuple[TracedChange, ...]
    findings: tuple[Finding, ...]
    history_ends: str | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing contradicts anything."""
        return not self.findings

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON; times are UTC in ISO 8601."""
        return {
            "project": self.project,
            "environment": self.environment,
            "serving": self.serving.model_dump(mode="json", exclude_none=True) if self.serving else None,
            "changes": [_plain_change(change) for change in self.changes],
            "findings": [
                {"kind": found.kind.value, "commit": found.commit, "message": found.message} for found in self.findings
            ],
            "history_ends": self.history_ends,
            "sound": self.sound,
        }


def build_trace(project: str, environment: str, changes: Sequence[RecordedChange], bot: Author) -> Trace:
    """The trace of recorded changes, newest first; commits under the bot's address count as the bot's."""
    return Trace(
        project=project,
        environment=environment,
        serving=changes[0].release if changes else None,
        changes=tuple(_traced(change, bot) for change in changes),
        findings=findings(project, environment, changes),
        history_ends=next((change.commit.sha for change in changes if change.commit.boundary), None),
    )


def weakest_gate(gates: Sequence[ReleasedGate]) -> ReleasedGate | None:
    """The gate that was met most narrowly, relative to its limit; one that was not met is weaker than any.

    A gate that allows nothing (limit 0) and was met has no margin to speak of, and is left out.
    """
    judged = [gate for gate in gates if gate.limit or margin(gate) < 0]
    return min(judged, key=lambda gate: margin(gate) / (abs(gate.limit) or 1.0), default=None)


def margin(gate: ReleasedGate) -> float:
    """By how much a gate was met, in the metric's unit; negative where it was not."""
    return gate.measured - gate.limit if gate.sign == "≥" else gate.limit - gate.measured


def _traced(change: RecordedChange, bot: Author) -> TracedChange:
    release, trailers = change.release, change.trailers
    return TracedChange(
        commit=change.commit.sha,
        at=change.commit.committed_at,
        author=change.commit.author,
        actor=_actor(change, bot),
        subject=change.commit.subject,
        action=trailers.get(Trailer.ACTION, ""),
        model=release.model if release else None,
        previous=release.previous.version if release and release.previous else None,
        evidence=release.evidence if release else None,
        severity=trailers.get(Trailer.SEVERITY, ""),
        proof=evidence_proof(change),
    )


def _actor(change: RecordedChange, bot: Author) -> Actor:
    if change.commit.boundary:
        return Actor.UNKNOWN
    return Actor.BOT if change.commit.author.email == bot.email else Actor.PERSON


def _plain_change(change: TracedChange) -> dict[str, Any]:
    return {
        "commit": change.commit,
        "at": change.at.astimezone(UTC).isoformat(),
        "author": {"name": change.author.name, "email": change.author.email},
        "actor": change.actor.value,
        "subject": change.subject,
        "action": change.action,
        "model": change.model.model_dump(mode="json") if change.model else None,
        "previous": change.previous,
        "evidence": change.evidence,
        "severity": change.severity,
        "proof": change.proof.value,
    }
