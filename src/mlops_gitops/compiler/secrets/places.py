"""Which files are looked through that belong to no project: the platform's, and what people write for CI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mlops_gitops.compiler.file_names import GITHUB, PLATFORM
from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.source_tree import SourceTree

_AT_TOP = (".env", ".gitlab-ci.yml")
# Rendered: nothing is in it that is not in a project, and `render --check` sees to that.
_RENDERED = f"{GITHUB}/workflows/mlops-"


def beside(tree: SourceTree, in_projects: Iterable[str]) -> Iterator[str]:
    """Paths from the root; ``in_projects`` is the outline of ``projects/``."""
    yield PLATFORM
    yield from (path for path in in_projects if path.count("/") == 1 and path != PLATFORM)
    yield from _AT_TOP
    yield from (path for path in tree.files(GITHUB) if not path.startswith(_RENDERED))


def quietly(tree: SourceTree) -> Callable[[str], bytes | None]:
    """Reads what may be read."""

    def read(path: str) -> bytes | None:
        try:
            return tree.read(path)
        except RefusedError:
            return None

    return read
