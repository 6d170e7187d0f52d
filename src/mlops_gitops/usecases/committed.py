"""The rendered files that a tree holds: below ``rendered/``, and those outside of it that are ours.

A file outside belongs to the folder whose provenance record lists it: a project's, or the platform's.  Outside of
``rendered/`` stand files of people too.  One there is ours where it begins with our header, or is byte for byte what
the record says was rendered; any other is never overwritten and never removed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import GENERATED
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.records.layout import RENDERED, is_outside, provenance_path

_ELSEWHERE = "move or remove it, or switch off what renders it"
_INSTEAD = {
    "CODEOWNERS": "say what it says in project.owners, governance.approvers and the platform's owners, then remove it",
}


def rendered_folders(tree: SourceTree) -> dict[str, list[str]]:
    """The files below ``rendered/`` by folder; those beside the folders under the empty name."""
    folders = dict[str, list[str]]()
    for path in tree.files(RENDERED):
        folders.setdefault(path.split("/")[1] if path.count("/") > 1 else "", []).append(path)
    return folders


def committed_folder(
    tree: SourceTree, folder: str, rendered: Iterable[str] = (), of_others: Collection[str] = ()
) -> dict[str, bytes]:
    """The files of one folder as the tree has them.

    Outside of ``rendered/`` those are looked for that its record names or that are among the paths ``rendered``, and
    that are not ``of_others``.
    """
    files = {path: tree.read(path) or b"" for path in tree.files(f"{RENDERED}/{folder}")} if folder else {}
    record = parsed(files.get(provenance_path(folder)))
    outside = {path for path in (*_files(record), *_outside(record), *rendered) if is_outside(path)}
    return files | {
        path: content for path in sorted(outside.difference(of_others)) if (content := tree.read(path)) is not None
    }


def committed_files(tree: SourceTree) -> dict[str, bytes]:
    """All rendered files as the tree has them; outside of ``rendered/`` those that some record names."""
    files = dict[str, bytes]()
    for folder in rendered_folders(tree):
        files |= committed_folder(tree, folder)
    return files | {path: tree.read(path) or b"" for path in tree.files(RENDERED) if path not in files}


def in_the_way(folder: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[str, ...]:
    """Files that a person wrote where a rendered file of this folder belongs."""
    outside = [path for path in before if path in after and is_outside(path) and before[path] != after[path]]
    return tuple(path for path in outside if not _ours(folder, path, before))


def stale(folder: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[str, ...]:
    """Files of this folder that nothing renders any more, and that are ours to remove."""
    gone = (path for path in before if path not in after)
    return tuple(path for path in gone if not is_outside(path) or _ours(folder, path, before))


def refuse(in_the_way: tuple[str, ...]) -> None:
    """Raise ``RefusedError`` where a person's file would be overwritten."""
    if in_the_way:
        others = f"; {len(in_the_way) - 1} more like it" if len(in_the_way) > 1 else ""
        raise RefusedError(
            "a file that is not ours stands where a rendered one belongs",
            where=in_the_way[0],
            why=f"it has no `{GENERATED.strip()} …` in its first line, and no record of ours knows it{others}",
            todo=f"{_INSTEAD.get(in_the_way[0], _ELSEWHERE)}; nothing was written",
        )


def parsed(record: bytes | None) -> dict[str, object]:
    """A provenance record; a damaged one tells nothing."""
    try:
        document = json.loads(record or b"{}")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _ours(folder: str, path: str, before: Mapping[str, bytes]) -> bool:
    if before[path].startswith(GENERATED.encode()):
        return True
    record = parsed(before.get(provenance_path(folder)))
    return _files(record).get(path) == digest_bytes(before[path])


def _files(record: Mapping[str, object]) -> Mapping[str, object]:
    files = record.get("files")
    return files if isinstance(files, dict) else {}


def _outside(record: Mapping[str, object]) -> list[str]:
    outside = record.get("outside")
    return [path for path in outside if isinstance(path, str)] if isinstance(outside, list) else []
