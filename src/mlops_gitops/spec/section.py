"""The shape that every spec model shares: frozen, closed to unknown keys, described for editors.

Start-up is light because nothing is made before it is used: a model's validator is built when a file is first read
with it, for the whole file at once, and the docstrings under the fields are read from the source only when somebody
asks what a field means (``spec/descriptions.py``).  A default that is a section of its own is therefore written
``all_defaults()``: an instance would build that section's validator at import.  And modules of models
are without ``from __future__ import annotations``: pydantic would compile each annotation a second time.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A part of a configuration file: immutable after parsing, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @cached_property
    def plain(self) -> Mapping[str, Any]:
        """All of it as JSON would have it, made once.

        Of a part of a file, take that part of the whole file's ``plain``: dumping the part itself would first build a
        serializer for it alone.
        """
        return self.model_dump(mode="json")


def all_defaults(**written: object) -> Any:
    """The default of a field that is a section: that section with its own defaults, and with what is ``written``."""
    return Field(default=written, validate_default=True)


class MergeKey(NamedTuple):
    """Marks a list of mappings whose items are known by one key: layers merge it item by item, not as a whole.

    ``beside`` is a second key that tells items apart, and its usual value: an item with another one is known by both,
    ``first:second``.
    """

    name: str
    beside: tuple[str, str] | None = None

    def of(self, item: Mapping[str, Any]) -> str | None:
        """What an item is known by; nothing where its key is missing or no text."""
        name = item.get(self.name)
        if not isinstance(name, str) or not name:
            return None
        return f"{name}:{second}" if (second := self.second(item)) else name

    def second(self, item: Mapping[str, Any]) -> str | None:
        """The second key's value, where it is not the usual one."""
        if self.beside is None:
            return None
        key, usual = self.beside
        value = item.get(key)
        return value if isinstance(value, str) and value != usual else None

    def parts(self, known_by: str) -> dict[str, str]:
        """What ``of`` made of an item, as keys of the item again."""
        name, colon, second = known_by.partition(":") if self.beside else (known_by, "", "")
        return {self.name: name, **({self.beside[0]: second} if self.beside and colon else {})}
