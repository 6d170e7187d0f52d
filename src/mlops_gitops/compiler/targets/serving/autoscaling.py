"""Autoscaling: what one replica may take, and how long an answer may take, decide how many there are.

The autoscaler takes the largest of the numbers that its metrics ask for.  The promised latency is always one of them:
where the 95th percentile is above the promise, replicas are added in that proportion.  The other is the load: requests
a second where the project says how many one replica takes, else CPU.  Both series of the server are recorded by the
project's Prometheus rules under the names below; a metrics adapter offers them to the autoscaler.
"""

from __future__ import annotations

from mlops_gitops.compiler.targets.objects import head
from mlops_gitops.compiler.targets.serving.availability import COMPONENT, is_scaled
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project

REQUESTS_A_SECOND = "model_inference_requests_per_second"
LATENCY_P95 = "model_inference_latency_p95_seconds"


def autoscaler(project: Project, environment: Environment, workload: str, suffix: str = "") -> dict[str, Plain] | None:
    """The autoscaler of a Deployment, where the project gives it room; ``suffix`` tells a second one's name apart."""
    if not is_scaled(environment):
        return None
    serving = environment.spec.serving
    name = f"{project.name}-{COMPONENT}{suffix}"
    body = head("autoscaling/v2", "HorizontalPodAutoscaler", name, (project, environment, COMPONENT))
    body["spec"] = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload},
        "minReplicas": serving.replicas,
        "maxReplicas": serving.autoscaling.max_replicas,
        "metrics": [_latency(environment), _load(environment)],
        "behavior": _BEHAVIOR,
    }
    return body


# Up at once, for a burst does not wait; down slowly, for it may come again.
_BEHAVIOR: dict[str, Plain] = {
    "scaleUp": {
        "stabilizationWindowSeconds": 0,
        "policies": [{"type": "Percent", "value": 100, "periodSeconds": 30}],
    },
    "scaleDown": {
        "stabilizationWindowSeconds": 300,
        "policies": [{"type": "Percent", "value": 25, "periodSeconds": 60}],
    },
}


def _latency(environment: Environment) -> dict[str, Plain]:
    return _of_pods(LATENCY_P95, _quantity(environment.spec.serving.slo.latency.total_seconds()))


def _load(environment: Environment) -> dict[str, Plain]:
    autoscaling = environment.spec.serving.autoscaling
    if autoscaling.requests_per_second is not None:
        return _of_pods(REQUESTS_A_SECOND, _quantity(autoscaling.requests_per_second))
    target: dict[str, Plain] = {"type": "Utilization", "averageUtilization": autoscaling.cpu_utilization}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def _of_pods(metric: str, average: str) -> dict[str, Plain]:
    return {
        "type": "Pods",
        "pods": {"metric": {"name": metric}, "target": {"type": "AverageValue", "averageValue": average}},
    }


def _quantity(value: float) -> str:
    """A number as Kubernetes writes quantities, exact to a thousandth."""
    thousandths = max(1, round(value * 1000))
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)
