"""Rendering a tree that is about to be committed: what a release commit holds besides its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mlops_gitops.compiler.emit import to_yaml
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.usecases.committed import committed_files, refuse_in_the_way, stale
from mlops_gitops.usecases.validate import compile_checked

if TYPE_CHECKING:
    from mlops_gitops.records.artifact import Plain


def rendered_differences(tree: SourceTree) -> dict[str, bytes | None]:
    """The rendered files that differ from what the tree holds; ``None`` for those nothing renders any more.

    Raises ``FindingsError`` where the tree does not compile, ``RefusedError`` where a person's file is in the way.
    """
    compilation = compile_checked(tree)
    before = committed_files(tree, rendered=compilation.files)
    refuse_in_the_way(before, compilation.files)
    changed: dict[str, bytes | None] = {
        path: content for path, content in compilation.files.items() if before.get(path) != content
    }
    return changed | dict.fromkeys(stale(before, compilation.files))


_HEADER = "# Written by release, promote and roll-back commits; see `mlops-gitops audit trace`.\n"


def release_yaml(release: object) -> bytes:
    """A release file from plain data: generated, and yet source, for it is what git says is served."""
    return (_HEADER + to_yaml(cast("Plain", release))).encode()
