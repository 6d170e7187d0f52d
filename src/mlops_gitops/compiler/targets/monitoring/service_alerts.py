"""Alerts on the endpoint: the error budgets of availability and latency, the latency now, throughput, silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from mlops_gitops.compiler.targets.monitoring import recording
from mlops_gitops.compiler.targets.monitoring.alert import CRITICAL, WARNING, Alert, number
from mlops_gitops.compiler.targets.monitoring.burn_rates import BurnRate, BurnRates, burn_rates
from mlops_gitops.compiler.targets.monitoring.signals import SLOW_BUDGET, Signals
from mlops_gitops.compiler.targets.monitoring.traffic import Traffic, traffic
from mlops_gitops.spec.scalars import format_duration


@dataclass(frozen=True, slots=True)
class _Budget:
    """A promise as an error budget: its name, the recorded ratio that spends it, the share that may be spent."""

    noun: str
    ratio: str
    share: float
    summary: str
    promise: str


def service_alerts(signals: Signals) -> Iterator[Alert]:
    """Every alert on the service levels that can fire."""
    slo, of = signals.environment.spec.serving.slo, f"{signals.project.name} in {signals.environment.name}"
    window, rates = format_duration(slo.window), burn_rates(slo.window)
    samples = traffic(signals, rates)
    for budget in (
        _Budget(
            "Availability",
            recording.ERRORS,
            round(1 - slo.availability, 12),
            f"{of} leaves requests unanswered",
            f"{slo.availability:.6g} of the requests within {window}",
        ),
        _Budget(
            "Latency",
            recording.SLOW,
            SLOW_BUDGET,
            f"{of} answers too late",
            f"95 % within {format_duration(slo.latency)}, over {window}",
        ),
    ):
        yield from _burning(signals, budget, rates, samples)
    yield _latency_now(signals, of, samples)
    if slo.throughput:
        yield _throughput(signals, of, samples)
    if signals.environment.release:
        yield _silent(signals, of)


def _burning(signals: Signals, budget: _Budget, rates: BurnRates, samples: Traffic) -> Iterator[Alert]:
    """Fast and slow; a rate that no share of failures can reach is left out."""
    fast = [rate for rate in rates.urgent if rate.threshold(budget.share) < 1]
    for name, severity, too_fast in (("BurnFast", CRITICAL, fast), ("BurnSlow", WARNING, [rates.lasting])):
        if not too_fast:
            continue
        spent = ", or ".join(f"{rate.factor:g} times over {rate.long}" for rate in too_fast)
        yield Alert(
            name=f"{budget.noun}{name}",
            expression=" or ".join(_too_fast(signals, budget, rate) for rate in too_fast),
            severity=severity,
            hold=timedelta(minutes=2 if severity == CRITICAL else 15),
            summary=budget.summary,
            description=f"Promised: {budget.promise}. The error budget is spent faster than that allows "
            f"({spent}): {{{{ $value | humanizePercentage }}}} of the requests.",
            objective=budget.noun.lower(),
            bad=samples.bad,
            good=samples.good,
        )


def _too_fast(signals: Signals, budget: _Budget, rate: BurnRate) -> str:
    limit = number(rate.threshold(budget.share))
    long, short = (f"{signals.series(budget.ratio + window)} > {limit}" for window in (rate.long, rate.short))
    return f"({long} and {short})"


def _latency_now(signals: Signals, of: str, samples: Traffic) -> Alert:
    """p95 above the promise means that more than 5 % took longer: exact, where a quantile would be interpolated."""
    latency = format_duration(signals.environment.spec.serving.slo.latency)
    return Alert(
        name="LatencyHigh",
        expression=f"{signals.slow_ratio('5m')} > {SLOW_BUDGET}",
        severity=WARNING,
        hold=timedelta(minutes=5),
        summary=f"the 95th percentile of the latency of {of} is above {latency}",
        description=f"{{{{ $value | humanizePercentage }}}} of the answers took longer than {latency}.",
        objective="latency",
        bad=samples.bad,
        good=samples.good,
    )


def _throughput(signals: Signals, of: str, samples: Traffic) -> Alert:
    """Few requests are no fault: only a server that turns requests away answers too few."""
    least = signals.environment.spec.serving.slo.throughput
    return Alert(
        name="ThroughputLow",
        expression=f"{signals.rows('5m')} < {number(least)} and on (project, environment) "
        f"{signals.turned_away('5m')} > 0",
        severity=WARNING,
        hold=timedelta(minutes=10),
        summary=f"{of} turns requests away below its promised throughput",
        description=f"{{{{ $value | humanize }}}} predictions a second are answered, at least {least:g} are promised.",
        objective="throughput",
        bad=samples.bad,
        good=samples.good,
    )


def _silent(signals: Signals, of: str) -> Alert:
    running, series = signals.info()
    return Alert(
        name="ServerAbsent",
        expression=f"absent({running})",
        severity=CRITICAL,
        hold=timedelta(minutes=5),
        summary=f"nothing serves {of}",
        description="A version is released, and no server says that it is there.",
        objective="availability",
        bad={},
        good={series: "1"},
        absent=True,
    )
