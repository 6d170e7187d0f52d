"""The spec of a configuration that has mistakes in single values: all of it that can be read.

What pydantic complains about is dropped, so that a default stands in, until the rest is a spec; then the places of all
that was dropped are made unreadable (``unknowns``).  The project has failed already; this only lets one run show what
rules find in it besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mlops_gitops.compiler.model_paths import fields_at, written_path
from mlops_gitops.compiler.other_places import sections
from mlops_gitops.compiler.paths import value_at, with_value, without
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.suggest import NEARLY, did_you_mean
from mlops_gitops.compiler.unknowns import with_unknown
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.stages import StageName

# One drops values, a second what lacks a part now, a third lets something stand in that must be there.
_ROUNDS = 5
_STAGES = ("pipeline", "stages")


@dataclass(frozen=True, slots=True)
class PartialSpec:
    """A spec whose ``unknown`` paths cannot be read: whoever tries gets an ``UnknownError``."""

    spec: ProjectSpec
    unknown: frozenset[Path]


def build_partly(data: Plain, blank: Iterable[Path] = ()) -> PartialSpec | None:
    """What can be read of data that is no whole spec; nothing where too much is wrong with it.

    ``blank`` are the places of values that somebody has not written yet.
    """
    mending = _Mending(data, set(blank))
    for _ in range(_ROUNDS):
        try:
            spec = ProjectSpec.model_validate(mending.data)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False, include_context=False):
                if not mending.mend(detail):
                    return None
        else:
            return PartialSpec(with_unknown(spec, mending.unknown), frozenset(mending.unknown))
    return None


@dataclass(slots=True)
class _Mending:
    """Data on its way to something that can be built, and what is not known of it any more."""

    data: Plain
    unknown: set[Path] = field(default_factory=set)

    def mend(self, detail: ErrorDetails) -> bool:
        """Take a mistake out; whether that can be done."""
        path = _in_mappings(written_path(ProjectSpec, detail["loc"]))
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
        legal = tuple(fields_at(ProjectSpec, above))
        if close := did_you_mean(key, legal, cutoff=NEARLY):
            places: tuple[Path, ...] = ((*above, close),)
        else:
            places = (*((*above, name) for name in legal), *sections(ProjectSpec, key))
        yield from (place for place in places if not _has(self.data, place))


def _in_mappings(path: Path) -> Path:
    """A list is dropped as a whole: without one of its items, all later ones would stand at other places."""
    first = next((index for index, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[:first]


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
