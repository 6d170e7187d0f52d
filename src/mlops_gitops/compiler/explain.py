"""Where a value comes from: what is in force for a key, and each layer that has a word on it.

The layers, lowest first: the default, the project's configuration, the environment's overlay.  The topmost one that
says something counts; for a section that is put together from several, each part may come from another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic_core import to_jsonable_python

from mlops_gitops.compiler.driver import merge, read
from mlops_gitops.compiler.model_paths import descriptions_at, fields_at, model_at
from mlops_gitops.compiler.platform_file import read_platform
from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.unit import Unit
from mlops_gitops.diagnostics import Span
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.metrics import find_metric
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stack import AREA_BY_NAME


@dataclass(frozen=True, slots=True)
class Origin:
    """One layer's word: ``place`` is nothing for a default; ``removed`` where an overlay takes the value away."""

    layer: str
    value: Plain
    place: Span | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """The value in force, what the key means, and the layers that have a word on it, topmost first."""

    value: Plain
    meaning: str
    origins: tuple[Origin, ...]


def legal_keys(path: Path) -> tuple[str, ...]:
    """The keys that may stand below a path."""
    return tuple(fields_at(ProjectSpec, path))


def explain_value(
    tree: SourceTree, project: str, environment: str, spec: ProjectSpec, path: Path
) -> Explanation | None:
    """Explain a key of a project that compiles; nothing where the spec has no such key.

    ``spec`` is the one in force in ``environment`` (the empty name: without any overlay).
    """
    found, value = _look_up(spec, path)
    if not found:
        return None
    platform = read_platform(tree).spec
    assert platform is not None, "the project compiles"
    unit = merge(read(Unit(project, tree, platform)))
    assert unit.inputs is not None
    layers = [("environment", unit.inputs.overlays.get(environment)), ("project", unit.inputs.config)]
    origins = [origin for name, source in layers if source and (origin := _origin(name, source, path))]
    if value is None and _is_tool(path):
        value = spec.stack.choice(str(path[-1]))
    return Explanation(value, _meaning(path), (*origins, *_default(path, spec)))


def _origin(layer: str, source: Source, path: Path) -> Origin | None:
    value: Plain = source.data
    for depth, part in enumerate(path):
        if value is None:  # a section above was taken away
            return Origin(layer, None, source.spans.key(path[:depth]), removed=True)
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return Origin(layer, value, source.spans.value(path), removed=value is None)


def _look_up(spec: ProjectSpec, path: Path) -> tuple[bool, Plain]:
    value: Any = spec.plain
    for part in path:
        inside = part in value if isinstance(value, dict) else isinstance(value, list) and part in range(len(value))
        if not inside:
            return False, None
        value = value[part]
    return True, value


def _default(path: Path, spec: ProjectSpec) -> tuple[Origin, ...]:
    """The lowest layer.  A tool that nobody chose follows the profile, which is a default of its own."""
    if _is_tool(path):
        area = AREA_BY_NAME[str(path[-1])]
        return (Origin(f"default of profile {spec.stack.profile}", area.default(spec.stack.profile)),)
    field = fields_at(ProjectSpec, path[:-1]).get(str(path[-1]))
    if field is None or field.is_required():
        return ()
    default = field.get_default(call_default_factory=True)
    section = model_at(ProjectSpec, path)
    if section and isinstance(default, dict):  # See ``spec/section.py``: what is written of it stands for all of it.
        default = section.model_validate(default)
    return (Origin("default", _plain(default)),)


def _is_tool(path: Path) -> bool:
    return len(path) == 2 and path[0] == "stack" and path[1] in AREA_BY_NAME


def _plain(default: Any) -> Plain:
    plain: Plain = format_duration(default) if isinstance(default, timedelta) else to_jsonable_python(default)
    return plain


def _meaning(path: Path) -> str:
    if path[:2] == ("testing", "thresholds") and len(path) == 3 and (metric := find_metric(str(path[2]))):
        return f"{metric.description[:1].upper()}{metric.description[1:]}; passes where it is {metric.sign} the limit."
    return descriptions_at(ProjectSpec, path[:-1]).get(str(path[-1]), "")
