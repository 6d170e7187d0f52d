"""What a dashboard shows: promises, the model's quality, what feeds both, and what they run on.

Each limit of the configuration is drawn as a line, the same number that gates, alerts and tests take.  Expressions name
the dashboard's own variables, so that a copy of it needs one word changed; every series is one that the rules beside it
record, an exporter of ours exports, or every cluster has (kube-state-metrics, cAdvisor, NVIDIA's DCGM exporter).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mlops_gitops.compiler.targets.monitoring import recording
from mlops_gitops.compiler.targets.monitoring.alert import number
from mlops_gitops.compiler.targets.monitoring.burn_rates import BurnRates, burn_rates
from mlops_gitops.compiler.targets.monitoring.signals import SLOW_BUDGET, Signals
from mlops_gitops.compiler.targets.monitoring.sources import signals_of
from mlops_gitops.compiler.targets.monitoring.watched import watched
from mlops_gitops.compiler.targets.serving.availability import is_scaled
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.metrics import Direction

GREEN, YELLOW, ORANGE, RED = "green", "yellow", "orange", "red"
_RATIO = "percentunit"
_INTERVAL = "$__rate_interval"
# Our own Deployment, or KServe's of one version or two.
_SERVED = "(serving|(v[0-9]+-)?predictor)"
# How Kubernetes goes on from there: exactly, because `fraud-serving` may be another project, whose pods begin alike.
# Of a long name it cuts off the end, then no `-` is left before the last five.
_OF_DEPLOYMENT = "-[a-z0-9]+(-[a-z0-9]{5})?"
_OF_JOB = "-[0-9a-f]+(-[0-9]+)?-?[a-z0-9]{5}"
# Curves beyond these would hide each other.
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Query:
    """An expression, and how its series are called."""

    expression: str
    legend: str


@dataclass(frozen=True, slots=True)
class Panel:
    """``lines`` are limits and the colour from each one up; ``key`` is where the limit stands in the configuration."""

    title: str
    queries: tuple[Query, ...]
    unit: str = "short"
    lines: tuple[tuple[float, str], ...] = ()
    below: str = GREEN
    """The colour below the first line."""
    key: str = ""
    runbook: str = ""
    """Heading of the alert's page."""
    words: bool = False
    """Whether it shows the names of what is there now, rather than curves."""


def sections(project: Project, environment: Environment) -> Iterator[tuple[str, tuple[Panel, ...]]]:
    """Headings, and what stands below each."""
    yield "Promises", tuple(_promises(project, environment))
    if model := (*_quality(project, environment), *_own_metrics(environment)):
        yield "Model", model
    if environment.keeps_answers:
        yield "Data", tuple(_data(environment))
    yield "Runs on", tuple(_resources(project, environment))


def chosen(name: str, extra: str = "") -> str:
    """A series of the project and environment that the dashboard is about."""
    return f'{name}{{project="$project",environment="$environment"{extra}}}'


def at_most(limit: float) -> tuple[tuple[float, str], ...]:
    """Red from the limit up."""
    return ((limit, RED),)


def _promises(project: Project, environment: Environment) -> Iterator[Panel]:
    slo, signals = environment.spec.serving.slo, _chosen_signals(project, environment)
    spread = {share: Query(signals.quantile(share, _INTERVAL), f"p{share * 100:g}") for share in (0.5, 0.99)}
    yield Panel(
        "Latency",
        (spread[0.5], Query(chosen(recording.P95), "p95"), spread[0.99]),
        "s",
        at_most(slo.latency.total_seconds()),
        key="serving.slo.latency",
        runbook="latencyhigh",
    )
    budget, rates = round(1 - slo.availability, 12), burn_rates(slo.window)
    yield Panel(
        "Requests left unanswered",
        (Query(chosen(f"{recording.ERRORS}{rates.urgent[0].short}"), "errors"),),
        _RATIO,
        at_most(budget),
        key="serving.slo.availability",
        runbook="availabilityburnfast",
    )
    yield _burning(rates, budget)
    asked = (Query(chosen(recording.REQUESTS), "asked"), Query(signals.turned_away(_INTERVAL), "turned away"))
    yield Panel("Requests a second", asked, "reqps")
    yield Panel(
        "Predictions a second",
        (Query(chosen(recording.ROWS), "predictions"),),
        "ops",
        ((slo.throughput, GREEN),),
        below=YELLOW,
        key="serving.slo.throughput",
        runbook="throughputlow",
    )
    firing = "max by (alertname, severity) (" + chosen("ALERTS", ',alertstate="firing"') + ")"
    yield Panel("Alerts", (Query(firing, "{{severity}}: {{alertname}}"),), lines=at_most(1), words=True)


def _chosen_signals(project: Project, environment: Environment) -> Signals:
    """The series of what serves, of the project and environment that the dashboard is about."""
    return signals_of(replace(project, name="$project"), replace(environment, name="$environment"))


def _burning(rates: BurnRates, budget: float) -> Panel:
    """How many times as fast as it may each budget is spent, over the windows that alerts look at."""
    queries = tuple(
        Query(f"{chosen(ratio + rate.long)} / {number(share)}", f"{noun} over {rate.long}")
        for noun, ratio, share in (("errors", recording.ERRORS, budget), ("slow", recording.SLOW, SLOW_BUDGET))
        for rate in rates.all
    )
    colours = {rate.factor: colour for rate, colour in zip(rates.all, (RED, ORANGE, YELLOW), strict=True)}
    lines = tuple(sorted(colours.items()))
    return Panel(
        "Error budget, times too fast", queries, lines=lines, key="serving.slo", runbook="availabilityburnslow"
    )


