"""Render: compile the work tree and make ``rendered/`` say what it means; or check that it already does."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from mlops_gitops.compiler.driver import Compilation
from mlops_gitops.compiler.provenance import provenance_path
from mlops_gitops.ports.rendered_tree import RenderedTree
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.usecases.validate import compile_checked

RENDERED = "rendered"


class DifferenceKind(Enum):
    """How a committed rendered file can differ from what the sources mean."""

    MISSING = "missing"
    OUTDATED = "outdated"  # the source moved on
    HAND_EDITED = "edited by hand"  # the bytes are not those that were rendered
    HAND_ADDED = "added by hand"  # nothing ever rendered it
    STALE = "stale"  # nothing renders it any more


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
    before = committed_files(tree, wanted)
    differing = tuple(path for path, content in compilation.files.items() if before.get(path) != content)
    stale = tuple(path for path in before if path not in compilation.files)
    touched = sorted({path.split("/")[1] for path in (*differing, *stale) if path.count("/") >= 2})
    for folder in touched:
        prefix = f"{RENDERED}/{folder}/"
        rendered.replace(
            folder, {p.removeprefix(prefix): c for p, c in compilation.files.items() if p.startswith(prefix)}
        )
    for path in stale:
        if path.count("/") < 2:
            rendered.remove(path)
    return RenderReport(compilation, differing, stale, len(compilation.files) - len(differing))


def check(tree: SourceTree, projects: Iterable[str] = ()) -> tuple[Compilation, tuple[Difference, ...]]:
    """Every file of ``rendered/`` that is not what the sources mean, with why; writes nothing."""
    wanted = tuple(projects)
    compilation = compile_checked(tree, wanted)
    before = committed_files(tree, wanted)
    return compilation, tuple(differences(before, compilation.files))


def committed_files(tree: SourceTree, projects: tuple[str, ...]) -> dict[str, bytes]:
    """The files below ``rendered/`` (of the named projects) as the tree has them."""
    folders = [f"{RENDERED}/{name}" for name in projects] or [RENDERED]
    return {path: tree.read(path) or b"" for folder in folders for path in tree.files(folder)}


def differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterable[Difference]:
    """What differs between the committed files and the rendered ones, sorted by path."""
    records = {folder: _Record.of(before, after, folder) for folder in {*map(_folder, before), *map(_folder, after)}}
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old != new:
            diff = _diff(old, new) if old is not None and new is not None else ""
            yield Difference(path, records[_folder(path)].kind(path, old, new), diff)


def _folder(path: str) -> str:
    """The folder below ``rendered/``; nothing for a file that lies in it."""
    return path.split("/")[1] if path.count("/") >= 2 else ""


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
        old, new = _parsed(before.get(path)), _parsed(after.get(path))
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


def _parsed(record: bytes | None) -> dict[str, object]:
    """A provenance record; a damaged one tells nothing."""
    try:
        document = json.loads(record or b"{}")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _diff(old: bytes, new: bytes, limit: int = 12) -> str:
    before, after = old.decode("utf-8", "replace").splitlines(), new.decode().splitlines()
    lines = list(difflib.unified_diff(before, after, "committed", "rendered", n=1, lineterm=""))[2:]
    more = f"\n… {len(lines) - limit} more lines" if len(lines) > limit else ""
    return "\n".join(lines[:limit]) + more
