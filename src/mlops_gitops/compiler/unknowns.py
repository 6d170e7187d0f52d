"""A spec of which some values are not known, because what was written there cannot be read.

Rules are asked about the rest of it all the same.  A rule that reads an unknown value stops there: whatever it would
say from then on could be a consequence of the value that stands in.  What it said before holds whatever is meant, for
it has not looked.  So no rule needs to know of this, and no list says which rule hangs on which key.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import new_class
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from mlops_gitops.compiler.spans import Path

Item = TypeVar("Item")
# What would show a section as a whole.
_AS_A_WHOLE = frozenset({"plain", "model_dump", "model_dump_json", "model_copy"})


class UnknownError(Exception):
    """Something was read that is not known."""


def until_unknown(found: Iterable[Item]) -> Iterator[Item]:
    """What comes before anything unknown is read."""
    try:
        yield from found
    except UnknownError:
        return


def with_unknown(value: Any, paths: Iterable[Path]) -> Any:
    """A copy of a model or a mapping in which what stands at ``paths`` cannot be read."""
    below: dict[str, set[Path]] = {}
    for path in paths:
        below.setdefault(str(path[0]), set()).add(path[1:])
    if isinstance(value, BaseModel):
        known = {name: getattr(value, name) for name in type(value).model_fields}
        inside = {name: _inside(known.get(name), below[name]) for name in below}
        unknown = frozenset(name for name, copy in inside.items() if copy is None)
        made = known | {name: copy for name, copy in inside.items() if copy is not None}
        return _partly_known(type(value), unknown).model_construct(**made)
    inside = {name: _inside(value.get(name), below[name]) for name in below}
    known = {**value, **{name: copy for name, copy in inside.items() if copy is not None}}
    return PartlyKnown(known, (name for name, copy in inside.items() if copy is None))


def known_items(values: Sequence[Item]) -> Iterator[tuple[int, Item]]:
    """The items of a list with the places they stand at: the known ones, where not all are."""
    return values.known() if isinstance(values, PartlyKnownItems) else enumerate(values)


def _inside(value: object, paths: set[Path]) -> Any:
    """Nothing where all of it is unknown."""
    if isinstance(value, tuple) and () not in paths:
        return PartlyKnownItems(value, (int(path[0]) for path in paths))
    return with_unknown(value, paths) if () not in paths and isinstance(value, BaseModel | Mapping) else None


@lru_cache(maxsize=256)
def _partly_known(model: type[BaseModel], unknown: frozenset[str]) -> type[BaseModel]:
    """The model, but for some fields; what it has of methods works as long as they read no other."""

    def read(self: BaseModel, name: str) -> Any:
        if name in unknown or name in _AS_A_WHOLE:
            raise UnknownError(name)
        return object.__getattribute__(self, name)

    body = {
        "__module__": model.__module__,
        "__qualname__": model.__qualname__,
        "__getattribute__": read,
        "__iter__": _unknown,
        "__eq__": _unknown,
        "__hash__": _unknown,
        "model_config": ConfigDict(defer_build=True),
    }
    made: type[BaseModel] = new_class(model.__name__, (model,), exec_body=lambda space: space.update(body))
    return made


def _unknown(*_: object) -> Any:
    raise UnknownError


class PartlyKnown(Mapping[str, Any]):
    """A mapping of which some entries are not known: who looks at all of them comes to an end with the known ones.

    Not a ``dict``: that would answer by itself whatever is not forbidden here, ``!=`` and ``reversed`` among it.
    """

    def __init__(self, known: Mapping[str, Any], unknown: Iterable[str]) -> None:
        self._known = dict(known)
        self._unknown = frozenset(unknown)

    def __iter__(self) -> Iterator[str]:
        """The known names."""
        yield from self._known
        if self._unknown:
            raise UnknownError

    def __getitem__(self, name: str) -> Any:
        """What stands at a known name; nobody knows what an unknown one would be."""
        if name in self._unknown:
            raise UnknownError
        return self._known[name]

    def __len__(self) -> int:
        """How many entries there are, where all are known."""
        return len(self._known) if not self._unknown else _unknown()

    def __bool__(self) -> bool:
        """Something was written, known or not."""
        return True

    def __eq__(self, other: object) -> bool:
        """Never known."""
        return bool(_unknown())

    __hash__ = None  # type: ignore[assignment]
    # What a dict has besides: each of it is about all entries.
    __or__ = __ror__ = __reversed__ = __copy__ = __deepcopy__ = copy = _unknown


class PartlyKnownItems(Sequence[Any]):
    """A list of which some items are not known: neither what they are nor how many each was meant to be.

    What stands in it can be found; nothing can be said not to.  ``known_items`` gives all that is known.
    """

    def __init__(self, known: Iterable[Any], unknown: Iterable[int]) -> None:
        """``unknown`` are places; the known items fill the others, in their order."""
        self._unknown = frozenset(unknown)
        self._known = dict(
            zip((place for place in itertools.count() if place not in self._unknown), known, strict=False)
        )

    def known(self) -> Iterator[tuple[int, Any]]:
        """The known items, each with its place."""
        yield from self._known.items()
        raise UnknownError

    def __iter__(self) -> Iterator[Any]:
        """The items before the first unknown one: whoever counts them counts right."""
        return (self[place] for place in itertools.count())

    def __getitem__(self, place: Any) -> Any:
        """A known item, or the list up to a place."""
        if isinstance(place, slice):
            begins = place.start is None and place.step is None and place.stop is not None
            return self._before(place.stop) if begins else _unknown()
        return self._known[place] if place in self._known else _unknown()

    def _before(self, end: int) -> Sequence[Any]:
        if end < 0:
            _unknown()
        known = [item for place, item in self._known.items() if place < end]
        unknown = [place for place in self._unknown if place < end]
        return PartlyKnownItems(known, unknown) if unknown else tuple(known)

    def __contains__(self, item: object) -> bool:
        """Whether a known item is the one that is asked for."""
        return item in self._known.values() or bool(_unknown())

    def index(self, item: Any, *_: int) -> int:
        """The first known place of an item."""
        for place, one in self._known.items():
            if one == item:
                return place
        return int(_unknown())

    def __len__(self) -> int:
        """Never known."""
        return int(_unknown())

    def __bool__(self) -> bool:
        """Something was written, known or not."""
        return True

    def __eq__(self, other: object) -> bool:
        """Never known."""
        return bool(_unknown())

    __hash__ = None  # type: ignore[assignment]
    # What a tuple has besides: each of it is about all items.
    __add__ = __radd__ = __mul__ = __rmul__ = __lt__ = __le__ = __gt__ = __ge__ = _unknown
    __reversed__ = __copy__ = __deepcopy__ = count = _unknown


class PartlyWritten(frozenset[Path]):
    """Paths that are written, of which nobody may ask where the spec is unknown."""

    unknown: frozenset[Path] = frozenset()

    @classmethod
    def of(cls, paths: Iterable[Path], unknown: frozenset[Path]) -> frozenset[Path]:
        """The written paths but for ``unknown`` ones and what is below them."""
        if not unknown:
            return frozenset(paths)
        made = cls(paths)
        made.unknown = unknown
        return made

    def __contains__(self, path: object) -> bool:
        """Whether a path is written."""
        if isinstance(path, tuple) and any(path[:length] in self.unknown for length in range(1, len(path) + 1)):
            raise UnknownError
        return super().__contains__(path)