def _quality(project: Project, environment: Environment) -> Iterator[Panel]:
    """What the monitor tells; it needs answers to look at."""
    if not environment.keeps_answers:
        return
    for name, (metric, limit) in watched(environment).items():
        if metric.counted:
            baseline = Query(chosen("model_metric_baseline", f',metric="{name}"'), "baseline")
            queries = (Query(chosen(metric.prometheus), "last labelled batch"), baseline)
            yield _against(name, queries, metric.direction, limit, f"testing.thresholds.{name}", _RATIO)
    word = Query(chosen("model_verdict", ',kind="regression"') + " == 1", "{{outcome}}, impact {{impact}}")
    yield Panel("Last verdict", (word,), below="text", runbook="regression", words=True)
    if project.can_be_attacked:
        most = environment.spec.monitoring.max_attack_success
        success = Query(chosen("model_attack_success_ratio"), "attacked rows that are hidden")
        key = "monitoring.max_attack_success"
        yield Panel("Attack success", (success,), _RATIO, at_most(most), key=key, runbook="attacksuccess")


def _own_metrics(environment: Environment) -> Iterator[Panel]:
    """The project's own, which it exports itself."""
    for name, custom in environment.spec.monitoring.custom_metrics.items():
        key = f"monitoring.custom_metrics.{name}.limit"
        query = Query(chosen(custom.prometheus), name)
        yield _against(name, (query,), Direction(custom.direction), custom.limit, key)


def _against(
    title: str, queries: tuple[Query, ...], better: Direction, limit: float | None, key: str, unit: str = "short"
) -> Panel:
    """A metric against its gate, in its own direction."""
    if limit is None:
        return Panel(title, queries, unit, runbook="trend")
    low, high = (RED, GREEN) if better is Direction.HIGHER else (GREEN, RED)
    return Panel(title, queries, unit, ((limit, high),), low, key, "outofbounds")


def _data(environment: Environment) -> Iterator[Panel]:
    drift = environment.spec.monitoring.drift_detection
    for title, series, limit, key in (
        ("Drift: population stability index", "model_drift_psi", drift.psi_threshold, "psi_threshold"),
        ("Drift: distance", "model_drift_distance", drift.min_effect, "min_effect"),
    ):
        query = Query(f"topk({_SHOWN}, {chosen(series)})", "{{column}}")
        yield Panel(title, (query,), lines=at_most(limit), key=f"monitoring.drift_detection.{key}", runbook="drift")
    looked = (Query(chosen("model_monitored_rows"), "rows"), Query(chosen("model_drifted_columns"), "drifted columns"))
    yield Panel("What the monitor sees", looked, runbook="monitorabsent")


def _resources(project: Project, environment: Environment) -> Iterator[Panel]:
    namespace = environment.settings.namespace
    here = f'{{namespace="{namespace}",deployment=~"{project.name}-{_SERVED}"}}'
    replicas = [
        Query(f"kube_deployment_spec_replicas{here}", "{{deployment}}: wanted"),
        Query(f"kube_deployment_status_replicas_available{here}", "{{deployment}}: available"),
    ]
    if is_scaled(environment):
        scaler = f'{{namespace="{namespace}",horizontalpodautoscaler=~"{project.name}-{_SERVED}"}}'
        replicas += [
            Query(f"kube_horizontalpodautoscaler_status_desired_replicas{scaler}", "asked by the autoscaler"),
            Query(f"kube_horizontalpodautoscaler_spec_max_replicas{scaler}", "most"),
        ]
    yield Panel("Replicas", tuple(replicas), key="serving.replicas", runbook="serverabsent")
    pods = f'namespace="{namespace}",pod=~"{project.name}-({_SERVED}|monitor){_OF_DEPLOYMENT}",container!=""'
    processor = f"sum by (pod) (rate(container_cpu_usage_seconds_total{{{pods}}}[{_INTERVAL}]))"
    yield Panel("CPU cores", (Query(processor, "{{pod}}"),))
    yield Panel("Memory", (Query(f"sum by (pod) (container_memory_working_set_bytes{{{pods}}})", "{{pod}}"),), "bytes")
    yield from _devices(project, environment)


def _devices(project: Project, environment: Environment) -> Iterator[Panel]:
    asked = (environment.training_devices(), environment.serving_devices())
    if not any(devices.count and devices.resource.startswith("nvidia.com/") for devices in asked):
        return
    for title, series, unit in (
        ("GPU utilisation", "DCGM_FI_DEV_GPU_UTIL", "percent"),
        ("GPU memory", "DCGM_FI_DEV_FB_USED", "decmbytes"),
    ):
        yield Panel(title, tuple(_of_devices(series, project, environment)), unit)


def _of_devices(series: str, project: Project, environment: Environment) -> Iterator[Query]:
    """Prometheus renames the exporter's labels where the scrape has its own of that name."""
    for prefix in ("", "exported_"):
        names = f"{project.name}-({_SERVED}{_OF_DEPLOYMENT}|(train|retrain){_OF_JOB})"
        pods = f'{prefix}namespace="{environment.settings.namespace}",{prefix}pod=~"{names}"'
        yield Query(f"{series}{{{pods}}}", f"{{{{{prefix}pod}}}} {{{{gpu}}}}")
