"""Where a value comes from: what is in force for a key, and each layer that has a word on it.

The layers, lowest first: the default, the platform's defaults, the project's configuration, the environment's overlay.
The topmost one that says something counts; for a section that is put together from several, each part may come from
another one, so its parts are explained one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from pydantic import BaseModel

from mlops_gitops.compiler.computed_defaults import Computed, Setting, computed_defaults
from mlops_gitops.compiler.keyed_lists import by_key, in_model, list_of
from mlops_gitops.compiler.model_paths import descriptions_at, fields_at
from mlops_gitops.compiler.overlay import Layered
from mlops_gitops.compiler.paths import dotted, value_at, with_value
from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.diagnostics import Span
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.metrics import find_metric
from mlops_gitops.spec.project import ProjectSpec

Layer = Literal["environment", "project", "platform", "contract", "release", "default", "made"]
ENVIRONMENT: Layer = "environment"
PROJECT: Layer = "project"
PLATFORM: Layer = "platform"
DEFAULT: Layer = "default"
MADE_OF: Layer = "made"
_SHORTEST = {"pipeline": {"stages": ["data_validation"]}, "testing": {}, "monitoring": {}, "alerting": {}}


@dataclass(frozen=True, slots=True)
class Origin:
    """One layer's word: ``place`` is nothing for a default, which has a ``why`` where it is worked out.

    What is made of whole files (a name, a digest) has a ``why`` too.

    ``removed`` where the layer takes the value away.
    """

    layer: Layer
    value: Plain
    place: Span | None = None
    removed: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The value in force, what the key means, and the layers that have a word on it, topmost first.

    ``parts`` are the keys below a section with a value of their own.
    """

    path: Path
    value: Plain
    meaning: str
    origins: tuple[Origin, ...]
    parts: tuple[Explanation, ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether any layer gives a value."""
        return bool(self.origins) and not self.origins[0].removed


@dataclass(frozen=True)
class Explainer:
    """A project's spec as it is in force somewhere, and the layers it was made of, topmost first."""

    setting: Setting
    layers: tuple[tuple[Layer, Layered], ...]
    value: Plain = field(init=False)
    """All of it, with what is worked out, and keyed lists as mappings."""
    computed: dict[Path, Computed] = field(init=False)

    def __post_init__(self) -> None:
        computed = computed_defaults(self.setting)
        value: Plain = by_key(Layered(dict(self.setting.spec.plain)))[0].data
        for path, one in computed.items():
            if value_at(value, path) is None:
                value = with_value(value, path, one.value)
        object.__setattr__(self, "computed", computed)
        object.__setattr__(self, "value", value)

    def explain(self, path: Path) -> Explanation | None:
        """Explain a key; nothing where the spec has no such key and no layer ever had a word on it."""
        path = self._by_name(path)
        there, value = look_up(self.value, path)
        origins = (*self._written(path), *self._default(path))
        if not there and not origins:
            return None
        parts = tuple(self._parts(path, value)) if isinstance(value, dict) else ()
        return Explanation(path, value, meaning(path), self._counting(origins), parts)

    def _parts(self, path: Path, value: dict[str, Plain]) -> Iterator[Explanation]:
        for key in value:
            found = self.explain((*path, key))
            if found is not None:
                yield from found.parts or (found,)

    def _counting(self, origins: tuple[Origin, ...]) -> tuple[Origin, ...]:
        """Where the topmost word takes the value away, the default counts, and all between is as good as unsaid."""
        if not origins or not origins[0].removed or origins[-1].layer != DEFAULT:
            return origins
        return (origins[-1], *origins[:-1])

    def _by_name(self, path: Path) -> Path:
        """The same path with an item of a keyed list by its key, where it is given by its number."""
        above = list_of(path)
        number = path[len(above)] if above else ""
        items = value_at(self.value, above) if above else None
        if above and isinstance(items, dict) and isinstance(number, int) and number < len(items):
            return (*above, list(items)[number], *path[len(above) + 1 :])
        return path

    def _written(self, path: Path) -> Iterator[Origin]:
        for name, layer in self.layers:
            if (origin := _word(name, layer, path)) is not None:
                yield origin

    def _default(self, path: Path) -> Iterator[Origin]:
        if path in self.computed:
            one = self.computed[path]
            yield Origin(DEFAULT, one.value, why=one.why)
            return
        about = fields_at(ProjectSpec, in_model(path)[:-1]).get(str(path[-1])) if path else None
        if about is None or about.is_required():
            return
        there, value = look_up(_defaults(), path)
        if not there:  # a field of an item: no default tree has it
            default = about.get_default(call_default_factory=True)
            there, value = isinstance(default, str | int | float | None), default
        if there:
            yield Origin(DEFAULT, value)


def explain_other(model: type[BaseModel], layer: Layer, source: Source, path: Path) -> Explanation:
    """Explain a key of a file that has no layers: what it says, or the default of its model."""
    there, value = look_up(source.data, path)
    about = fields_at(model, path[:-1]).get(str(path[-1]))
    if there or about is None or about.is_required():
        origin = Origin(layer, value, source.spans.value(path))
    else:
        default = about.get_default(call_default_factory=True)
        value = default if isinstance(default, str | int | float | None) else None
        origin = Origin(DEFAULT, value)
    says = " ".join(descriptions_at(model, path[:-1]).get(str(path[-1]), "").split())
    return Explanation(path, value, says, (origin,))


def without_secrets(found: Explanation, hide: Callable[[str], str]) -> Explanation:
    """The same for showing: ``hide`` gives a text without the secrets in it."""
    return replace(
        found,
        value=_hidden(found.value, hide),
        origins=tuple(replace(one, value=_hidden(one.value, hide)) for one in found.origins),
        parts=tuple(without_secrets(one, hide) for one in found.parts),
    )


def _hidden(value: Plain, hide: Callable[[str], str]) -> Plain:
    if isinstance(value, dict):
        return {key: _hidden(one, hide) for key, one in value.items()}
    if isinstance(value, list):
        return [_hidden(one, hide) for one in value]
    return hide(value) if isinstance(value, str) else value


def look_up(value: Plain, path: Path) -> tuple[bool, Plain]:
    """Whether there is something at a path, and what."""
    for part in path:
        if isinstance(value, dict) and str(part) in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return False, None
    return True, value


def meaning(path: Path) -> str:
    """What a key means, in the words that editors show."""
    if path[:2] == ("testing", "thresholds") and len(path) == 3 and (metric := find_metric(str(path[2]))):
        return f"{metric.description[:1].upper()}{metric.description[1:]}; passes where it is {metric.sign} the limit."
    above = in_model(path)[:-1]
    return " ".join(descriptions_at(ProjectSpec, above).get(str(path[-1]), "").split()) if path else ""


def shown_path(path: Path) -> str:
    """``training.env[LOG_LEVEL].value``: a dotted path, with the items of keyed lists in brackets."""
    above = list_of(path)
    if above is None:
        return dotted(path)
    below = dotted(path[len(above) + 1 :])
    return f"{dotted(above)}[{path[len(above)]}]" + (f".{below}" if below else "")


def _word(name: Layer, layer: Layered, path: Path) -> Origin | None:
    value: Plain = layer.data
    for depth, part in enumerate(path):
        if value is None:  # a section above was taken away
            return Origin(name, None, layer.spans.key(path[:depth]), removed=True)
        there, value = look_up(value, (part,))
        if not there:
            return None
    return Origin(name, value, layer.spans.value(path), removed=value is None)


@cache
def _defaults() -> Plain:
    spec = ProjectSpec.model_validate(_SHORTEST)
    return by_key(Layered(dict(spec.plain)))[0].data
