"""A compiled project in a few plain values, for what is one for the repository; see ``records/summary.py``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlops_gitops.compiler.given_names import alerts_of, group_of, objects_of
from mlops_gitops.compiler.manifests.form import NAMED
from mlops_gitops.compiler.paths import value_at
from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path, SpanMap
from mlops_gitops.records.artifact import Artifact
from mlops_gitops.records.project import Project
from mlops_gitops.records.summary import Place, Summary, object_place

# What rules across projects may point at.
PLACES: tuple[Path, ...] = (
    ("project",),
    ("project", "owners"),
    ("project", "risk_class"),
    ("alerting", "channels"),
    ("training", "accelerator"),
    ("training", "accelerator", "count"),
    ("serving",),
    ("serving", "slo"),
    ("testing", "thresholds"),
    ("testing", "categories"),
    ("testing", "robustness"),
    ("monitoring", "max_attack_success"),
    ("monitoring", "regression_detection"),
    ("monitoring", "drift_detection"),
    ("monitoring", "concept_drift"),
    ("pipeline", "stage_options"),
)


def summarise(
    project: Project, artifacts: Iterable[Artifact], spans: Mapping[str, SpanMap], manifests: Iterable[Source] = ()
) -> Summary:
    """``spans`` is by environment; the empty name is the project without an overlay."""
    spec, rendered = project.spec, tuple(artifacts)
    return Summary(
        name=project.name,
        ci=spec.stack.choice("ci_cd"),
        contract=spec.data.contract,
        triggers=spec.plain["pipeline"]["triggers"],
        owners=spec.project.owners,
        approvers=spec.governance.approvers,
        risk_class=spec.project.risk_class,
        gpus={one.name: gpus for one in project.environments if (gpus := one.most_devices())},
        channels={one.name: one.spec.alerting.channels for one in project.environments if one.spec.alerting.channels},
        objects=tuple(name for artifact in rendered for name in objects_of(artifact)),
        outside=tuple(artifact.path for artifact in rendered if artifact.outside),
        packages=project.packages,
        alerts=tuple(dict.fromkeys(name for artifact in rendered for name in alerts_of(artifact))),
        places={**dict(_places(spans)), **dict(_manifests(manifests))},
    )


def _places(spans: Mapping[str, SpanMap]) -> Iterator[tuple[str, Place]]:
    own = spans.get("")
    for environment, positions in spans.items():
        if environment and positions is own:
            continue
        for path in PLACES:
            span = positions.key(path)
            if span:
                yield f"{'.'.join(map(str, path))}@{environment}", (span.file, span.line, span.column, span.end_column)


def _manifests(sources: Iterable[Source]) -> Iterator[tuple[str, Place]]:
    """Where a project's own objects have their names, by group, kind and name."""
    for source in sources:
        span = source.spans.key(("metadata", "name"))
        if span:
            api, kind, name = (str(value_at(source.data, path)) for path in NAMED)
            place = object_place(group_of(api), kind, name)
            yield f"{place}@", (span.file, span.line, span.column, span.end_column)
