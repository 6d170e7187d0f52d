"""Recording rules: the service levels once, under names of the form level:metric:operations.

Alerts and dashboard read these, and so does the autoscaler, whose two series keep their pod and carry no colon, as
metrics adapters want them.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets.monitoring.burn_rates import windows
from mlops_gitops.compiler.targets.monitoring.signals import Signals
from mlops_gitops.compiler.targets.serving.autoscaling import LATENCY_P95, REQUESTS_A_SECOND
from mlops_gitops.compiler.targets.serving.availability import is_scaled
from mlops_gitops.records.artifact import Plain

ERRORS = "project:model_inference_errors:ratio_rate"
SLOW = "project:model_inference_slow:ratio_rate"
P95 = "project:model_inference_latency_seconds:p95_rate5m"
REQUESTS = "project:model_inference_requests:rate5m"
ROWS = "project:model_inference_rows:rate5m"
_OF_PODS = "project, environment, namespace, pod"


def recording_rules(signals: Signals) -> Iterator[dict[str, Plain]]:
    """Entries of a rule group."""
    for window in windows(signals.environment.spec.serving.slo.window):
        yield _record(f"{ERRORS}{window}", signals.error_ratio(window))
        yield _record(f"{SLOW}{window}", signals.slow_ratio(window))
    yield _record(P95, signals.p95("5m"))
    yield _record(REQUESTS, signals.requests("5m"))
    yield _record(ROWS, signals.rows("5m"))
    if is_scaled(signals.environment):
        yield _record(LATENCY_P95, signals.p95("2m", _OF_PODS))
        yield _record(REQUESTS_A_SECOND, signals.requests("2m", _OF_PODS))


def _record(name: str, expression: str) -> dict[str, Plain]:
    return {"record": name, "expr": expression}
