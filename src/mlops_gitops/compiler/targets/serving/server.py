"""Our model server in a container: its configuration, which pins the released version, its inference log, itself."""

from __future__ import annotations

from mlops_gitops.compiler.json_text import to_json
from mlops_gitops.compiler.targets import pods
from mlops_gitops.compiler.targets.objects import content_name, head, selector
from mlops_gitops.compiler.targets.serving.probes import server_probes
from mlops_gitops.compiler.targets.variables import variables
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import ReleasedModel

COMPONENT = "serving"
CONFIG_PATH = "/etc/mlops-gitops"
INFERENCE_PATH = "/var/lib/mlops-gitops/inference"
# Until every node has learnt that a pod is leaving, requests still come; the pod answers them.
_DRAIN_S = 5


def log_claim(project: Project) -> str:
    """The claim that holds a project's inference log."""
    return f"{project.name}-inference-log"


def document(project: Project, environment: Environment, model: ReleasedModel | None) -> dict[str, Plain]:
    """The server's ``serving.json``; ``model`` is the version that it answers with."""
    slo = environment.spec.serving.slo
    return {
        "project": project.name,
        "environment": environment.name,
        "model_version": model.version if model else None,
        "model_digest": model.digest if model else None,
        "model_store": pods.MODEL_STORE_PATH,
        "inference_log": INFERENCE_PATH,
        "slo": {"latency_ms": round(slo.latency.total_seconds() * 1000, 3)},
    }


def config_map(project: Project, environment: Environment, model: ReleasedModel | None) -> dict[str, Plain]:
    """The ConfigMap with that document; a new version is a new one, so that a pod keeps what it started with."""
    content = document(project, environment, model)
    name = content_name(f"{project.name}-{COMPONENT}", content)
    body = head("v1", "ConfigMap", name, (project, environment, COMPONENT))
    body["data"] = {"serving.json": f"{to_json(content)}\n"}
    return body


def config_name(project: Project, environment: Environment, model: ReleasedModel | None) -> str:
    """The name of that ConfigMap."""
    return content_name(f"{project.name}-{COMPONENT}", document(project, environment, model))


def inference_log(project: Project, environment: Environment) -> dict[str, Plain]:
    """Where answered rows are kept for the monitor."""
    body = head("v1", "PersistentVolumeClaim", log_claim(project), (project, environment, COMPONENT))
    body["spec"] = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}}
    return body


FROM_STORE = ("--model-store", pods.MODEL_STORE_PATH)
"""The server finds its model in the store, by digest."""


def container(
    project: Project, environment: Environment, name: str = "server", model: tuple[str, str] = FROM_STORE
) -> dict[str, Plain]:
    """The server's container; ``model`` is how it is told where its model is."""
    serving = environment.spec.serving
    return {
        "name": name,
        "image": pods.image_reference(project.platform, project.platform.images.server),
        "command": ["python", "-m", "mlops_gitops.server"],
        "args": [
            "--config",
            f"{CONFIG_PATH}/serving.json",
            "--host",
            "$(HOST)",
            "--port",
            "$(PORT)",
            *model,
            "--inference-log",
            INFERENCE_PATH,
        ],
        "env": [
            {"name": "HOST", "value": "0.0.0.0"},  # noqa: S104 - of the pod, not of the node
            {"name": "PORT", "value": str(serving.port)},
            # Requests are small and come together: threads within one prediction only get in each other's way.
            {"name": "OMP_NUM_THREADS", "value": "1"},
            *variables(serving.env),
        ],
        "ports": [{"name": "http", "containerPort": serving.port, "protocol": "TCP"}],
        "resources": pods.resources(serving.resources, environment.serving_devices()),
        **server_probes(serving.slo),
        "lifecycle": drain(),
        "securityContext": pods.container_security(),
        "volumeMounts": [
            pods.mount("config", CONFIG_PATH, read_only=True),
            *([pods.mount("models", pods.MODEL_STORE_PATH, read_only=True)] if model is FROM_STORE else []),
            pods.mount("inference-log", INFERENCE_PATH),
            pods.mount("tmp", "/tmp"),  # noqa: S108 - the pod's own scratch volume
        ],
    }


def drain() -> dict[str, Plain]:
    """What a container does before it is told to stop."""
    return {"preStop": {"exec": {"command": ["sleep", str(_DRAIN_S)]}}}


def volumes(project: Project, environment: Environment, model: ReleasedModel | None) -> list[Plain]:
    """What the container mounts."""
    return [
        config_volume(project, environment, model),
        pods.claim("models", pods.MODEL_STORE_CLAIM, read_only=True),
        *scratch_volumes(project),
    ]


def config_volume(project: Project, environment: Environment, model: ReleasedModel | None) -> dict[str, Plain]:
    """The volume with the configuration that pins a version."""
    return {"name": "config", "configMap": {"name": config_name(project, environment, model)}}


def scratch_volumes(project: Project) -> list[Plain]:
    """What the server writes to."""
    return [pods.claim("inference-log", log_claim(project)), pods.temporary()]


def service(project: Project, environment: Environment, *more_ports: Plain) -> dict[str, Plain]:
    """The one address in the cluster under which the project answers: HTTP on port 80, and what else is given."""
    body = head("v1", "Service", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT))
    body["spec"] = {
        "type": "ClusterIP",
        "selector": selector(project, COMPONENT),
        "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}, *more_ports],
    }
    return body
