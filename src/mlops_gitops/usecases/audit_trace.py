"""Tracing a release: gather what git holds about each change, and let the audit judge it.

Only git is read: no cluster, no registry, no work tree.  Each change is looked at in its own commit, so later edits
cannot mend or spoil what was true then.
"""

from __future__ import annotations

from mlops_gitops.audit.recorded import RecordedChange
from mlops_gitops.audit.trace import Trace, build_trace
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.ports.repository import Author, LoggedCommit, Repository
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.release import Release, evidence_path, release_path
from mlops_gitops.usecases.release_file import parse_release


def audit_trace(repository: Repository, project: str, environment: str, *, bot: Author, rev: str = "HEAD") -> Trace:
    """The trace of one environment as of a commit; ``bot`` is the identity of automatic commits."""
    head = repository.resolve(rev) if rev != "HEAD" else repository.head()
    if next(iter(repository.tree(head).files(f"projects/{project}")), None) is None:
        raise UsageError(f"there is no project {project!r} at {rev}", todo="check the name, or commit it first")
    path = release_path(project, environment)
    recorded = [_recorded(repository, commit, project, environment) for commit in repository.log(path, head)]
    return build_trace(project, environment, recorded, bot)


def _recorded(repository: Repository, commit: LoggedCommit, project: str, environment: str) -> RecordedChange:
    tree = repository.tree(commit.sha)
    release, problem = _release(tree, project, environment)
    before, unreadable = None, "the parent is not in this clone" if commit.boundary else ""
    if commit.parents and not commit.boundary:
        before, unreadable = _release(repository.tree(commit.parents[0]), project, environment)
    if release is None:
        return RecordedChange(commit, None, problem, before, not unreadable)
    rendered = [tree.read(path) or b"" for path in tree.files(f"rendered/{project}/{environment}/serving")]
    return RecordedChange(
        commit=commit,
        release=release,
        before=before,
        before_known=not unreadable,
        evidence=tree.read(evidence_path(project, release.evidence)) if release.evidence else None,
        rendered=len(rendered),
        rendered_with_digest=sum(release.model.digest.encode() in content for content in rendered),
    )


def _release(tree: SourceTree, project: str, environment: str) -> tuple[Release | None, str]:
    """The release in a tree, or nothing and, where a file is there that says none, why."""
    content = tree.read(release_path(project, environment))
    try:
        return (parse_release(content) if content is not None else None), ""
    except ValueError as error:
        return None, " ".join(str(error).split())
