"""Rules about metrics: known, in range, named once."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.suggest import unknown
from mlops_gitops.diagnostics import Diagnostic, Span
from mlops_gitops.spec.metrics import find_metric, metric_names


def known(subject: Subject) -> Iterator[Diagnostic]:
    """MG210."""
    for name, span in _named(subject):
        if find_metric(name) is None:
            todo = "known: " + ", ".join(metric_names())
            yield Diagnostic("MG210", unknown("metric", name, metric_names()), span, help=todo)


def _named(subject: Subject) -> Iterator[tuple[str, Span | None]]:
    for name in subject.spec.testing.thresholds:
        yield name, subject.spans.key(("testing", "thresholds", name))
    for index, name in enumerate(subject.spec.monitoring.metrics):
        yield name, subject.spans.value(("monitoring", "metrics", index))


def in_range(subject: Subject) -> Iterator[Diagnostic]:
    """MG211."""
    for name, limit in subject.spec.testing.thresholds.items():
        metric = find_metric(name)
        if metric is None:
            continue
        too_high = metric.high is not None and limit > metric.high
        if limit < metric.low or too_high:
            bounds = f"{metric.low:g} to {metric.high:g}" if metric.high is not None else f"at least {metric.low:g}"
            yield Diagnostic(
                "MG211",
                f"threshold {limit:g} of `{name}` is out of its range, {bounds}",
                subject.spans.value(("testing", "thresholds", name)),
                help=f"a share is written as a fraction: {limit / 100:g}, not {limit:g}" if too_high else None,
            )


def named_once(subject: Subject) -> Iterator[Diagnostic]:
    """MG212."""
    places: tuple[tuple[Path, tuple[str, ...]], ...] = (
        (("testing", "thresholds"), tuple(subject.spec.testing.thresholds)),
        (("monitoring", "metrics"), subject.spec.monitoring.metrics),
    )
    for path, names in places:
        first: dict[str, str] = {}
        for index, name in enumerate(names):
            metric = find_metric(name)
            if metric is None:
                continue
            if metric.name in first:
                span = subject.spans.key((*path, name if path[0] == "testing" else index))
                same = first[metric.name]
                message = f"`{name}` is the same metric as `{same}`" if same != name else f"`{name}` is listed twice"
                yield Diagnostic("MG212", message, span, help="keep one of them")
            first.setdefault(metric.name, name)
