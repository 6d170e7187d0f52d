"""Rules about environment overlays: what is one for all environments is not set by one of them."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.paths import dotted, written_paths
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic
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
    written = set(written_paths(subject.overlay.data))
    sections = {path[:-1] for path in written}
    for path in sorted(written - sections, key=str):
        if any(path[: len(one)] == one for one in ONE_FOR_ALL):
            message = f"`{dotted(path)}` is one for all environments"
            todo = "set it in mlops_config.yaml: a version is trained and tested once, environments only run it"
            yield Diagnostic("MG208", message, subject.overlay.spans.key(path), help=todo)
