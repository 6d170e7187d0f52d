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

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write new files; a git repository is made around them where there is none."""
        ...


def initialise(samples: Mapping[str, bytes], folder: NewFolder) -> tuple[str, ...]:
    """Write the samples; raises ``RefusedError`` where one would overwrite a file or the folder has projects."""
    existing = folder.existing()
    in_the_way = [path for path in existing if path in samples or path.startswith("projects/")]
    if in_the_way:
        raise RefusedError(
            "the folder already holds a repository of this kind",
            where=in_the_way[0],
            why=f"{len(in_the_way)} files would be in the way",
            todo="name a new folder",
        )
    folder.write(samples)
    return tuple(sorted(samples))
