"""Rules about service levels: what is promised is what is tested, and can be kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.unknowns import until_unknown
from mlops_gitops.diagnostics import Diagnostic, Severity
from mlops_gitops.spec.metrics import Direction, find_metric
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stages import StageName

_DAY = timedelta(days=1)
SHORTEST_WINDOW, LONGEST_WINDOW = timedelta(days=7), timedelta(days=90)
"""Of an error budget."""
_MONITORED: Path = ("pipeline", "stage_options", "model_monitoring", "max_latency_p95")
# Thresholds by the promise that they test.
_PROMISE_OF = {"latency_p95_ms": "latency", "availability": "availability", "throughput": "throughput"}


def gates_keep_promises(subject: Subject) -> Iterator[Diagnostic]:
    """MG217."""
    for part in (_thresholds_keep, _monitored_limit_keeps):
        yield from until_unknown(part(subject))


def _thresholds_keep(subject: Subject) -> Iterator[Diagnostic]:
    slo = subject.spec.serving.slo
    promised = {"latency": slo.latency.total_seconds() * 1000, "availability": slo.availability}
    promised["throughput"] = slo.throughput
    for name, limit in subject.spec.testing.thresholds.items():
        metric = find_metric(name)
        field = _PROMISE_OF.get(metric.name) if metric else None
        if metric is None or field is None or metric.passes(limit, promised[field]):
            continue
        word = "above" if metric.direction is Direction.LOWER else "below"
        unit = {"ms": " ms", "1/s": "/s"}.get(metric.unit, "")
        message = f"{name} gate {limit:g}{unit} lets pass what breaks the promise of {promised[field]:g}{unit}"
        yield _laxer(subject, ("testing", "thresholds", name), message, (field, word))


def _monitored_limit_keeps(subject: Subject) -> Iterator[Diagnostic]:
    slo = subject.spec.serving.slo
    monitored = subject.spec.pipeline.stage_options.model_monitoring.max_latency_p95
    if monitored is not None and monitored > slo.latency and _monitors(subject):
        message = (
            f"max_latency_p95 {format_duration(monitored)} lets pass what breaks the promise of "
            f"{format_duration(slo.latency)}"
        )
        yield _laxer(subject, _MONITORED, message, ("latency", "above"))


def _monitors(subject: Subject) -> bool:
    return StageName.MODEL_MONITORING in subject.spec.pipeline.stages


def _laxer(subject: Subject, path: Path, message: str, promise: tuple[str, str]) -> Diagnostic:
    field, word = promise
    return Diagnostic(
        "MG217",
        message,
        subject.spans.value(path),
        Severity.WARNING,
        help=f"take the gate out (the promise is tested by itself), or move serving.slo.{field} too; "
        f"a gate {word} the promise is passed by versions that alert at once",
        related=subject.origin("serving", "slo", field),
    )


def can_be_kept(subject: Subject) -> Iterator[Diagnostic]:
    """MG244."""
    serving = subject.spec.serving
    if serving.slo.availability >= 1:
        yield Diagnostic(
            "MG244",
            "an availability of 1 leaves no error budget: the first failed request breaks the promise for good",
            subject.spans.value(("serving", "slo", "availability")),
            help="promise less than everything, like 0.9999",
        )
    if serving.slo.latency > timedelta(seconds=10):
        yield Diagnostic(
            "MG244",
            f"a latency of {format_duration(serving.slo.latency)} cannot be measured: clients give up after 10s",
            subject.spans.value(("serving", "slo", "latency")),
            Severity.WARNING,
            help="promise 10s or less",
        )


def window_can_be_watched(subject: Subject) -> Iterator[Diagnostic]:
    """MG265."""
    window = subject.spec.serving.slo.window
    if SHORTEST_WINDOW <= window <= LONGEST_WINDOW:
        return
    short = window < SHORTEST_WINDOW
    why = "burn rates over parts of it would be noise" if short else "no Prometheus keeps samples of a tenth of it"
    yield Diagnostic(
        "MG265",
        f"an error budget over {_in_days(window)} cannot be watched: {why}",
        subject.spans.value(("serving", "slo", "window")),
        help=f"write {SHORTEST_WINDOW / _DAY:g}d to {LONGEST_WINDOW / _DAY:g}d; 30d is usual",
    )


def _in_days(window: timedelta) -> str:
    return format_duration(window) if window % _DAY else f"{window // _DAY}d"


def load_can_be_taken(subject: Subject) -> Iterator[Diagnostic]:
    """MG245."""
    serving = subject.spec.serving
    each = serving.autoscaling.requests_per_second
    replicas = serving.autoscaling.max_replicas or serving.replicas
    if each is None or each * replicas >= serving.slo.throughput:
        return
    yield Diagnostic(
        "MG245",
        f"{replicas} replica{'s' if replicas > 1 else ''} of {each:g} requests a second take {each * replicas:g}, "
        f"the promise is {serving.slo.throughput:g}",
        subject.spans.value(("serving", "autoscaling", "requests_per_second")),
        Severity.WARNING,
        help="raise serving.autoscaling.max_replicas, or lower serving.slo.throughput",
        related=subject.origin("serving", "slo", "throughput"),
    )
