"""Rules about environment overlays: what is one for all environments is not set by one of them."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.overlay import Layered
from mlops_gitops.compiler.paths import dotted, mapped_values, without
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.spans import Path, Without
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.stack import AREAS

# A version is trained and tested once, by one pipeline; environments only run it.
ONE_FOR_ALL: tuple[tuple[str, ...], ...] = (
    ("project",),
    ("stack", "profile"),
    # What a machine without a cluster cannot run may be another tool there.
    *(("stack", area.name) for area in AREAS if area.local is None),
    ("data",),
    ("pipeline", "stages"),
    ("pipeline", "triggers"),
    ("pipeline", "timeout"),
    ("pipeline", "runner_tags"),
    ("pipeline", "notifications"),
    ("training", "entrypoint"),
    ("training", "framework"),
    ("training", "parameters"),
    ("training", "seed"),
    ("training", "fitting"),
    ("training", "split"),
    ("training", "workers"),
    ("testing", "categories"),
    ("testing", "sensitive_attributes"),
    ("testing", "primary_metric"),
    ("testing", "case_timeout"),
    ("testing", "robustness"),
    ("registry",),
    ("governance",),
)


def by_environment(subject: Subject) -> Iterator[Diagnostic]:
    """MG208."""
    if subject.overlay is None:
        return
    for path in _refused(subject.overlay.data):
        inside = [one for one in ONE_FOR_ALL if one[: len(path)] == path != one]
        message = f"`{dotted(path)}` is one for all environments"
        todo = "set it in mlops_config.yaml: a version is trained and tested once, environments only run it"
        if inside:
            message = f"`{dotted(path)}` holds what is one for all environments, like `{dotted(inside[0])}`"
            todo = "name the keys below it that this environment does without, each with `null`"
        yield Diagnostic("MG208", message, subject.overlay.spans.key(path), help=todo)


def without_refused(layer: Layered) -> Layered:
    """An overlay without what it may not set: rules judge what is in force, and that never is."""
    refused = frozenset(_refused(layer.data))
    return Layered(without(layer.data, refused), Without(layer.spans, refused)) if refused else layer


def _refused(data: Plain) -> Iterator[Path]:
    """What is set of it, and the sections around it that are taken away."""
    for path, value in mapped_values(data):
        is_leaf, takes_away = not isinstance(value, dict) or not value, value is None
        if any(
            (is_leaf and path[: len(one)] == one) or (takes_away and one[: len(path)] == path) for one in ONE_FOR_ALL
        ):
            yield path
