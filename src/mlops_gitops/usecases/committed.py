"""The rendered files that a tree holds: below ``rendered/``, and those outside of it that are ours.

Outside of ``rendered/`` stand files of people too.  One there is ours where it begins with our header, or is byte for
byte what a provenance record says was rendered; any other is never overwritten and never removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from mlops_gitops.compiler.provenance import PLATFORM_FOLDER, RECORD, provenance_path
from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import GENERATED, RENDERED, is_outside
from mlops_gitops.records.canonical import digest_bytes


def committed_files(tree: SourceTree, projects: Iterable[str] = (), rendered: Iterable[str] = ()) -> dict[str, bytes]:
    """The rendered files (of the named projects) as the tree has them.

    Outside of ``rendered/`` those are looked for that a record names, or that are among the paths ``rendered``.
    """
    folders = [f"{RENDERED}/{name}" for name in projects] or [RENDERED]
    files = {path: tree.read(path) or b"" for folder in folders for path in tree.files(folder)}
    outside = {*recorded_outside(files), *filter(is_outside, rendered)}
    return files | {path: content for path in sorted(outside) if (content := tree.read(path)) is not None}


def in_the_way(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[str, ...]:
    """Files that a person wrote where a rendered file belongs."""
    outside = [path for path in before if path in after and is_outside(path) and before[path] != after[path]]
    return tuple(path for path in outside if not _ours(path, before))


def stale(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[str, ...]:
    """Files that nothing renders any more, and that are ours to remove."""
    gone = (path for path in before if path not in after)
    return tuple(path for path in gone if not is_outside(path) or _ours(path, before))


def refuse_in_the_way(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Raise ``RefusedError`` where a person's file would be overwritten."""
    found = in_the_way(before, after)
    if found:
        others = f"; {len(found) - 1} more like it" if len(found) > 1 else ""
        raise RefusedError(
            "a file that is not ours stands where a rendered one belongs",
            where=found[0],
            why=f"it has no `{GENERATED.strip()} …` in its first line, and no record of ours knows it{others}",
            todo="move or remove it, or switch off what renders it; nothing was written",
        )


def recorded_outside(files: Mapping[str, bytes]) -> frozenset[str]:
    """Paths outside of ``rendered/`` that the provenance records among ``files`` name."""
    named = (path for record in records(files).values() for path in (*_files(record), *_outside(record)))
    return frozenset(path for path in named if is_outside(path))


def records(files: Mapping[str, bytes]) -> dict[str, dict[str, object]]:
    """The provenance records among ``files`` by folder below ``rendered/``; a damaged one tells nothing."""
    paths = (path for path in files if path.endswith(f"/{RECORD}") and path.count("/") == 2 and not is_outside(path))
    return {path.split("/")[1]: parsed(files[path]) for path in paths}


def parsed(record: bytes | None) -> dict[str, object]:
    """A provenance record; a damaged one tells nothing."""
    try:
        document = json.loads(record or b"{}")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def folder_of(path: str, files: Mapping[str, bytes]) -> str:
    """The folder below ``rendered/`` that a rendered file belongs to; nothing for one that lies beside them."""
    if not is_outside(path):
        return path.split("/")[1] if path.count("/") >= 2 else ""
    owners = (folder for folder, record in records(files).items() if path in _files(record))
    return next(owners, PLATFORM_FOLDER)


def _ours(path: str, before: Mapping[str, bytes]) -> bool:
    if before[path].startswith(GENERATED.encode()):
        return True
    record = parsed(before.get(provenance_path(folder_of(path, before))))
    return _files(record).get(path) == digest_bytes(before[path])


def _files(record: Mapping[str, object]) -> Mapping[str, object]:
    files = record.get("files")
    return files if isinstance(files, dict) else {}


def _outside(record: Mapping[str, object]) -> list[str]:
    outside = record.get("outside")
    return [path for path in outside if isinstance(path, str)] if isinstance(outside, list) else []
