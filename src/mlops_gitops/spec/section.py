"""The shape that every spec model shares: frozen, closed to unknown keys, described for editors."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of a configuration file: immutable after parsing, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class MergeKey:
    """Marks a list of mappings whose items are known by one key: layers merge it item by item, not as a whole."""

    name: str
