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
    recorded = _recorded_digests(before)
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        if old is None:
            yield Difference(path, DifferenceKind.MISSING)
        elif new is None:
            yield Difference(path, DifferenceKind.STALE)
        else:
            edited = path in recorded and recorded[path] != digest_bytes(old)
            kind = DifferenceKind.HAND_EDITED if edited else DifferenceKind.OUTDATED
            yield Difference(path, kind, _diff(old, new))


def _recorded_digests(before: Mapping[str, bytes]) -> dict[str, str]:
    """File digests from the committed provenance records; a damaged record tells nothing."""
    recorded: dict[str, str] = {}
    for name in {path.split("/")[1] for path in before if path.count("/") >= 2}:
        content = before.get(provenance_path(name))
        try:
            files = json.loads(content)["files"] if content else {}
        except (ValueError, KeyError, TypeError):
            continue
        if isinstance(files, dict):
            recorded |= {str(path): str(digest) for path, digest in files.items()}
    return recorded


def _diff(old: bytes, new: bytes, limit: int = 12) -> str:
    before, after = old.decode("utf-8", "replace").splitlines(), new.decode().splitlines()
    lines = list(difflib.unified_diff(before, after, "committed", "rendered", n=1, lineterm=""))[2:]
    more = f"\n… {len(lines) - limit} more lines" if len(lines) > limit else ""
    return "\n".join(lines[:limit]) + more
