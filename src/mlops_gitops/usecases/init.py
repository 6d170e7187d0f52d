"""Init: the sample project, the platform's settings, schemas and CI as the start of a team's own repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mlops_gitops.diagnostics import RefusedError


class NewFolder(Protocol):
    """A folder that is to become a repository."""

    def existing(self) -> tuple[str, ...]:
        """Files in it, git's own left out."""
        ...

    def read(self, path: str) -> bytes:
        """The content of one of those."""
        ...

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write new files, each of them whole or not at all; a git repository is made around them where none is."""
        ...


def initialise(samples: Mapping[str, bytes], folder: NewFolder) -> tuple[str, ...]:
    """Write the samples that are not there yet; their paths.

    A call that was killed is completed by the next one.  Raises ``RefusedError`` where a file would be overwritten, or
    the folder holds projects of its own.
    """
    existing = folder.existing()
    alike = {path for path in existing if path in samples and folder.read(path) == samples[path]}
    foreign = (path for path in existing if path in samples or path.startswith("projects/"))
    in_the_way = [path for path in foreign if path not in alike]
    if in_the_way:
        raise RefusedError(
            "the folder already holds a repository of this kind, or files of the same names",
            where=in_the_way[0],
            why="nothing is overwritten" + (f"; {len(in_the_way)} files are in the way" if in_the_way[1:] else ""),
            todo="name a new folder",
        )
    new = {path: content for path, content in samples.items() if path not in alike}
    folder.write(new)
    return tuple(sorted(new))
