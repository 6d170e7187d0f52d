"""Serving with FastAPI: a Deployment and its Service, a ConfigMap that pins the released version, its inference log.

Nothing is released yet?  Then everything is rendered all the same, with no replicas: a reviewer sees the whole of what
will run, and the first release changes two lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mlops_gitops.compiler.targets import pods
from mlops_gitops.compiler.targets.objects import content_name, head, selector
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.labels import MODEL_DIGEST, MODEL_VERSION
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.scalars import whole_seconds
from mlops_gitops.spec.stages import StageName

CONFIG_PATH = "/etc/mlops-gitops"
INFERENCE_PATH = "/var/lib/mlops-gitops/inference"
COMPONENT = "serving"


def render(project: Project, environment: Environment) -> Iterator[Artifact]:
    """What serves a project in an environment, where its pipeline deploys at all."""
    if StageName.MODEL_DEPLOYMENT not in environment.spec.pipeline.stages:
        return
    folder = f"rendered/{project.name}/{environment.name}/{COMPONENT}"
    for file, body in (
        ("config.yaml", _config(project, environment)),
        ("inference-log.yaml", _inference_log(project, environment)),
        ("deployment.yaml", _deployment(project, environment)),
        ("service.yaml", _service(project, environment)),
    ):
        yield Artifact(f"{folder}/{file}", body, project.name, environment.name)


def log_claim(project: Project) -> str:
    """The claim that holds a project's inference log."""
    return f"{project.name}-inference-log"


def _document(project: Project, environment: Environment) -> dict[str, Plain]:
    release = environment.release
    slo = environment.spec.serving.slo
    return {
        "project": project.name,
        "environment": environment.name,
        "model_version": release.model.version if release else None,
        "model_digest": release.model.digest if release else None,
        "model_store": pods.MODEL_STORE_PATH,
        "inference_log": INFERENCE_PATH,
        "slo": {"latency_ms": round(slo.latency.total_seconds() * 1000, 3)},
    }


def _config_name(project: Project, environment: Environment) -> str:
    return content_name(f"{project.name}-{COMPONENT}", _document(project, environment))


def _config(project: Project, environment: Environment) -> dict[str, Plain]:
    body = head("v1", "ConfigMap", _config_name(project, environment), (project, environment, COMPONENT))
    body["data"] = {"serving.json": json.dumps(_document(project, environment), indent=2) + "\n"}
    return body


def _inference_log(project: Project, environment: Environment) -> dict[str, Plain]:
    body = head("v1", "PersistentVolumeClaim", log_claim(project), (project, environment, COMPONENT))
    body["spec"] = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}}
    return body


def _deployment(project: Project, environment: Environment) -> dict[str, Plain]:
    serving, release = environment.spec.serving, environment.release
    annotations = pods.placeholder_annotation(project.platform.images.server)
    if release:
        annotations |= {MODEL_DIGEST: release.model.digest, MODEL_VERSION: str(release.model.version)}
    body = head("apps/v1", "Deployment", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT), annotations)
    body["spec"] = {
        "replicas": serving.replicas if release else 0,
        "revisionHistoryLimit": 3,
        "progressDeadlineSeconds": whole_seconds(serving.rollout_timeout),
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "selector": {"matchLabels": selector(project, COMPONENT)},
        "template": _template(project, environment),
    }
    return body


def _template(project: Project, environment: Environment) -> dict[str, Plain]:
    volumes: list[Plain] = [
        {"name": "config", "configMap": {"name": _config_name(project, environment)}},
        pods.claim("models", pods.MODEL_STORE_CLAIM, read_only=True),
        pods.claim("inference-log", log_claim(project)),
        pods.temporary(),
    ]
    return {
        "metadata": {"labels": selector(project, COMPONENT)},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 30,
            "securityContext": pods.pod_security(),
            "containers": [_container(project, environment)],
            "volumes": volumes,
        },
    }


def _container(project: Project, environment: Environment) -> dict[str, Plain]:
    serving = environment.spec.serving
    return {
        "name": "server",
        "image": pods.image_reference(project.platform, project.platform.images.server),
        "command": ["python", "-m", "mlops_gitops.server"],
        "args": [
            "--config",
            f"{CONFIG_PATH}/serving.json",
            "--host",
            "$(HOST)",
            "--port",
            "$(PORT)",
            "--model-store",
            pods.MODEL_STORE_PATH,
            "--inference-log",
            INFERENCE_PATH,
        ],
        "env": [
            {"name": "HOST", "value": "0.0.0.0"},  # noqa: S104 - of the pod, not of the node
            {"name": "PORT", "value": str(serving.port)},
            # Requests are small and come together: threads within one prediction only get in each other's way.
            {"name": "OMP_NUM_THREADS", "value": "1"},
        ],
        "ports": [{"name": "http", "containerPort": serving.port, "protocol": "TCP"}],
        "resources": pods.resources(serving.resources, environment.spec.serving_devices()),
        "startupProbe": _probe("/v2/health/live", period_s=2, failures=60),
        "readinessProbe": _probe("/v2/health/ready", period_s=5, failures=3),
        "livenessProbe": _probe("/v2/health/live", period_s=10, failures=3),
        "securityContext": pods.container_security(),
        "volumeMounts": [
            pods.mount("config", CONFIG_PATH, read_only=True),
            pods.mount("models", pods.MODEL_STORE_PATH, read_only=True),
            pods.mount("inference-log", INFERENCE_PATH),
            pods.mount("tmp", "/tmp"),  # noqa: S108 - the pod's own scratch volume
        ],
    }


def _probe(path: str, *, period_s: int, failures: int) -> dict[str, Plain]:
    return {
        "httpGet": {"path": path, "port": "http"},
        "periodSeconds": period_s,
        "timeoutSeconds": 2,
        "failureThreshold": failures,
    }


def _service(project: Project, environment: Environment) -> dict[str, Plain]:
    body = head("v1", "Service", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT))
    body["spec"] = {
        "type": "ClusterIP",
        "selector": selector(project, COMPONENT),
        "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}],
    }
    return body
