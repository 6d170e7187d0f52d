"""Traffic for generated tests: on the right and on the wrong side of every promise, in promtool's notation.

Values are per minute, the step of the generated tests.
"""

from __future__ import annotations

from typing import NamedTuple

from mlops_gitops.compiler.targets.monitoring.alert import Samples, number
from mlops_gitops.compiler.targets.monitoring.burn_rates import BurnRates
from mlops_gitops.compiler.targets.monitoring.signals import SLOW_BUDGET, Signals


class Traffic(NamedTuple):
    """What every alert on the service levels is tested with: it fires on ``bad``, and is quiet on ``good``."""

    bad: Samples
    good: Samples


def traffic(signals: Signals, rates: BurnRates) -> Traffic:
    """Both kinds of traffic."""
    return Traffic(_bad(signals, rates), _good(signals))


def _bad(signals: Signals, rates: BurnRates) -> Samples:
    """Every budget is spent too fast, and less is answered than promised."""
    slo = signals.environment.spec.serving.slo
    failed, slow = (_too_many(rates, share) for share in (1 - slo.availability, SLOW_BUDGET))
    return _traffic(signals, failed=failed, slow=slow, rows=slo.throughput / 2)


def _good(signals: Signals) -> Samples:
    """Most of each budget is spent, but not too fast."""
    slo = signals.environment.spec.serving.slo
    failed, slow = ((0.9 * share) for share in (1 - slo.availability, SLOW_BUDGET))
    return _traffic(signals, failed=failed, slow=slow, rows=slo.throughput * 1.1)


def _too_many(rates: BurnRates, budget: float) -> float:
    """A share of failures that each of the rendered alerts fires on: half-way from the highest limit to all."""
    fast = [limit for rate in rates.urgent if (limit := rate.threshold(budget)) < 1]
    highest = max([min(fast)] if fast else [], default=0.0)
    return (max(highest, rates.lasting.threshold(budget)) + 1) / 2


def _traffic(signals: Signals, *, failed: float, slow: float, rows: float) -> Samples:
    counters = signals.traffic(failed=failed, slow=slow, rows=rows)
    return {series: f"0+{number(round(value, 6))}" for series, value in counters.items()}
