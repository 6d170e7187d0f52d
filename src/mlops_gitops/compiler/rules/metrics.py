"""Rules about metrics: known, in range, named once, and told apart in alerts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlops_gitops.compiler.camel_case import camel
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.suggest import unknown
from mlops_gitops.compiler.unknowns import known_items, until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity, Span
from mlops_gitops.spec.metrics import Family, find_metric, metric_names


def known(subject: Subject) -> Iterator[Diagnostic]:
    """MG210."""
    custom = subject.spec.monitoring.custom_metrics
    legal = (*metric_names(), *custom)
    for name, span in _named(subject):
        if find_metric(name) is None and name not in custom:
            todo = "known: " + ", ".join(legal)
            todo += "; a metric of your own is declared in monitoring.custom_metrics, with the direction that is better"
            yield Diagnostic("MG210", unknown("metric", name, legal), span, help=todo)


def _named(subject: Subject) -> Iterator[tuple[str, Span | None]]:
    for name in until_unknown(subject.spec.testing.thresholds):
        yield name, subject.spans.key(("testing", "thresholds", name))
    for index, name in known_items(subject.spec.monitoring.metrics):
        yield name, subject.spans.value(("monitoring", "metrics", index))


def custom_is_new(subject: Subject) -> Iterator[Diagnostic]:
    """MG215."""
    for name in subject.spec.monitoring.custom_metrics:
        metric = find_metric(name)
        if metric is not None:
            also = f", another name of `{metric.name}`" if metric.name != name else ""
            yield Diagnostic(
                "MG215",
                f"`{name}` is a metric of the table already{also}: {metric.description}",
                subject.spans.key(("monitoring", "custom_metrics", name)),
                help="give your own metric another name, or drop it and name the table's in monitoring.metrics",
            )


def alerts_apart(subject: Subject) -> Iterator[Diagnostic]:
    """MG235: alerts are named after metrics in camel case, which has no underscores."""
    limits: list[tuple[str, Path]] = []
    for name in subject.spec.testing.thresholds:
        metric = find_metric(name)
        if metric is not None and metric.counted:
            limits.append((metric.name, ("testing", "thresholds", name)))
    for name, own in subject.spec.monitoring.custom_metrics.items():
        if own.limit is not None and find_metric(name) is None:
            limits.append((name, ("monitoring", "custom_metrics", name)))
    first: dict[str, tuple[str, Path]] = {}
    for name, path in limits:
        other, place = first.setdefault(camel(name), (name, path))
        if other != name:
            yield Diagnostic(
                "MG235",
                f"the alerts on `{name}` and `{other}` have one name, {camel(name)}OutOfBounds",
                subject.spans.key(path),
                help="rename one of the two: who is told of an alert could not say which one it is",
                related=(f"`{other}` is at {subject.spans.key(place)}",),
            )


def in_range(subject: Subject) -> Iterator[Diagnostic]:
    """MG211."""
    for name, limit in subject.spec.testing.thresholds.items():
        metric = find_metric(name)
        if metric is None or metric.in_range(limit):
            continue
        bounds = f"{metric.low:g} to {metric.high:g}" if metric.high is not None else f"at least {metric.low:g}"
        percent = metric.high == 1 and 2 <= limit <= 100
        yield Diagnostic(
            "MG211",
            f"threshold {limit:g} of `{name}` is out of its range, {bounds}",
            subject.spans.value(("testing", "thresholds", name)),
            help=f"a share is written as a fraction: {limit / 100:g}, not {limit:g}" if percent else None,
        )


def named_once(subject: Subject) -> Iterator[Diagnostic]:
    """MG212."""
    yield from until_unknown(_thresholds_once(subject))
    watched: Path = ("monitoring", "metrics")
    yield from _once(subject, (((*watched, index), name) for index, name in enumerate(subject.spec.monitoring.metrics)))


def _thresholds_once(subject: Subject) -> Iterator[Diagnostic]:
    gated: Path = ("testing", "thresholds")
    yield from _once(subject, (((*gated, name), name) for name in tuple(subject.spec.testing.thresholds)))


def _once(subject: Subject, named: Iterable[tuple[Path, str]]) -> Iterator[Diagnostic]:
    """Each finding names the first of its kind, so what stands behind something unknown is not looked at."""
    first: dict[str, str] = {}
    for path, name in named:
        metric = find_metric(name)
        own = metric.name if metric else name
        if own in first:
            same = first[own]
            message = f"`{name}` is the same metric as `{same}`" if same != name else f"`{name}` is listed twice"
            yield Diagnostic("MG212", message, subject.spans.key(path), help="keep one of them")
        first.setdefault(own, name)


def exported(subject: Subject) -> Iterator[Diagnostic]:
    """MG233."""
    for index, name in known_items(subject.spec.monitoring.metrics):
        metric = find_metric(name)
        if metric is None or metric.family is Family.SERVICE or metric.counted:
            continue
        yield Diagnostic(
            "MG233",
            f"nothing exports `{name}` while the model serves: the monitor counts right and wrong answers, not scores",
            subject.spans.value(("monitoring", "metrics", index)),
            Severity.WARNING,
            help="gate it in testing.thresholds, or export it yourself as one of monitoring.custom_metrics",
        )
