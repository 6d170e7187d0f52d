"""The series of our own server, which answers under FastAPI and under KServe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlops_gitops.compiler.targets.monitoring.signals import Signals, rate
from mlops_gitops.spec.metrics import METRICS

REQUESTS = METRICS["availability"].prometheus
ROWS = METRICS["throughput"].prometheus
LATENCY = METRICS["latency_p95_ms"].prometheus
_CALLS = 6000.0
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class OwnSignals(Signals):
    """Counters by outcome, and a histogram with a bucket at the promise itself."""

    @property
    def edge(self) -> str:
        """The bucket at the promise, in seconds, as Prometheus' clients name it: `0.1`, `1.0`."""
        return repr(self.latency_ms / 1000)

    def error_ratio(self, window: str) -> str:
        """See ``Signals``."""
        failed = self.series(REQUESTS, ',outcome=~"failed|overloaded"')
        judged = self.series(REQUESTS, ',outcome!="bad_input"')
        return f"{rate(failed, window)} / {rate(judged, window)}"

    def slow_ratio(self, window: str) -> str:
        """See ``Signals``; exact, where a quantile would be interpolated."""
        within = rate(self.series(f"{LATENCY}_bucket", f',le="{self.edge}"'), window)
        return f"1 - {within} / {rate(self.series(f'{LATENCY}_count'), window)}"

    def quantile(self, share: float, window: str, by: str = "project, environment") -> str:
        """See ``Signals``."""
        buckets = f"rate({self.series(f'{LATENCY}_bucket')}[{window}])"
        return f"histogram_quantile({share}, sum by ({by}, le) ({buckets}))"

    def requests(self, window: str, by: str = "project, environment") -> str:
        """See ``Signals``."""
        return rate(self.series(REQUESTS), window, by)

    def turned_away(self, window: str) -> str:
        """See ``Signals``."""
        return rate(self.series(REQUESTS, ',outcome="overloaded"'), window)

    def rows(self, window: str) -> str:
        """See ``Signals``."""
        return rate(self.series(ROWS), window)

    def info(self) -> tuple[str, str]:
        """See ``Signals``; every server exports it from its start."""
        return self.series("model_info"), self.series("model_info")

    def traffic(self, *, failed: float, slow: float, rows: float) -> Mapping[str, float]:
        """See ``Signals``."""
        answered = _CALLS * (1 - failed)
        return {
            self.series(REQUESTS, ',outcome="ok"'): answered,
            self.series(REQUESTS, ',outcome="failed"'): _CALLS * failed / 2,
            self.series(REQUESTS, ',outcome="overloaded"'): _CALLS * failed / 2,
            self.series(f"{LATENCY}_bucket", f',le="{self.edge}"'): answered * (1 - slow),
            self.series(f"{LATENCY}_bucket", ',le="+Inf"'): answered,
            self.series(f"{LATENCY}_count"): answered,
            self.series(ROWS): rows * _MINUTE_S,
        }
