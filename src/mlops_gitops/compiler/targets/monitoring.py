"""Monitoring: Prometheus rules from thresholds and service levels, the detector's configuration, the monitor itself."""

from __future__ import annotations

import json
from collections.abc import Iterator

from mlops_gitops.compiler.targets import pods, serving
from mlops_gitops.compiler.targets.objects import content_name, head, selector
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.metrics import Direction, Family, Metric, find_metric
from mlops_gitops.spec.resources import Resources
from mlops_gitops.spec.scalars import format_duration
from mlops_gitops.spec.stages import StageName

COMPONENT = "monitor"
CONFIG_PATH = "/etc/mlops-gitops-monitor"
_RESOURCES = Resources(cpu="250m", memory="1Gi", ephemeral_storage="1Gi")


def render(project: Project, environment: Environment) -> Iterator[Artifact]:
    """What watches a project in an environment, where its pipeline monitors at all."""
    if StageName.MODEL_MONITORING not in environment.spec.pipeline.stages:
        return
    folder = f"rendered/{project.name}/{environment.name}/monitoring"
    for file, body in (
        ("prometheus-rules.yaml", _rules(project, environment)),
        ("detector.yaml", _detector(project, environment)),
        ("monitor.yaml", _deployment(project, environment)),
    ):
        yield Artifact(f"{folder}/{file}", body, project.name, environment.name)


def watched(environment: Environment) -> dict[str, tuple[Metric, float | None]]:
    """Metrics of `monitoring.metrics` and `testing.thresholds` by name, each with its written threshold if any."""
    spec = environment.spec
    thresholds = {found.name: limit for name, limit in spec.testing.thresholds.items() if (found := find_metric(name))}
    names = [found.name for name in spec.monitoring.metrics if (found := find_metric(name))]
    ordered = dict.fromkeys((*names, *thresholds))
    rows = ((find_metric(name), thresholds.get(name)) for name in ordered)
    return {metric.name: (metric, limit) for metric, limit in rows if metric}


def _rules(project: Project, environment: Environment) -> dict[str, Plain]:
    body = head(
        "monitoring.coreos.com/v1", "PrometheusRule", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT)
    )
    alerts: list[Plain] = [*_quality_alerts(project, environment), *_service_alerts(project, environment)]
    body["spec"] = {"groups": [{"name": f"{project.name}.{environment.name}", "rules": alerts}]}
    return body


def _selector(project: Project, environment: Environment, extra: str = "") -> str:
    return f'{{project="{project.name}",environment="{environment.name}"{extra}}}'


def _quality_alerts(project: Project, environment: Environment) -> Iterator[dict[str, Plain]]:
    """One alert a threshold on a labelled metric; what labels say late need not page at once."""
    for metric, limit in watched(environment).values():
        if metric.family is Family.SERVICE or limit is None:
            continue
        worse = "<" if metric.direction is Direction.HIGHER else ">"
        yield _alert(
            (project, environment, _camel(metric.name) + "OutOfBounds"),
            f"{metric.prometheus}{_selector(project, environment)} {worse} {limit:g}",
            "critical",
            f"{metric.name} of {project.name} in {environment.name} is {{{{ $value | humanize }}}}, the gate is "
            f"{metric.sign} {limit:g}",
            "10m",
        )
    yield _alert(
        (project, environment, "Drift"),
        f"model_drifted_columns{_selector(project, environment)} > 0",
        "warning",
        f"{{{{ $value }}}} columns of {project.name} in {environment.name} have drifted from the training baseline",
        "10m",
    )


def _service_alerts(project: Project, environment: Environment) -> Iterator[dict[str, Plain]]:
    """p95 above the limit means: more than 5 % of calls took longer.  The bucket's edge is the limit itself."""
    slo = environment.spec.serving.slo
    edge = slo.latency.total_seconds()
    here, series = _selector(project, environment), "model_inference_latency_seconds"
    within = _selector(project, environment, f',le="{edge:g}"')
    yield _alert(
        (project, environment, "LatencyHigh"),
        f"sum(rate({series}_bucket{within}[5m])) / sum(rate({series}_count{here}[5m])) < 0.95",
        "critical",
        f"more than 5 % of predictions of {project.name} in {environment.name} take longer than "
        f"{format_duration(slo.latency)}",
        "5m",
    )
    # A request that the client got wrong is no outage.
    failed = _selector(project, environment, ',outcome=~"failed|overloaded"')
    judged = _selector(project, environment, ',outcome!="bad_input"')
    requests = "model_inference_requests_total"
    yield _alert(
        (project, environment, "AvailabilityLow"),
        f"sum(rate({requests}{failed}[5m])) / sum(rate({requests}{judged}[5m])) > {1 - slo.availability:.6g}",
        "critical",
        f"less than {slo.availability:.3%} of the requests to {project.name} in {environment.name} are answered",
        "5m",
    )


