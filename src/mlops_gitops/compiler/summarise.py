"""A compiled project in a few plain values, for what is one for the repository; see ``records/summary.py``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlops_gitops.compiler.paths import value_at
from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import Path, SpanMap
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Project
from mlops_gitops.records.summary import ObjectName, Place, Summary, object_place

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
        objects=tuple(name for artifact in rendered for name in _objects(artifact)),
        outside=tuple(artifact.path for artifact in rendered if artifact.outside),
        places={**dict(_places(spans)), **dict(_manifests(manifests))},
    )


def _objects(artifact: Artifact) -> Iterator[ObjectName]:
    if not artifact.environment:
        return
    documents = artifact.content if isinstance(artifact.content, list) else [artifact.content]
    for document in documents:
        if isinstance(document, dict) and isinstance(kind := document.get("kind"), str) and "apiVersion" in document:
            metadata = document.get("metadata")
            name, namespace = (_text(metadata, key) for key in ("name", "namespace"))
            yield ObjectName(artifact.environment, namespace, kind, name)


def _text(metadata: Plain, key: str) -> str:
    value = metadata.get(key) if isinstance(metadata, dict) else None
    return value if isinstance(value, str) else ""


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
    """Where a project's own objects have their names, by kind and name."""
    for source in sources:
        span = source.spans.key(("metadata", "name"))
        if span:
            kind, name = (value_at(source.data, path) for path in (("kind",), ("metadata", "name")))
            yield f"{object_place(str(kind), str(name))}@", (span.file, span.line, span.column, span.end_column)
