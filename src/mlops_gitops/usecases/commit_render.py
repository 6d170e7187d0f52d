"""Rendering a tree that is about to be committed: what a release commit holds besides its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mlops_gitops.compiler.emit import to_yaml
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.layout import PLATFORM_FOLDER, is_outside
from mlops_gitops.usecases.committed import committed_folder, in_the_way, refuse, rendered_folders, stale
from mlops_gitops.usecases.validate import compile_checked

if TYPE_CHECKING:
    from mlops_gitops.compiler.compilation import Compilation
    from mlops_gitops.records.artifact import Plain


def rendered_differences(tree: SourceTree) -> dict[str, bytes | None]:
    """The rendered files that differ from what the tree holds; ``None`` for those nothing renders any more.

    Raises ``FindingsError`` where the tree does not compile, ``RefusedError`` where a person's file is in the way.
    """
    compilation = compile_checked(tree, by_policy=False)
    after, owner = compilation.files, _owners(compilation)
    outside = [path for path in after if is_outside(path)]
    changed = dict[str, bytes | None]()
    for folder in sorted({*rendered_folders(tree), *owner.values()}):
        mine = {path: content for path, content in after.items() if owner[path] == folder}
        before = committed_folder(tree, folder, mine, [path for path in outside if path not in mine])
        refuse(in_the_way(folder, before, mine))
        changed |= {path: content for path, content in mine.items() if before.get(path) != content}
        changed |= dict.fromkeys(stale(folder, before, mine))
    return changed | dict.fromkeys(rendered_folders(tree).get("", ()))


def _owners(compilation: Compilation) -> dict[str, str]:
    """The folder below ``rendered/`` that each rendered file belongs to."""
    of_projects = {path: one.name for one in compilation.summaries for path in one.outside}
    return {
        path: of_projects.get(path, PLATFORM_FOLDER) if is_outside(path) else path.split("/")[1]
        for path in compilation.files
    }


_HEADER = "# Written by release, promote and roll-back commits; see `mlops-gitops audit trace`.\n"


def release_yaml(release: object) -> bytes:
    """A release file from plain data: generated, and yet source, for it is what git says is served."""
    return (_HEADER + to_yaml(cast("Plain", release))).encode()
