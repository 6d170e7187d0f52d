"""An artifact: one file of the rendered tree, as data until the one writer turns it into bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A rendered file.

    ``path`` is relative to the repository root (``rendered/<project>/…``).  ``content`` is plain data for a ``.yaml``
    or ``.json`` file (a list at top level of a ``.yaml`` file means several documents), or text for anything else.
    ``project`` and ``environment`` say whose it is; ``environment`` is empty for what is one for all environments.
    """

    path: str
    content: Plain
    project: str
    environment: str = ""
