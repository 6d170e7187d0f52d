"""Where a key is legal that is not legal where it stands: most unknown keys are only one section off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import get_args

from pydantic import BaseModel

from mlops_gitops.compiler.file_names import CONFIG, CONTRACT, PLATFORM
from mlops_gitops.compiler.model_paths import fields_at
from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.suggest import plain
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.descriptions import models_in
from mlops_gitops.spec.metrics import find_metric
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec

_FILES: Mapping[type[BaseModel], str] = {ProjectSpec: CONFIG, PlatformSpec: PLATFORM, DataContract: CONTRACT}
_MOST = 3
_ANY = "<name>"


def belongs(model: type[BaseModel], key: str) -> str | None:
    """``it belongs in `serving.slo` ``, or to which other file; nothing where the key is legal nowhere."""
    if sections := _places(model).get(plain(key)):
        # The top of a file has no name.
        named = [f"in `{section}`" if section else "at the top of the file" for section in sections]
        more = ", …" if len(named) > _MOST else ""
        return f"it belongs {' or '.join(named[:_MOST])}{more}"
    for other, file in _FILES.items():
        if other is not model and "" in _places(other).get(plain(key), ()):
            return f"it belongs in {file}"
    return "it belongs in `testing.thresholds`" if model is ProjectSpec and find_metric(key) else None


def sections(model: type[BaseModel], key: str) -> Iterator[Path]:
    """The paths at which a key is legal; none of those below a name that anybody may choose."""
    for section in _places(model).get(plain(key), ()):
        above = tuple(section.split(".")) if section else ()
        if _ANY not in above:
            yield from ((*above, name) for name in fields_at(model, above) if plain(name) == plain(key))


@cache
def _places(model: type[BaseModel]) -> Mapping[str, tuple[str, ...]]:
    """Every key of a file, with the sections that it is legal in; those nearest to the top first."""
    found: dict[str, list[str]] = {}
    for key, section in sorted(_keys(model, (), ()), key=lambda one: (one[1].count("."), one[1])):
        found.setdefault(plain(key), []).append(section)
    return {key: tuple(sections) for key, sections in found.items()}


def _keys(
    model: type[BaseModel], path: tuple[str, ...], above: tuple[type[BaseModel], ...]
) -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        yield name, dotted(path)
        for below in models_in(field.annotation):
            if below not in above:
                yield from _keys(below, (*path, name, *_by_name(field.annotation)), (*above, below))


def _by_name(annotation: object) -> tuple[str, ...]:
    """Below a mapping, any name may stand."""
    if getattr(annotation, "__origin__", None) is dict:
        return (_ANY,)
    return next((found for one in get_args(annotation) if (found := _by_name(one))), ())
