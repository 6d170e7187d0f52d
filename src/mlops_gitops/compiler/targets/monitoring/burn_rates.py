"""How fast an error budget is spent, and over which windows that is looked at.

A budget is the share of requests that may fail within ``slo.window``.  Burning it at rate 1 spends it exactly in that
window.  Two windows must agree before anyone is told: the long one says that it matters, the short one that it still
goes on.  After the Site Reliability Workbook (Beyer et al. 2018, chapter 5): 2 % of the budget within 1/720 of the
window (an hour of 30 days) or 5 % within 1/120 wakes somebody; 10 % within a tenth is for the next morning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.spelling import spelling

# A rate needs some samples in its window, and Prometheus scrapes every half a minute at worst.
_LEAST_MINUTES = 2


@dataclass(frozen=True, slots=True)
class BurnRate:
    """A burn rate that is too much over both windows, written as PromQL durations."""

    factor: float
    long: str
    short: str

    def threshold(self, budget: float) -> float:
        """The share of failures that this rate means."""
        return round(self.factor * budget, 12)


class BurnRates(NamedTuple):
    """The rates that are too much for a budget."""

    urgent: tuple[BurnRate, BurnRate]
    """The budget is gone within days: 14.4 and 6 times as fast as it may be spent."""
    lasting: BurnRate
    """The budget will be gone by the end of the window, or earlier."""

    @property
    def all(self) -> tuple[BurnRate, ...]:
        """The fastest first."""
        return *self.urgent, self.lasting


def burn_rates(window: timedelta) -> BurnRates:
    """Those of a budget for this long."""
    fast = (_burn_rate(14.4, window / 720), _burn_rate(6.0, window / 120))
    return BurnRates(fast, _burn_rate(1.0, window / 10))


def windows(window: timedelta) -> tuple[str, ...]:
    """Every window that is looked at, the shortest first."""
    rates = burn_rates(window).all
    minutes = {_minutes(text): text for rate in rates for text in (rate.long, rate.short)}
    return tuple(minutes[one] for one in sorted(minutes))


def _burn_rate(factor: float, long: timedelta) -> BurnRate:
    return BurnRate(factor, _whole_minutes(long), _whole_minutes(long / 12))


@spelling
@cache
def _whole_minutes(value: timedelta) -> str:
    return format_duration(timedelta(minutes=max(_LEAST_MINUTES, round(value / timedelta(minutes=1)))))


def _minutes(text: str) -> int:
    return int(text[:-1]) * (60 if text.endswith("h") else 1)
