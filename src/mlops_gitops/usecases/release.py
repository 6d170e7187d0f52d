"""The one way in which a model version comes to be served: a commit of the release file and all that follows from it.

Deployment by the pipeline, promotion by a person, roll-back and every automatic remedy differ only in their order
(``ReleaseOrder``) and author.  The release file is laid over HEAD's tree, that tree is rendered, and both go into one
commit; where somebody commits meanwhile, everything is made anew on the new HEAD.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from mlops_gitops.diagnostics import RefusedError, UsageError
from mlops_gitops.ports.repository import Author, HeadMoved, Repository
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.records.overlay_tree import OverlayTree
from mlops_gitops.records.release import ALL, Release, ReleasedModel, evidence_path, release_path
from mlops_gitops.records.trailers import Trailer, format_message
from mlops_gitops.records.verdict import VerdictSeverity
from mlops_gitops.spec.scalars import DNS_LABEL
from mlops_gitops.usecases.canary import first_share, next_share, stays
from mlops_gitops.usecases.release_file import read_release

Render: TypeAlias = Callable[[SourceTree], Mapping[str, bytes | None]]
"""Compiles a tree; gives the rendered files that differ from what the tree holds (``None``: to be removed)."""
Dump: TypeAlias = Callable[[object], bytes]
"""Writes plain data as YAML bytes, keys in the order given."""

_TRIES = 5


class Action(Enum):
    """What a release commit does, as its trailer says it."""

    DEPLOY = "deploy"
    PROMOTE = "promote"
    ROLL_BACK = "rollback"


@dataclass(frozen=True, slots=True)
class ReleaseOrder:
    """What is to be served where, and why.

    ``reason`` becomes the commit's text, ``evidence`` (JSON bytes) is committed beside the release and named by
    digest.  ``replaces`` is the digest of the model that must be the one in force; a remedy must not act on another.
    """

    project: str
    environment: str
    model: ReleasedModel
    action: Action
    reason: str = ""
    evidence: bytes | None = None
    severity: VerdictSeverity | None = None
    replaces: str | None = None
    steps: tuple[int, ...] = ()
    """The shares of the traffic that a new version gets one after another in this environment (``usecases/canary.py``).

    Where the version that is asked for is on its way already, a promotion takes it to the next step.
    """


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """The commit that pins the version, the release it holds, and whether it was made just now."""

    commit: str
    release: Release
    made: bool

    @property
    def message(self) -> str:
        """One line for people."""
        version, where = f"v{self.release.model.version}", self.release.environment
        if self.made:
            share = f" with {self.release.canary} % of the traffic" if self.release.canary else ""
            return f"{self.release.project} {version} released to {where}{share} by commit {self.commit[:7]}"
        return (
            f"{self.release.project} {version} is already released to {where} (commit {self.commit[:7]}): nothing done"
        )


def release(repository: Repository, render: Render, dump: Dump, order: ReleaseOrder, author: Author) -> ReleaseOutcome:
    """Make the release commit, or find that it is made already.

    Raises ``RefusedError`` where another model than ``replaces`` is in force, the version number belongs to other
    contents, or files are in the way; ``UsageError`` on an unknown project; what ``render`` raises passes through.
    """
    _check(order)
    for attempt in range(1, _TRIES + 1):
        head = repository.head()
        tree = repository.tree(head)
        _known(tree, order.project)
        current = read_release(tree, order.project, order.environment)
        if current is not None and current.model.version == order.model.version:
            outcome = _already(repository, current, order, head)
            if order.action is not Action.PROMOTE or current.canary is None:
                return outcome
            wanted = current.model_copy(update={"canary": next_share(current.canary, order.steps)})
        else:
            _still_replaces(current, order)
            wanted = _release(order, current)
        files = _files(tree, render, dump, order, wanted)
        try:
            commit = repository.commit_files(files, _message(order, wanted), author, parent=head)
        except HeadMoved:
            if attempt == _TRIES:
                raise
            continue
        return ReleaseOutcome(commit, wanted, made=True)
    raise AssertionError("the loop returns or raises")


def _check(order: ReleaseOrder) -> None:
    for name in (order.project, order.environment):
        if not DNS_LABEL.fullmatch(name):
            raise UsageError(f"not a name of a project or environment: {name!r}")
    if order.evidence is not None:
        try:
            json.loads(order.evidence)
        except ValueError as error:
            raise UsageError("the evidence is not JSON", why=str(error)) from error


def _known(tree: SourceTree, project: str) -> None:
    if next(iter(tree.files(f"projects/{project}")), None) is None:
        raise UsageError(f"there is no project {project!r} at HEAD", todo="commit it first, or check the name")


def _still_replaces(current: Release | None, order: ReleaseOrder) -> None:
    """Refuse where the decision was about another version than the one in force."""
    if order.replaces is None or (current is not None and current.model.digest == order.replaces):
        return
    serving = "nothing" if current is None else f"v{current.model.version}"
    raise RefusedError(
        f"{serving} serves in {order.environment} now, not the version that this was decided about",
        where=release_path(order.project, order.environment),
        todo="look again at what serves before you decide",
    )


def _already(repository: Repository, current: Release, order: ReleaseOrder, head: str) -> ReleaseOutcome:
    path = release_path(order.project, order.environment)
    if current.model.digest != order.model.digest:
        raise RefusedError(
            f"v{order.model.version} is already released with other contents",
            where=path,
            why=f"released {current.model.digest}, asked for {order.model.digest}",
            todo="register the new contents as a version of its own",
        )
    history = repository.log(path, head)
    return ReleaseOutcome(history[0].sha if history else head, current, made=False)


def _release(order: ReleaseOrder, current: Release | None) -> Release:
    return Release(
        project=order.project,
        environment=order.environment,
        model=order.model,
        previous=stays(current, order.model) if current else None,
        canary=first_share(current, order.steps, back=order.action is Action.ROLL_BACK),
        evidence=digest_bytes(order.evidence) if order.evidence is not None else None,
    )


def _files(
    tree: SourceTree, render: Render, dump: Dump, order: ReleaseOrder, wanted: Release
) -> dict[str, bytes | None]:
    """The changed source, then what it renders to: only what differs from HEAD."""
    source: dict[str, bytes | None] = {
        release_path(order.project, order.environment): dump(wanted.model_dump(mode="json", exclude_none=True))
    }
    if order.evidence is not None and wanted.evidence is not None:
        source[evidence_path(order.project, wanted.evidence)] = order.evidence
    rendered = render(OverlayTree(tree, source))
    return OverlayTree(tree, {**rendered, **source}).difference()


def _message(order: ReleaseOrder, wanted: Release) -> str:
    name, version = f"{order.project} v{order.model.version}", f"v{order.model.version}"
    subject = {
        Action.DEPLOY: f"Release {name} to {order.environment}",
        Action.PROMOTE: f"Promote {name} to {order.environment}",
        Action.ROLL_BACK: f"Roll {order.project} in {order.environment} back to {version}",
    }[order.action]
    trailers = {
        Trailer.ACTION: order.action.value,
        Trailer.PROJECT: order.project,
        Trailer.ENVIRONMENT: order.environment,
        Trailer.VERSION: str(order.model.version),
        Trailer.MODEL: order.model.digest,
        Trailer.PREVIOUS: str(wanted.previous.version) if wanted.previous else "",
        Trailer.RUN: order.model.run,
        Trailer.EVIDENCE: wanted.evidence or "",
        Trailer.SEVERITY: order.severity.value if order.severity else "",
    }
    return format_message(subject, _body(order, wanted), {key: value for key, value in trailers.items() if value})


def _body(order: ReleaseOrder, wanted: Release) -> str:
    """Why, and what it replaces: what a reader of `git log` asks first."""
    parts = [order.reason.replace("\0", "").strip()]
    if wanted.canary is not None and wanted.previous is not None:
        rest = f"v{wanted.previous.version} serves the rest" if wanted.canary < ALL else "the former one still runs"
        parts.append(f"It gets {wanted.canary} % of the traffic; {rest}.")
    elif wanted.previous is not None:
        parts.append(f"Replaces v{wanted.previous.version}.")
    if order.model.gates:
        parts.append(
            "\n".join(f"{gate.name} {gate.measured:g} {gate.sign} {gate.limit:g}" for gate in order.model.gates)
        )
    return "\n\n".join(part for part in parts if part)
