"""Rules about serving runtimes: a cluster can run what is chosen, and what chosen runtimes do with what is written.

A setting that one environment's runtime honours is no mistake of the project, even where another's cannot; a setting
that nothing would ever honour is, and so is one that an overlay writes for a runtime that cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.spans import Path
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.stack import AREA_BY_NAME, KEEPS_ANSWERS, SPLIT_TRAFFIC
from mlops_gitops.spec.stages import StageName

_LOCAL = "local"
_AREA = AREA_BY_NAME["serving"]


class _Setting(NamedTuple):
    """A key, the runtimes that honour it (``None``: all), and whether one machine without a cluster does."""

    path: Path
    runtimes: frozenset[str] | None
    local: bool
    why: str

    def honoured(self, runtime: str, *, local: bool) -> bool:
        """Whether it has an effect."""
        return (self.runtimes is None or runtime in self.runtimes) and (self.local or not local)


_SETTINGS = (
    _Setting(
        ("serving", "canary", "steps"),
        SPLIT_TRAFFIC,
        local=False,
        why=f"only {', '.join(sorted(SPLIT_TRAFFIC))} leads a share of the traffic to another version",
    ),
    _Setting(
        ("serving", "autoscaling", "max_replicas"), None, local=False, why="only a Kubernetes cluster adds replicas"
    ),
    _Setting(
        ("serving", "rollout_timeout"),
        frozenset({"fastapi", "tensorflow_serving"}),
        local=True,
        why="KServe's own Deployments have 10m, whatever is written",
    ),
    *(
        _Setting(
            path,
            KEEPS_ANSWERS,
            local=True,
            why=f"only {' and '.join(sorted(KEEPS_ANSWERS))} keep what they answer, for the monitor to look at",
        )
        for path in (
            ("monitoring", "interval"),
            ("monitoring", "drift_detection"),
            ("monitoring", "regression_detection"),
            ("monitoring", "concept_drift"),
            ("monitoring", "max_attack_success"),
            ("pipeline", "triggers", "performance_regression"),
        )
    ),
)


def honours_settings(subject: Subject) -> Iterator[Diagnostic]:
    """MG260."""
    if StageName.MODEL_DEPLOYMENT not in subject.spec.pipeline.stages:
        return
    for setting in _SETTINGS:
        if not subject.wrote(*map(str, setting.path)) or not _asks(subject.spec, setting.path):
            continue
        span = subject.spans.key(setting.path)
        if span is None:
            continue
        places = tuple(_places(subject, span.file))
        if places and not any(setting.honoured(runtime, local=local) for runtime, local in places):
            runtimes = ", ".join(dict.fromkeys(runtime for runtime, _ in places))
            where = " on one machine" if all(local for _, local in places) else ""
            yield Diagnostic(
                "MG260",
                f"{dotted(setting.path)} has no effect with {runtimes}{where}",
                span,
                help=f"{setting.why}: drop it, or choose another runtime (stack.serving)",
            )


def fits_cluster(subject: Subject) -> Iterator[Diagnostic]:
    """MG261."""
    written, able = getattr(subject.spec.stack, _AREA.name), _AREA.local or _AREA.supported
    if written is None or written in able or written not in _AREA.supported:
        return
    for name in subject.environments:
        if _is_local(subject, name):
            yield Diagnostic(
                "MG261",
                f"{written} does not run in {name}, which is one machine without a cluster",
                subject.spans.value(("stack", "serving")),
                help=f"write it in environments/NAME.yaml where there is a cluster; here runs {', '.join(able)}",
            )


def _asks(spec: ProjectSpec, path: Path) -> bool:
    """Whether the value asks for anything: `false` and an empty list do not."""
    value: object = spec
    for key in path:
        value = getattr(value, str(key))
    return bool(value)


def _places(subject: Subject, file: str) -> Iterator[tuple[str, bool]]:
    """Runtime, and whether it is one machine, of each environment that a value written in ``file`` is for."""
    own = f"{subject.folder}/environments/{subject.environment}.yaml"
    if subject.environment and file != own:
        return  # The project's own spec answers for it, with all environments in view.
    for name, spec in _specs(subject):
        if not subject.environment or name == subject.environment:
            local = _is_local(subject, name)
            runtime = spec.stack.choice("serving", local=local)
            if runtime is not None:
                yield runtime, local


def _specs(subject: Subject) -> Iterator[tuple[str, ProjectSpec]]:
    """The spec in force by environment; where some could not be built, this one stands for all."""
    names = tuple(subject.platform.environments)
    known = subject.all_specs if len(subject.all_specs) == len(names) else (subject.spec,) * len(names)
    return zip(names, known, strict=True)


def _is_local(subject: Subject, environment: str) -> bool:
    settings = subject.platform.environments.get(environment)
    cluster = subject.platform.clusters.get(settings.cluster) if settings else None
    return cluster is not None and cluster.kind == _LOCAL
