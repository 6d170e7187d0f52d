"""What becomes of one folder of ``rendered/``, of one project, and of a whole run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mlops_gitops.diagnostics import Diagnostic, Findings
from mlops_gitops.ports.rendered_tree import Swap
from mlops_gitops.records.layout import PLATFORM_FOLDER, RENDERED, is_outside
from mlops_gitops.records.stamp import Stamp
from mlops_gitops.records.summary import Summary
from mlops_gitops.usecases.committed import in_the_way, stale
from mlops_gitops.usecases.rendering.differences import Difference, DifferenceKind, differences
from mlops_gitops.usecases.rendering.known import Known, KnownFolder, KnownProject


@dataclass(frozen=True, slots=True)
class FolderOutcome:
    """One folder, with the files outside of ``rendered/`` that belong to it; all paths from the repository root."""

    folder: str
    files: int = 0
    """How many it is to hold."""
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    outside: Mapping[str, bytes] = field(default_factory=dict)
    """New contents of files outside of ``rendered/``."""
    in_the_way: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    known: KnownFolder | None = None
    """How it is to be known when all is done; its stamp is empty where the folder differs from what it is to be."""
    staged: Stamp | None = None
    """The stamp of the new folder, which counts once it is swapped in."""

    @property
    def differs(self) -> bool:
        """Whether anything is not as it is to be."""
        return bool(self.written or self.removed)

    @property
    def changes_within(self) -> bool:
        """Whether the folder itself is to be swapped."""
        return any(not is_outside(path) for path in (*self.written, *self.removed))


@dataclass(frozen=True, slots=True)
class ProjectOutcome:
    """One project; no folder where it has errors, no summary where it is known already."""

    name: str
    found: tuple[Diagnostic, ...]
    known: KnownProject
    summary: Summary | None = None
    folder: FolderOutcome | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole run: every finding, and every folder that was looked at."""

    names: tuple[str, ...]
    """All projects of the tree, asked for or not."""
    findings: Findings
    folders: tuple[FolderOutcome, ...] = ()
    strays: tuple[str, ...] = ()
    """Files beside the folders, which nobody rendered."""
    known: Known = field(default_factory=Known)
    """What there is to remember, but for the folders; they are in their own outcomes."""
    summaries: dict[str, Any] | None = None
    """All summaries as plain data, where any is new."""

    def swap(self) -> Swap:
        """What is to change on the disk."""
        changed = [one for one in self.folders if one.changes_within]
        outside = (path for one in self.folders for path in one.removed if is_outside(path))
        return Swap(
            folders=tuple(one.folder for one in changed if one.files),
            gone=tuple(one.folder for one in changed if not one.files),
            outside={path: content for one in self.folders for path, content in one.outside.items()},
            removed=tuple(dict.fromkeys((*outside, *self.strays))),
        )


def remembered(outcome: Outcome, clock: int) -> Known:
    """What is known once everything is in place; ``clock`` was read before the staged folders were swapped in."""
    folders = {one.folder: _settled(one, clock) for one in outcome.folders}
    projects = {
        name: replace(project, folder=folders[name])
        if name in folders and folders[name] is not project.folder
        else project
        for name, project in outcome.known.projects.items()
    }
    own = folders.get(PLATFORM_FOLDER, outcome.known.folder)
    return replace(outcome.known, projects=projects, folder=own)


def _settled(one: FolderOutcome, clock: int) -> KnownFolder | None:
    return replace(one.known, stamp=one.staged.settled(clock)) if one.known and one.staged else one.known


def compared(folder: str, before: Mapping[str, bytes], after: Mapping[str, bytes], *, explained: bool) -> FolderOutcome:
    """A folder as it stands against what it is to be; ``explained``, with a short diff of each file."""
    differing = tuple(path for path, content in after.items() if before.get(path) != content)
    return FolderOutcome(
        folder,
        files=len(after),
        written=differing,
        removed=stale(folder, before, after),
        outside={path: after[path] for path in differing if is_outside(path)},
        in_the_way=in_the_way(folder, before, after),
        differences=tuple(differences(folder, before, after)) if explained else (),
    )


def inside(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a folder by their paths in it."""
    prefix = f"{RENDERED}/{folder}/"
    return {path.removeprefix(prefix): content for path, content in files.items() if path.startswith(prefix)}


def by_path(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """Differences of several folders in one order, each path once."""
    return tuple(sorted({one.path: one for one in found}.values(), key=lambda one: one.path))


def stray(path: str) -> Difference:
    """A file beside the folders, as a difference."""
    return Difference(path, DifferenceKind.STALE)
