"""The trace as text for a terminal: what serves first, then its proof, then what served before, then what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from mlops_gitops.audit.recorded import Proof
from mlops_gitops.audit.trace import Actor, Trace, TracedChange, margin, weakest_gate
from mlops_gitops.records.canonical import short
from mlops_gitops.records.release import ReleasedModel

_LABEL = 9


def format_trace(trace: Trace) -> str:
    """The whole trace, ending in a line break."""
    lines = [*_serving(trace), *_before(trace), *_history(trace), *_findings(trace)]
    return "".join(f"{_printable(line)}\n" for line in lines)


def _serving(trace: Trace) -> Iterator[str]:
    if not trace.changes:
        yield f"{trace.project}: nothing was ever released to {trace.environment}"
        return
    last = trace.changes[0]
    if trace.serving is None:
        yield f"{trace.project}: nothing serves in {trace.environment} since {_when(last.at)} · {_who(last)}"
        return
    model = trace.serving.model
    since = "at least since" if last.actor is Actor.UNKNOWN else "since"
    yield f"{trace.project} v{model.version} serves in {trace.environment} {since} {_when(last.at)} · {_who(last)}"
    yield _line("model", _origin(model))
    yield _line("gates", _gates(model))
    yield _line("evidence", _evidence(last))
    if last.previous is not None:
        yield _line("replaced", f"v{last.previous}")


def _before(trace: Trace) -> Iterator[str]:
    if len(trace.changes) < 2:
        return
    yield "before that"
    versions = [f"v{change.model.version}" if change.model else "none" for change in trace.changes[1:]]
    actions = [change.action or "by hand" for change in trace.changes[1:]]
    for change, version, action in zip(trace.changes[1:], versions, actions, strict=True):
        evidence = f" · evidence {_digest(change.evidence)} {change.proof.value}" if change.evidence else ""
        left, middle = version.ljust(max(map(len, versions))), action.ljust(max(map(len, actions)))
        yield f"  {left}  {_when(change.at)}  {middle}  {_who(change)}{evidence}"


def _history(trace: Trace) -> Iterator[str]:
    if trace.history_ends is not None:
        yield (
            f"history ends at {trace.history_ends[:7]}: this clone is shallow, and who changed what before is not known"
            " here (git fetch --unshallow)"
        )


def _findings(trace: Trace) -> Iterator[str]:
    for found in trace.findings:
        yield f"BROKEN  {found.commit[:7]}  {found.message}"
    if trace.changes and trace.sound:
        yield "release files, trailers, evidence and rendered files agree in every commit above"


def _origin(model: ReleasedModel) -> str:
    parts = (
        f"{_digest(model.digest)}",
        f"trained in run {model.run} at commit {model.trained_at_commit[:7]}",
        f"data {_digest(model.data_digest)}",
        f"code {_digest(model.code_digest)}",
        f"environment {_digest(model.environment_digest)}",
        f"config {_digest(model.config_digest)}",
    )
    return "  ".join(parts)


def _gates(model: ReleasedModel) -> str:
    if not model.gates:
        return "none recorded"
    met = sum(margin(gate) >= 0 for gate in model.gates)
    told = f"{met} of {len(model.gates)} passed"
    if weakest := weakest_gate(model.gates):
        narrowest = f"{weakest.name} {margin(weakest):+.4g} ({weakest.measured:g} {weakest.sign} {weakest.limit:g})"
        told += f"; weakest margin {narrowest}"
    return f"{told}   {Proof.ASSERTED.value} by run {model.run}"


def _evidence(change: TracedChange) -> str:
    if change.evidence is None:
        return "none named: released on the gates above"
    severity = f"{change.severity} severity   " if change.severity else ""
    return f"{_digest(change.evidence)}  {severity}{change.proof.value}"


def _who(change: TracedChange) -> str:
    if change.actor is Actor.UNKNOWN:
        return f"known from commit {change.commit[:7]} on"
    return f"commit {change.commit[:7]} by {change.author.name} ({change.actor.value})"


def _digest(digest: str | None) -> str:
    """An algorithm and enough of the digest to tell it apart."""
    algorithm, colon, value = (digest or "").partition(":")
    return f"{algorithm}:{short(value)}…" if colon else (algorithm or "unknown")


def _when(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _line(label: str, text: str) -> str:
    return f"  {label:<{_LABEL}} {text}"


def _printable(line: str) -> str:
    """Names come out of git, where anybody may have put a terminal's control characters."""
    return "".join(sign if sign.isprintable() else "�" for sign in line)
