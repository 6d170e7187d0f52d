"""The platform's ``defaults``: a part of a project's configuration that lies below every project's own."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.build_spec import check_part
from mlops_gitops.compiler.keyed_lists import as_lists, by_key
from mlops_gitops.compiler.nulls import taken_away
from mlops_gitops.compiler.overlay import EMPTY, Layered, overlay
from mlops_gitops.compiler.paths import dotted, value_at, without
from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Moved
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.project import ProjectSpec

KEY = "defaults"
# What says which project it is, or why: one for all of them would be wrong for all but one.
OF_ONE_PROJECT: tuple[tuple[str, ...], ...] = (
    ("apiVersion",),
    ("project", "name"),
    ("project", "description"),
    ("project", "risk_reason"),
)


def read_defaults(platform: Source) -> tuple[Layered, tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """The layer, without what it may not set, and what is wrong with its keys and with its values.

    Of wrong keys something is left out of the layer; wrong values stand in it, and are found in every project.
    """
    layer, found = as_written(platform)
    problems = [*found, *_of_one_project(layer)]
    told = {problem.span for problem in problems}
    merged = overlay(EMPTY, Layered(without(layer.data, OF_ONE_PROJECT), layer.spans))
    whole = as_lists(merged)
    wrong = check_part(ProjectSpec, whole.data, whole.spans, platform.file)
    return merged, tuple(problems), tuple(problem for problem in wrong if problem.span not in told)


def as_written(platform: Source) -> tuple[Layered, tuple[Diagnostic, ...]]:
    """The layer as it stands in the file, keyed lists as mappings, and what is wrong with its keys."""
    data = value_at(platform.data, (KEY,))
    if not isinstance(data, dict):  # that it should be one is a finding of the platform's own model
        return EMPTY, ()
    written = Layered(data, Moved(platform.spans, {(): (KEY,)}))
    layer, found = by_key(written)
    return layer, (*taken_away(written, EMPTY), *found)


def _of_one_project(layer: Layered) -> Iterator[Diagnostic]:
    for path in OF_ONE_PROJECT:
        if value_at(layer.data, path) is not None:
            yield Diagnostic(
                "MG119",
                f"`{dotted(path)}` is no default: it belongs to one project",
                layer.spans.key(path),
                help="set it in the project's mlops_config.yaml",
            )
