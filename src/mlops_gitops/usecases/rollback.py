"""Rolling back: release again what served before, by version, by commit, or simply the version before this one.

The former version's whole record is taken from git's history of the release file, so a roll-back serves the very
bytes that served then.  "The version before" is refused where the present one was itself brought back: a second
"back" would quietly return to what was just rejected.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.diagnostics import RefusedError, UsageError
from mlops_gitops.ports.repository import Author, Repository
from mlops_gitops.records.release import Release, ReleasedModel, release_path
from mlops_gitops.records.trailers import Trailer, parse_trailers
from mlops_gitops.records.verdict import VerdictSeverity
from mlops_gitops.usecases.release import Action, Dump, ReleaseOrder, ReleaseOutcome, Render, release
from mlops_gitops.usecases.release_file import parse_release, read_release


@dataclass(frozen=True, slots=True)
class RollBackOrder:
    """Where, and to what: ``to`` is a version's number, a revision of git, or ``None`` for the version before.

    ``evidence`` (JSON bytes), ``severity`` and ``reason`` go into the commit; ``replaces`` is as in ``ReleaseOrder``.
    """

    project: str
    environment: str
    to: int | str | None = None
    evidence: bytes | None = None
    severity: VerdictSeverity | None = None
    reason: str = ""
    replaces: str | None = None
    steps: tuple[int, ...] = ()
    """As in ``ReleaseOrder``."""


def rollback(
    repository: Repository, render: Render, dump: Dump, order: RollBackOrder, author: Author
) -> ReleaseOutcome:
    """Release the former version; as ``release``, and ``UsageError``/``RefusedError`` where there is none such."""
    head = repository.head()
    current = read_release(repository.tree(head), order.project, order.environment)
    if current is None:
        raise UsageError(f"nothing is released to {order.environment}, so there is no way back", where=order.project)
    again = ReleaseOrder(
        project=order.project,
        environment=order.environment,
        model=_target(repository, head, current, order.to),
        action=Action.ROLL_BACK,
        reason=order.reason,
        evidence=order.evidence,
        severity=order.severity,
        replaces=order.replaces or current.model.digest,
        steps=order.steps,
    )
    return release(repository, render, dump, again, author)


def _target(repository: Repository, head: str, current: Release, to: int | str | None) -> ReleasedModel:
    if to is None:
        return _before(repository, head, current)
    return _by_version(repository, head, current, to) if isinstance(to, int) else _by_commit(repository, current, to)


def _before(repository: Repository, head: str, current: Release) -> ReleasedModel:
    history = repository.log(release_path(current.project, current.environment), head)
    last = parse_trailers(history[0].message) if history else {}
    if current.evidence is not None or last.get(Trailer.ACTION) == Action.ROLL_BACK.value:
        raise RefusedError(
            f"v{current.model.version} was itself brought back by a roll-back",
            where=f"commit {history[0].sha[:7]}" if history else "",
            why="one more step back would return to the version that was rejected",
            todo="name the version you want: --to VERSION",
        )
    if current.previous is None:
        raise UsageError(
            f"v{current.model.version} is the first version in {current.environment}: nothing served before"
        )
    return current.previous


def _by_version(repository: Repository, head: str, current: Release, version: int) -> ReleasedModel:
    """The version's record as it was last released here."""
    path = release_path(current.project, current.environment)
    served: list[int] = []
    for commit in repository.log(path, head):
        content = repository.tree(commit.sha).read(path)
        model = _model(content)
        if model is not None and model.version == version:
            return model
        served += [model.version] if model else []
    known = ", ".join(f"v{number}" for number in dict.fromkeys(served))
    raise UsageError(f"v{version} never served in {current.environment}", why=f"these did: {known}")


def _by_commit(repository: Repository, current: Release, rev: str) -> ReleasedModel:
    then = read_release(repository.tree(rev), current.project, current.environment)
    if then is None:
        raise UsageError(f"nothing was released to {current.environment} at {rev}")
    return then.model


def _model(content: bytes | None) -> ReleasedModel | None:
    """The model of one state of the file; states that cannot be read are passed over."""
    try:
        return parse_release(content).model if content is not None else None
    except ValueError:
        return None
