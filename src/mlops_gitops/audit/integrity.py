"""Integrity: where a commit's contents, its trailers, its evidence and its parent contradict each other.

Each check looks at one change and says what is wrong, or nothing.  At the end of a shallow
clone nothing is concluded: that commit is not the one that wrote the files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from mlops_gitops.audit.recorded import Proof, RecordedChange
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.records.release import Release, ReleasedModel
from mlops_gitops.records.trailers import Trailer
from mlops_gitops.records.verdict import Verdict


class FindingKind(Enum):
    """What can be wrong."""

    UNREADABLE = "unreadable"
    UNRECORDED = "unrecorded"
    EVIDENCE = "evidence"
    NOT_RENDERED = "not-rendered"
    CHAIN = "chain"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an auditor must look into, and the commit it stands in."""

    kind: FindingKind
    commit: str
    message: str


def findings(project: str, environment: str, changes: Sequence[RecordedChange]) -> tuple[Finding, ...]:
    """All findings of a history, newest change first."""
    return tuple(_all(project, environment, changes))


def evidence_proof(change: RecordedChange) -> Proof:
    """Proved where the named evidence is in the commit and has its digest; asserted where none is named."""
    if change.release is not None and change.release.evidence is not None:
        return Proof.BROKEN if _evidence(change, change.release) else Proof.PROVED
    return Proof.BROKEN if change.problem else Proof.ASSERTED


def _all(project: str, environment: str, changes: Sequence[RecordedChange]) -> Iterator[Finding]:
    for change in changes:
        sha = change.commit.sha
        if change.problem:
            yield Finding(FindingKind.UNREADABLE, sha, f"the release file cannot be read: {change.problem}")
        elif change.release is None:
            if Trailer.ACTION not in change.trailers and not change.commit.boundary:
                yield Finding(FindingKind.UNRECORDED, sha, "the release was taken away by a commit without trailers")
        else:
            yield from _of_release(change, change.release, (project, environment))


def _of_release(change: RecordedChange, release: Release, place: tuple[str, str]) -> Iterator[Finding]:
    checks: tuple[tuple[FindingKind, Callable[[], str]], ...] = (
        (FindingKind.UNREADABLE, lambda: _elsewhere(release, place)),
        (FindingKind.UNRECORDED, lambda: "" if change.commit.boundary else _trailers(change, release)),
        (FindingKind.EVIDENCE, lambda: _evidence(change, release)),
        (FindingKind.NOT_RENDERED, lambda: _rendered(change, release)),
        (FindingKind.CHAIN, lambda: _chain(release, change.before) if change.before_known else ""),
    )
    for kind, check in checks:
        if message := check():
            yield Finding(kind, change.commit.sha, message)


def _elsewhere(release: Release, place: tuple[str, str]) -> str:
    found = (release.project, release.environment)
    return "" if found == place else f"the release file speaks of {found[0]} in {found[1]}"


def _trailers(change: RecordedChange, release: Release) -> str:
    """The trailers must tell the same story as the file."""
    told = change.trailers
    if Trailer.ACTION not in told:
        return "the release file was changed by a commit without trailers: not made by the product, or edited since"
    expected = {
        Trailer.PROJECT: release.project,
        Trailer.ENVIRONMENT: release.environment,
        Trailer.VERSION: str(release.model.version),
        Trailer.MODEL: release.model.digest,
        Trailer.EVIDENCE: release.evidence,
    }
    wrong = [key.value for key, value in expected.items() if told.get(key) != value]
    return f"trailers that do not match the release file: {', '.join(wrong)}" if wrong else ""


def _evidence(change: RecordedChange, release: Release) -> str:
    if release.evidence is None:
        return ""
    if change.evidence is None:
        return f"the evidence {release.evidence} is not in the commit"
    actual = digest_bytes(change.evidence)
    if actual != release.evidence:
        return f"the evidence has digest {actual}, but {release.evidence} is named"
    return _spoken_of(change.evidence, release)


def _spoken_of(evidence: bytes, release: Release) -> str:
    """A verdict must speak of the version that was replaced; evidence of another form proves only its own bytes."""
    try:
        verdict = Verdict.from_plain(json.loads(evidence))
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""
    replaced = release.previous.digest if release.previous else None
    if (verdict.project, verdict.environment) != (release.project, release.environment):
        return f"the evidence speaks of {verdict.project} in {verdict.environment}"
    return (
        ""
        if verdict.model_digest == replaced
        else f"the evidence speaks of {verdict.model_digest}, not of what was replaced"
    )


def _rendered(change: RecordedChange, release: Release) -> str:
    if change.rendered_with_digest:
        return ""
    if not change.rendered:
        return "the commit holds no rendered serving files for this environment"
    return f"no rendered serving file of the commit carries {release.model.digest}"


def _chain(release: Release, before: Release | None) -> str:
    """What the file calls the previous version must be what the parent commit served."""
    named, was = release.previous, before.model if before else None
    if (named.digest if named else None) == (was.digest if was else None):
        return ""
    return f"names {_version(named)} as what served before, but it was {_version(was)}"


def _version(model: ReleasedModel | None) -> str:
    return "nothing" if model is None else f"v{model.version}"