def _alert(
    of: tuple[Project, Environment, str], expression: str, severity: str, summary: str, hold: str
) -> dict[str, Plain]:
    project, environment, name = of
    return {
        "alert": _camel(project.name) + name,
        "expr": expression,
        "for": hold,
        "labels": {
            "severity": severity,
            "project": project.name,
            "environment": environment.name,
            **_routing(environment, severity),
        },
        "annotations": {"summary": summary},
    }


def _routing(environment: Environment, severity: str) -> dict[str, Plain]:
    """Who is told, and when an unanswered alert goes one level up: labels that routes match on."""
    alerting = environment.spec.alerting
    after = alerting.escalation_policy.critical if severity == "critical" else alerting.escalation_policy.warning
    routing: dict[str, Plain] = {"escalate_after": format_duration(after)}
    if alerting.channels:
        routing["channels"] = ",".join(alerting.channels)
    return routing


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("-", "_").split("_"))


def _document(project: Project, environment: Environment) -> dict[str, Plain]:
    monitoring, release = environment.spec.plain["monitoring"], environment.release
    return {
        "project": project.name,
        "environment": environment.name,
        "model_version": release.model.version if release else None,
        "model_digest": release.model.digest if release else None,
        "metrics": {
            name: {"direction": metric.direction.value, "threshold": limit}
            for name, (metric, limit) in watched(environment).items()
        },
        "regression_detection": monitoring["regression_detection"],
        "drift_detection": monitoring["drift_detection"],
    }


def _config_name(project: Project, environment: Environment) -> str:
    return content_name(f"{project.name}-{COMPONENT}", _document(project, environment))


def _detector(project: Project, environment: Environment) -> dict[str, Plain]:
    body = head("v1", "ConfigMap", _config_name(project, environment), (project, environment, COMPONENT))
    body["data"] = {"detector.json": json.dumps(_document(project, environment), indent=2) + "\n"}
    return body


def _deployment(project: Project, environment: Environment) -> dict[str, Plain]:
    image = project.platform.images.runner
    body = head(
        "apps/v1",
        "Deployment",
        f"{project.name}-{COMPONENT}",
        (project, environment, COMPONENT),
        pods.placeholder_annotation(image),
    )
    body["spec"] = {
        "replicas": 1 if environment.release else 0,
        "revisionHistoryLimit": 3,
        # Two monitors at once would count every row twice.
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": selector(project, COMPONENT)},
        "template": _template(project, environment),
    }
    return body


def _template(project: Project, environment: Environment) -> dict[str, Plain]:
    return {
        "metadata": {"labels": selector(project, COMPONENT)},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": pods.pod_security(),
            "containers": [_container(project, environment)],
            "volumes": [
                {"name": "config", "configMap": {"name": _config_name(project, environment)}},
                pods.claim("models", pods.MODEL_STORE_CLAIM, read_only=True),
                pods.claim("inference-log", serving.log_claim(project)),
                pods.temporary(),
            ],
        },
    }


def _container(project: Project, environment: Environment) -> dict[str, Plain]:
    image = project.platform.images.runner
    return {
        "name": "monitor",
        "image": pods.image_reference(project.platform, image),
        "command": ["mlops-gitops"],
        "args": [
            "monitor",
            project.name,
            "--watch",
            "--config",
            f"{CONFIG_PATH}/detector.json",
            "--interval",
            format_duration(environment.spec.monitoring.interval),
            "--model-store",
            pods.MODEL_STORE_PATH,
            "--inference-log",
            serving.INFERENCE_PATH,
            "--host",
            "$(HOST)",
            "--port",
            "$(PORT)",
        ],
        "env": [
            {"name": "HOST", "value": "0.0.0.0"},  # noqa: S104 - of the pod, not of the node
            {"name": "PORT", "value": "9090"},
            # Compiled kernels are kept between restarts of the process; the root file system is read-only.
            {"name": "NUMBA_CACHE_DIR", "value": "/tmp/numba"},  # noqa: S108
        ],
        "ports": [{"name": "http", "containerPort": 9090, "protocol": "TCP"}],
        "resources": pods.resources(_RESOURCES),
        "readinessProbe": {"httpGet": {"path": "/metrics", "port": "http"}, "periodSeconds": 5, "failureThreshold": 12},
        "securityContext": pods.container_security(),
        "volumeMounts": [
            pods.mount("config", CONFIG_PATH, read_only=True),
            pods.mount("models", pods.MODEL_STORE_PATH, read_only=True),
            pods.mount("inference-log", serving.INFERENCE_PATH),
            pods.mount("tmp", "/tmp"),  # noqa: S108 - the pod's own scratch volume
        ],
    }
