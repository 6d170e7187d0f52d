"""Alerts on what the model is worth: gates, trends, verdicts, drift, attacks, the project's own metrics, silence.

What labels say comes late and by the batch, so none of these pages at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mlops_gitops.compiler.targets.monitoring.alert import CRITICAL, WARNING, Alert, here, literal, number
from mlops_gitops.compiler.targets.monitoring.watched import Gate, gates
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.metrics import METRICS
from mlops_gitops.spec.scalars import format_duration, whole_seconds

_SETTLED = timedelta(minutes=10)
_LEAST_SILENCE = timedelta(minutes=15)


def quality_alerts(project: Project, environment: Environment) -> Iterator[Alert]:
    """Every alert on the model's quality that somebody measures: where answers are not kept, the project itself."""
    of, limits = (project, environment), gates(environment)
    if not environment.keeps_answers:
        yield from (_out_of_bounds(*of, gate) for gate in limits if gate.custom)
        return
    for gate in limits:
        yield _out_of_bounds(*of, gate)
    if trending := [gate for gate in limits if not gate.custom]:
        yield _trend(*of, trending)
    yield from _regression(*of)
    if environment.spec.watches_accuracy():
        yield _concept_drift(*of, limits)
    yield _drift(*of)
    if project.can_be_attacked:
        yield _attack(*of)
    if environment.release:
        yield _monitor_absent(*of)


def _out_of_bounds(project: Project, environment: Environment, gate: Gate) -> Alert:
    series = gate.series + here(project, environment)
    about = f"{literal(gate.about).rstrip('.')}. " if gate.about else ""
    unit = f" {literal(gate.unit)}" if gate.unit else ""
    return Alert(
        name="OutOfBounds",
        subject=gate.name,
        expression=f"{series} {gate.worse} {number(gate.limit)}",
        severity=CRITICAL,
        hold=_SETTLED,
        summary=f"{gate.name} of {project.name} in {environment.name} is beyond its gate",
        description=f"{about}It is {{{{ $value | humanize }}}}{unit}, the gate is {gate.sign} {gate.limit:g}{unit}.",
        objective=gate.name,
        bad={series: number(gate.beyond)},
        good={series: number(gate.limit)},
    )


def _trend(project: Project, environment: Environment, limits: list[Gate]) -> Alert:
    """Where the line through the last window leads, one window on."""
    window = environment.spec.monitoring.regression_detection.trend_analysis_window
    text, seconds = format_duration(window), whole_seconds(window)
    expressions, bad, good = [], dict[str, str](), dict[str, str]()
    for gate in limits:
        series = gate.series + here(project, environment)
        ahead = f"predict_linear({series}[{text}], {seconds}) {gate.worse} {number(gate.limit)}"
        expressions.append(f'label_replace({ahead}, "objective", "{gate.name}", "", "")')
        bad[series], good[series] = number(gate.beyond), number(gate.limit)
    return Alert(
        name="Trend",
        expression=" or ".join(expressions),
        severity=WARNING,
        hold=timedelta(hours=1),
        summary=f"{{{{ $labels.objective }}}} of {project.name} in {environment.name} is on its way beyond its gate",
        description=f"By the trend of the last {text} it will be {{{{ $value | humanize }}}} after as long again.",
        objective="",
        bad=bad,
        good=good,
        fires=len(limits),
    )


def _regression(project: Project, environment: Environment) -> Iterator[Alert]:
    """The detector's word on the last labelled batch, by how much it matters."""
    of = f"{project.name} in {environment.name}"
    for name, severity, impact, worse in (
        ("RegressionSevere", CRITICAL, "high", f"the detector sees a severe regression of {of}"),
        ("Regression", WARNING, "medium|low", f"the detector sees a regression of {of}"),
    ):
        labels = f',kind="regression",outcome=~"FAILED|WARNING",impact=~"{impact}"'
        sample = f',kind="regression",outcome="{{}}",impact="{impact.partition("|")[0]}"'
        yield Alert(
            name=name,
            expression=f"model_verdict{here(project, environment, labels)} == 1",
            severity=severity,
            hold=timedelta(0),
            summary=worse,
            description="The verdict beside the inference log says which metrics changed, and by how much.",
            objective="regression",
            bad={f"model_verdict{here(project, environment, sample.format('FAILED'))}": "1"},
            good={f"model_verdict{here(project, environment, sample.format('PASSED'))}": "1"},
        )


def _concept_drift(project: Project, environment: Environment, limits: tuple[Gate, ...]) -> Alert:
    settings = environment.spec.monitoring.concept_drift
    accuracy = METRICS["accuracy"].prometheus + here(project, environment)
    baseline = "model_metric_baseline" + here(project, environment, ',metric="accuracy"')
    gate = next((gate for gate in limits if gate.name == "accuracy"), None)
    low, well = (gate.beyond, gate.limit) if gate else (0.5, 0.5)
    drop, window = settings.max_accuracy_drop, format_duration(settings.window)
    return Alert(
        name="ConceptDrift",
        expression=f"{baseline} - on (project, environment) {accuracy} > {number(drop)}",
        severity=CRITICAL,
        hold=settings.window,
        summary=f"what {project.name} learnt no longer holds in {environment.name}",
        description=f"The accuracy has been {{{{ $value | humanize }}}} below its baseline for {window}; "
        f"at most {drop:g} is put up with.",
        objective="accuracy",
        bad={accuracy: number(low), baseline: number(round(low + drop + 0.01, 6))},
        good={accuracy: number(well), baseline: number(well)},
    )


def _drift(project: Project, environment: Environment) -> Alert:
    series = "model_drifted_columns" + here(project, environment)
    return Alert(
        name="Drift",
        expression=f"{series} > 0",
        severity=WARNING,
        hold=_SETTLED,
        summary=f"the inputs of {project.name} in {environment.name} have drifted from the training baseline",
        description="{{ $value }} columns have drifted; the dashboard shows which.",
        objective="drift",
        bad={series: "1"},
        good={series: "0"},
    )


def _attack(project: Project, environment: Environment) -> Alert:
    series, most = (
        "model_attack_success_ratio" + here(project, environment),
        environment.spec.monitoring.max_attack_success,
    )
    return Alert(
        name="AttackSuccess",
        expression=f"{series} > {number(most)}",
        severity=CRITICAL,
        hold=_SETTLED,
        summary=f"small changes hide what {project.name} should detect in {environment.name}",
        description=f"{{{{ $value | humanizePercentage }}}} of the rows served as positive "
        f"become negative when they are changed a little; at most {most:g} may.",
        objective="security",
        bad={series: number(round(most + 0.01, 6))},
        good={series: number(most)},
    )


def _monitor_absent(project: Project, environment: Environment) -> Alert:
    series = "model_monitored_rows" + here(project, environment)
    return Alert(
        name="MonitorAbsent",
        expression=f"absent({series})",
        severity=WARNING,
        hold=max(_LEAST_SILENCE, 3 * environment.spec.monitoring.interval),
        summary=f"nothing watches {project.name} in {environment.name}",
        description="The monitor exports nothing: drift and regression would go unseen.",
        objective="monitoring",
        bad={},
        good={series: "100"},
        absent=True,
    )
