"""The spec of a configuration that has mistakes in single values: all of it that can be read.

What pydantic complains about is dropped, so that a default stands in, until the rest is a spec; then the places of all
that was dropped are made unreadable (``unknowns``).  The project has failed already; this only lets one run show what
rules find in it besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mlops_gitops.compiler.keyed_lists import keyed_lists
from mlops_gitops.compiler.model_paths import fields_at, written_path
from mlops_gitops.compiler.other_places import sections
from mlops_gitops.compiler.paths import value_at, with_value, without
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.suggest import NEARLY, did_you_mean
from mlops_gitops.compiler.unknowns import with_unknown
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.stages import StageName

# One drops values, a second what lacks a part now, a third lets something stand in that must be there.
_ROUNDS = 5
Model = TypeVar("Model", bound=BaseModel)
_STAGES = ("pipeline", "stages")


class PartialSpec(NamedTuple, Generic[Model]):
    """A spec whose ``unknown`` paths cannot be read: whoever tries gets an ``UnknownError``."""

    spec: Model
    unknown: frozenset[Path]


def build_partly(model: type[Model], data: Plain, unknown: Iterable[Path] = ()) -> PartialSpec[Model] | None:
    """What can be read of data that is no whole spec; nothing where too much is wrong with it.

    ``unknown`` are places that cannot be read whatever stands there: what somebody has not written yet, say.
    """
    mending = _Mending(model, data, set(unknown))
    for _ in range(_ROUNDS):
        try:
            spec = model.model_validate(mending.data)
        except ValidationError as error:
            if not mending.mend(error.errors(include_url=False, include_input=False, include_context=False)):
                return None
        else:
            return PartialSpec(with_unknown(spec, mending.unknown), frozenset(mending.unknown))
    return None


class _Mending:
    """Data on its way to something that can be built, and what is not known of it any more."""

    def __init__(self, model: type[BaseModel], data: Plain, unknown: set[Path]) -> None:
        self.model, self.data, self.unknown = model, data, unknown

    def mend(self, details: Sequence[ErrorDetails]) -> bool:
        """Take mistakes out; whether that can be done."""
        paths = [self._in_data(written_path(self.model, detail["loc"])) for detail in details]
        items = {path for path in paths if path and isinstance(path[-1], int)}
        lists = {path[:-1] for path in items}
        # A list is too short, pydantic says, where its items were wrong.
        others = zip(paths, details, strict=True)
        if not all(self._mend(path, detail) for path, detail in others if path not in items | lists):
            return False
        for path in lists:
            self._drop_items(path, {int(item[-1]) for item in items if item[:-1] == path})
        return True

    def _in_data(self, path: Path) -> Path:
        """As far as something is dropped as a whole: an item of a list, or a list that layers join by its items' keys.

        Such a list is not joined where an item has no key, and then nobody knows what lower layers say in it.
        """
        first = next((index for index, part in enumerate(path) if isinstance(part, int)), len(path))
        is_item = isinstance(value_at(self.data, path[:first]), list) and path[:first] not in keyed_lists(self.model)
        return path[: first + 1] if is_item else path[:first]

    def _drop_items(self, path: Path, places: set[int]) -> None:
        items = value_at(self.data, path)
        if isinstance(items, list):
            rest = [item for place, item in enumerate(items) if place not in places]
            self.data = with_value(self.data, path, rest)
            # Items that were dropped before have left gaps.
            gone = {one[-1] for one in self.unknown if one[:-1] == path}
            written = [place for place in range(len(items) + len(gone)) if place not in gone]
            self.unknown.update((*path, written[place]) for place in places)

    def _mend(self, path: Path, detail: ErrorDetails) -> bool:
        if detail["type"] == "missing" and (stand_in := _stand_in(path)) is not None:
            self.data = with_value(_with_key(self.data, path), path, stand_in)
            self.unknown.add(path)
            return True
        if detail["type"] == "extra_forbidden":
            self.unknown.update(self._meant(path))
        return self._drop(path)

    def _drop(self, path: Path) -> bool:
        while path and not _has(self.data, path):
            if path in self.unknown:
                return True  # Dropped already: a union complains in each of its branches.
            path = path[:-1]
        if path:
            self.unknown.add(path)
            self.data = without(self.data, [path])
        return bool(path)

    def _meant(self, path: Path) -> Iterator[Path]:
        """What an unknown key may have been meant for: one that is nearly the same, else any that is not written."""
        above, key = path[:-1], str(path[-1])
        legal = tuple(fields_at(self.model, above))
        if close := did_you_mean(key, legal, cutoff=NEARLY):
            places: tuple[Path, ...] = ((*above, close),)
        else:
            places = (*((*above, name) for name in legal), *sections(self.model, key))
        yield from (place for place in places if not _has(self.data, place))


def _stand_in(path: Path) -> Plain | None:
    """What may stand where something must: it is not read."""
    if path == _STAGES:
        return [next(iter(StageName)).value]
    return {} if len(path) == 1 else None


def _has(data: Plain, path: Path) -> bool:
    above = value_at(data, path[:-1])
    return isinstance(above, dict) and path[-1] in above


def _with_key(data: Plain, path: Path) -> Plain:
    above = value_at(data, path[:-1])
    return with_value(data, path[:-1], {**(above if isinstance(above, dict) else {}), str(path[-1]): None})
