"""The platform's settings where its file has mistakes: as far as they can be read, for the rules on projects.

Which environments there are must be known, and what the defaults are: on these hangs what a project is.  Clusters and
environments are sound together or not at all; which project runs where is not known where one of them is wrong.
"""

from __future__ import annotations

from pydantic import ValidationError

from mlops_gitops.compiler.partial_spec import build_partly
from mlops_gitops.compiler.paths import value_at
from mlops_gitops.compiler.spans import Path
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.platform import EnvironmentSettings, PlatformSpec
from mlops_gitops.spec.scalars import DNS_LABEL

_PLACES = {"clusters", "environments"}
# Beside the places, what the file is held against itself for.
_HELD_TOGETHER = ("nodes", "prices", "receivers", "escalation", "smtp")


def partial_platform(data: Plain, *, contradicts: bool) -> PlatformSpec | None:
    """What can be read; nothing where that is not enough.  ``contradicts``: each part is sound, the whole is not."""
    names, unknown = environment_names(data), set[Path]()
    if not isinstance(data, dict) or not names or len(names) != len(_mapping(data, "environments")):
        return None
    if contradicts or _PLACES & _wrong_sections(data) or not _clusters_exist(data):
        data = {**data, **_stand_in(names)}
        keys = EnvironmentSettings.model_fields
        unknown = {("clusters",), *(("environments", name, key) for name in names for key in keys)}
    if contradicts:
        unknown |= {(section,) for section in _HELD_TOGETHER}
    partial = build_partly(PlatformSpec, data, unknown)
    if partial is None or any(path[0] == "defaults" for path in partial.unknown):
        return None
    return partial.spec


def environment_names(data: Plain) -> tuple[str, ...]:
    """The environments that are written, as far as their names are names."""
    return tuple(name for name in _mapping(data, "environments") if DNS_LABEL.fullmatch(name))


def _mapping(data: Plain, section: str) -> dict[str, Plain]:
    value = value_at(data, (section,))
    return value if isinstance(value, dict) else {}


def _clusters_exist(data: Plain) -> bool:
    clusters, environments = _mapping(data, "clusters"), _mapping(data, "environments")
    return all(value_at(settings, ("cluster",)) in clusters for settings in environments.values())


def _wrong_sections(data: Plain) -> set[str]:
    try:
        PlatformSpec.model_validate(data)
    except ValidationError as error:
        return {str(detail["loc"][0]) for detail in error.errors(include_url=False) if detail["loc"]}
    return set()


def _stand_in(names: tuple[str, ...]) -> dict[str, Plain]:
    return {"clusters": {"local": {"kind": "local"}}, "environments": {name: {"cluster": "local"} for name in names}}
