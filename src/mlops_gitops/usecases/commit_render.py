"""Rendering a tree that is about to be committed: what a release commit holds besides its source."""

from __future__ import annotations

from mlops_gitops.compiler.emit import to_yaml
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import Plain
from mlops_gitops.usecases.render import committed_files
from mlops_gitops.usecases.validate import compile_checked


def rendered_differences(tree: SourceTree) -> dict[str, bytes | None]:
    """The rendered files that differ from what the tree holds; ``None`` for those nothing renders any more.

    Raises ``FindingsError`` where the tree does not compile.
    """
    compilation = compile_checked(tree)
    before = committed_files(tree, ())
    changed: dict[str, bytes | None] = {
        path: content for path, content in compilation.files.items() if before.get(path) != content
    }
    return changed | {path: None for path in before if path not in compilation.files}


def release_yaml(release: Plain) -> bytes:
    """A release file: generated, but source: it is what git says is served."""
    return (
        "# Written by release, promote and roll-back commits; see `mlops-gitops audit trace`.\n" + to_yaml(release)
    ).encode()
