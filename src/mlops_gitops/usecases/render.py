"""Render: compile the work tree and make ``rendered/`` say what it means; or check that it already does."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.compiler.provenance import provenance_path
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.rendered_tree import RenderedTree, Swap
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import RENDERED, is_outside
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.usecases.committed import (
    committed_files,
    folder_of,
    in_the_way,
    parsed,
    refuse_in_the_way,
    stale,
)
from mlops_gitops.usecases.validate import compile_checked


class DifferenceKind(Enum):
    """How a committed rendered file can differ from what the sources mean."""

    MISSING = "missing"
    OUTDATED = "outdated"  # the source moved on
    HAND_EDITED = "edited by hand"  # the bytes are not those that were rendered
    HAND_ADDED = "added by hand"  # nothing ever rendered it
    STALE = "stale"  # nothing renders it any more
    IN_THE_WAY = "written by hand where a rendered file belongs"  # outside of rendered/, and not ours


@dataclass(frozen=True, slots=True)
class Difference:
    """One file; ``diff`` is a short unified diff, committed against rendered."""

    path: str
    kind: DifferenceKind
    diff: str = ""


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What was rendered: counts of files written, removed and left as they were."""

    compilation: Compilation
    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def render(tree: SourceTree, rendered: RenderedTree, projects: Iterable[str] = ()) -> RenderReport:
    """Write what differs, a project's folder at a time; raises ``FindingsError`` before anything is written."""
    wanted = tuple(projects)
    compilation = compile_checked(tree, wanted)
    rendered.recover()
    after = compilation.files
    before = committed_files(tree, wanted, after)
    refuse_in_the_way(before, after)
    differing = tuple(path for path, content in after.items() if before.get(path) != content)
    gone = stale(before, after)
    _swap(rendered, after, differing, gone)
    return RenderReport(compilation, differing, gone, len(after) - len(differing))


def _swap(
    rendered: RenderedTree, after: Mapping[str, bytes], differing: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    touched = {path.split("/")[1] for path in (*differing, *gone) if _in_folder(path)}
    wanted = {path.split("/")[1] for path in after if _in_folder(path)}
    swap = Swap(
        folders=tuple(sorted(touched & wanted)),
        gone=tuple(sorted(touched - wanted)),
        outside={path: after[path] for path in differing if is_outside(path)},
        removed=tuple(path for path in gone if not _in_folder(path)),
    )
    if not swap:
        return
    try:
        for folder in swap.folders:
            prefix = f"{RENDERED}/{folder}/"
            rendered.stage(folder, {p.removeprefix(prefix): c for p, c in after.items() if p.startswith(prefix)})
        rendered.swap(swap)
    except OutsideError:
        rendered.drop()
        raise


def _in_folder(path: str) -> bool:
    """Whether a file lies in a folder of ``rendered/``, which is replaced as a whole."""
    return not is_outside(path) and path.count("/") >= 2


def check(tree: SourceTree, projects: Iterable[str] = ()) -> tuple[Compilation, tuple[Difference, ...]]:
    """Every file of ``rendered/`` that is not what the sources mean, with why; writes nothing."""
    wanted = tuple(projects)
    compilation = compile_checked(tree, wanted)
    before = committed_files(tree, wanted, compilation.files)
    return compilation, tuple(differences(before, compilation.files))


def differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterable[Difference]:
    """What differs between the committed files and the rendered ones, sorted by path."""
    foreign = frozenset(in_the_way(before, after))
    for path in sorted({*stale(before, after), *after}):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        diff = _diff(old, new) if old is not None and new is not None else ""
        record = _Record.of(before, after, folder_of(path, before if path in before else after))
        yield Difference(path, DifferenceKind.IN_THE_WAY if path in foreign else record.kind(path, old, new), diff)


@dataclass(frozen=True, slots=True)
class _Record:
    """What a folder's committed provenance tells: the digest of each file as it was rendered."""

    path: str
    files: Mapping[str, str]
    whole: bool
    """Whether the record names just the inputs of today, so that nothing but a hand can have changed it."""

    @classmethod
    def of(cls, before: Mapping[str, bytes], after: Mapping[str, bytes], folder: str) -> _Record:
        path = provenance_path(folder)
        old, new = parsed(before.get(path)), parsed(after.get(path))
        same = bool(old) and {**old, "files": None} == {**new, "files": None}
        files = old.get("files")
        return cls(path, files if isinstance(files, dict) else {}, same)

    def kind(self, path: str, old: bytes | None, new: bytes | None) -> DifferenceKind:
        if old is None:
            return DifferenceKind.MISSING
        if new is None:
            stale = path in self.files or path == self.path or not self.files
            return DifferenceKind.STALE if stale else DifferenceKind.HAND_ADDED
        edited = self.whole if path == self.path else self.files.get(path, digest_bytes(old)) != digest_bytes(old)
        return DifferenceKind.HAND_EDITED if edited else DifferenceKind.OUTDATED


def _diff(old: bytes, new: bytes, limit: int = 12) -> str:
    before, after = old.decode("utf-8", "replace").splitlines(), new.decode().splitlines()
    lines = list(difflib.unified_diff(before, after, "committed", "rendered", n=1, lineterm=""))[2:]
    more = f"\n… {len(lines) - limit} more lines" if len(lines) > limit else ""
    return "\n".join(lines[:limit]) + more
