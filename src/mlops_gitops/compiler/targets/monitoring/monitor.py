"""The continuous monitor: its configuration, which the detector reads, itself in a pod, and who may ask it."""

from __future__ import annotations

from mlops_gitops.compiler.json_text import to_json
from mlops_gitops.compiler.targets import pods, serving
from mlops_gitops.compiler.targets.monitoring.watched import watched
from mlops_gitops.compiler.targets.network import DNS, namespaces, policy
from mlops_gitops.compiler.targets.objects import content_name, head, selector
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.resources import Resources
from mlops_gitops.spec.scalars import format_duration

COMPONENT = "monitor"
PORT = 9090
CONFIG_PATH = "/etc/mlops-gitops-monitor"
_RESOURCES = Resources(cpu="250m", memory="1Gi", ephemeral_storage="1Gi")


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


def configuration(project: Project, environment: Environment) -> tuple[str, dict[str, Plain]]:
    """The ConfigMap with what the detector looks for, and before it the name of it."""
    document = _document(project, environment)
    name = content_name(f"{project.name}-{COMPONENT}", document)
    body = head("v1", "ConfigMap", name, (project, environment, COMPONENT))
    body["data"] = {"detector.json": f"{to_json(document)}\n"}
    return name, body


def deployment(project: Project, environment: Environment, config_name: str) -> dict[str, Plain]:
    """The monitor itself, where a version is released; ``config_name`` is its ConfigMap's."""
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
        "template": _template(project, environment, config_name),
    }
    return body


def service(project: Project, environment: Environment) -> dict[str, Plain]:
    """Headless: nobody needs an address of the monitor, Prometheus finds its pod here."""
    body = head("v1", "Service", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT))
    body["spec"] = {
        "clusterIP": "None",
        "selector": selector(project, COMPONENT),
        "ports": [{"name": "http", "port": PORT, "targetPort": "http", "protocol": "TCP"}],
    }
    return body


def network_policy(project: Project, environment: Environment) -> dict[str, Plain] | None:
    """Closed but for Prometheus and name resolution: what it reads lies on volumes, which are the node's to reach."""
    if environment.local:
        return None
    owner = (project, environment, COMPONENT)
    body = head("networking.k8s.io/v1", "NetworkPolicy", f"{project.name}-{COMPONENT}", owner)
    metrics: dict[str, Plain] = {
        "from": namespaces(project.platform.network.metrics),
        "ports": [{"protocol": "TCP", "port": PORT}],
    }
    body["spec"] = policy(selector(project, COMPONENT), ingress=[metrics], egress=[DNS])
    return body


def _template(project: Project, environment: Environment, config_name: str) -> dict[str, Plain]:
    return {
        "metadata": {"labels": selector(project, COMPONENT)},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": pods.pod_security(),
            "containers": [_container(project, environment)],
            "volumes": [
                {"name": "config", "configMap": {"name": config_name}},
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
            {"name": "PORT", "value": str(PORT)},
            # Compiled kernels are kept between restarts of the process; the root file system is read-only.
            {"name": "NUMBA_CACHE_DIR", "value": "/tmp/numba"},  # noqa: S108
        ],
        "ports": [{"name": "http", "containerPort": PORT, "protocol": "TCP"}],
        "resources": pods.resources(_RESOURCES),
        # It listens once it has judged for the first time, which takes a while where kernels are compiled.
        "startupProbe": _probe(period_s=5, failures=60),
        "readinessProbe": _probe(period_s=5, failures=12),
        "livenessProbe": _probe(period_s=30, failures=4),
        "securityContext": pods.container_security(),
        "volumeMounts": [
            pods.mount("config", CONFIG_PATH, read_only=True),
            pods.mount("models", pods.MODEL_STORE_PATH, read_only=True),
            pods.mount("inference-log", serving.INFERENCE_PATH),
            pods.mount("tmp", "/tmp"),  # noqa: S108 - the pod's own scratch volume
        ],
    }


def _probe(*, period_s: int, failures: int) -> dict[str, Plain]:
    # It answers between two rounds of a judgement that may take all of its CPU.
    return {
        "httpGet": {"path": "/metrics", "port": "http"},
        "periodSeconds": period_s,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }
