"""The series of TensorFlow Serving, as its sources define them (``servables/tensorflow/util.cc``, ``http_server.cc``).

Requests are counted by status, latencies in microseconds by API and entry point.  Both count everything that is asked
of a model, also what probes ask over REST; only predictions have an API, so answers are counted by the latter.  The
buckets' edges are fixed, each 1.8 times the one before: the share of slow answers is interpolated between the two
edges around the promise, as Prometheus interpolates a quantile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlops_gitops.compiler.targets.monitoring.signals import Signals, rate

REQUESTS = ":tensorflow:serving:request_count"
LATENCY = ":tensorflow:serving:request_latency"
_PREDICTIONS = ',API=~"[Pp]redict"'  # REST says `predict`, gRPC `Predict`
# A caller's own mistakes; all else that is not OK is the server's.
_CALLERS = "INVALID_ARGUMENT|NOT_FOUND"
_BUSY = "RESOURCE_EXHAUSTED|UNAVAILABLE"
_FIRST_EDGE_US, _GROWTH, _EDGES = 10.0, 1.8, 33
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class TensorflowSignals(Signals):
    """What a pod of TensorFlow Serving exports."""

    def error_ratio(self, window: str) -> str:
        """See ``Signals``."""
        return f"{rate(self._failed(), window)} / {self._judged(window)}"

    def slow_ratio(self, window: str) -> str:
        """See ``Signals``; exact at the edges of buckets, straight between them."""
        parts = [
            f"{weight:.6g} * {rate(self.series(f'{LATENCY}_bucket', _of_edge(edge)), window)}"
            for edge, weight in self._around()
        ]
        within = parts[0].removeprefix("1 * ") if len(parts) == 1 else f"({' + '.join(parts)})"
        return f"1 - {within} / {rate(self._answered(), window)}"

    def quantile(self, share: float, window: str, by: str = "project, environment") -> str:
        """See ``Signals``."""
        buckets = f"rate({self.series(f'{LATENCY}_bucket', _PREDICTIONS)}[{window}])"
        return f"histogram_quantile({share}, sum by ({by}, le) ({buckets})) / 1e6"

    def requests(self, window: str, by: str = "project, environment") -> str:
        """See ``Signals``; without probes."""
        return self._judged(window, by)

    def turned_away(self, window: str) -> str:
        """See ``Signals``."""
        return rate(self._requests(f'=~"{_BUSY}"'), window)

    def rows(self, window: str) -> str:
        """See ``Signals``; it counts answers, not the rows in them: a request stands for one prediction."""
        return rate(self._answered(), window)

    def info(self) -> tuple[str, str]:
        """See ``Signals``; it exports nothing of its own before it is asked something, so the scrape tells."""
        return f"({self.series('up')} == 1)", self.series("up")

    def traffic(self, *, failed: float, slow: float, rows: float) -> Mapping[str, float]:
        """See ``Signals``."""
        answered = (rows or 1) * _MINUTE_S
        lost = answered * failed / (1 - failed)
        rest = _PREDICTIONS.replace("=~", "=").replace("[Pp]", "p") + ',entrypoint="REST"'
        return {
            self._requests('="OK"'): answered,
            self._requests('="INTERNAL"'): lost / 2,
            self._requests('="UNAVAILABLE"'): lost / 2,
            **{
                self.series(f"{LATENCY}_bucket", f'{rest},le="{edge}"'): answered * (1 - slow)
                for edge, _ in self._around()
            },
            self.series(f"{LATENCY}_bucket", f'{rest},le="+Inf"'): answered,
            self.series(f"{LATENCY}_count", rest): answered,
        }

    def _requests(self, status: str) -> str:
        return self.series(REQUESTS, f',model_name="{self.project.name}",status{status}')

    def _failed(self) -> str:
        return self._requests(f'!~"OK|{_CALLERS}"')

    def _answered(self) -> str:
        return self.series(f"{LATENCY}_count", _PREDICTIONS)

    def _judged(self, window: str, by: str = "project, environment") -> str:
        """Answers and failures; `or` keeps either where there is none of the other yet."""
        return f"sum by ({by}) (rate({self._answered()}[{window}]) or rate({self._failed()}[{window}]))"

    def _around(self) -> tuple[tuple[str, float], ...]:
        """The edges below and above the promise as labels, with their weights; one edge where they meet it."""
        promise_us = self.latency_ms * 1000
        edges = [_FIRST_EDGE_US * _GROWTH**power for power in range(_EDGES)]
        below = max((edge for edge in edges if edge <= promise_us), default=edges[0])
        above = min((edge for edge in edges if edge >= promise_us), default=edges[-1])
        if below >= above:
            return ((_label(above), 1.0),)
        share = (promise_us - below) / (above - below)
        return ((_label(below), 1 - share), (_label(above), share))


def _label(edge: float) -> str:
    """An edge as the exporter writes it: six digits."""
    return f"{edge:.6g}"


def _of_edge(edge: str) -> str:
    return f'{_PREDICTIONS},le="{edge}"'
