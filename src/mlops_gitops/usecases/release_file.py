"""Reading a release file out of a tree, at any commit.

The product writes these files, but a person may have edited one, and an auditor reads them years later: so the text
is bounded first (size, depth, no aliases), and every way in which it can be wrong is one ``ValueError``.
"""

from __future__ import annotations

import yaml

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.release import Release, release_path

_LARGEST_BYTES = 64 * 1024
_DEEPEST = 10


def parse_release(content: bytes) -> Release:
    """The release that a file's bytes say; ``ValueError`` with the reason where they say none."""
    if len(content) > _LARGEST_BYTES:
        raise ValueError(f"larger than {_LARGEST_BYTES} bytes")
    try:
        text = content.decode("utf-8")
        _check_shape(text)
        return Release.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {error}") from error


def read_release(tree: SourceTree, project: str, environment: str) -> Release | None:
    """The release in force in a tree; ``None`` where nothing was released; ``RefusedError`` on a damaged file."""
    path = release_path(project, environment)
    content = tree.read(path)
    if content is None:
        return None
    try:
        return parse_release(content)
    except ValueError as error:
        raise RefusedError(
            "the release file cannot be read", where=path, why=str(error), todo=f"see `git log -p -- {path}`"
        ) from error


def _check_shape(text: str) -> None:
    """Aliases and deep nesting have no place here, and could make a small file enormous to read."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("aliases are not allowed here")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
