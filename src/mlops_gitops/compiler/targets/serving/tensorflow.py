"""TensorFlow Serving: a Deployment that answers with the SavedModel of a released Keras package.

The model store's claim holds the package.  Before the server starts, a container with our own image holds the package
against the digest that git pins, and lays its SavedModel down as ``/models/<project>/<version>``: the layout that
TensorFlow Serving reads, with the version of the release as the version that it answers for.  One version a pod; a new
one comes by a rolling update, so the server never looks for others.

Callers speak its REST API (``/v1/models/<project>:predict``) and gRPC.  Requests are put together to batches.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlops_gitops.compiler.targets import pods
from mlops_gitops.compiler.targets.objects import content_name, head, selector
from mlops_gitops.compiler.targets.placement import placement
from mlops_gitops.compiler.targets.serving import access, autoscaling, availability, server
from mlops_gitops.compiler.targets.serving.probes import probes
from mlops_gitops.compiler.targets.serving.server import COMPONENT
from mlops_gitops.compiler.targets.variables import variables
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import MODEL_DIGEST, MODEL_VERSION
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import ReleasedModel
from mlops_gitops.spec.platform import Image
from mlops_gitops.spec.quantity import amount
from mlops_gitops.spec.resources import Resources
from mlops_gitops.spec.serving import GRPC_PORT
from mlops_gitops.spec.spelling import spelling

METRICS_PATH = "/monitoring/prometheus/metrics"
_CONFIG_PATH = "/etc/tensorflow-serving"
_MODELS = "/models"
_CHECK = Resources(cpu="250m", memory="256Mi", ephemeral_storage="64Mi")
# Rows that are put together on a device, and on a CPU, where a large batch only makes its first row wait.
_BATCH_ON_DEVICE, _BATCH = 128, 32
# A batch waits for more rows for a twentieth of the promised latency at most.
_SHARE_FOR_WAITING = 20
# Batches that may wait for each thread; beyond that a request is turned away at once rather than answered too late.
_QUEUE = 8


def objects(project: Project, environment: Environment) -> Iterator[tuple[str, dict[str, Plain]]]:
    """File names and objects."""
    mine = selector(project, COMPONENT)
    model = environment.release.model if environment.release else None
    ports = (environment.spec.serving.port, GRPC_PORT)
    grpc: Plain = {"name": "grpc", "port": GRPC_PORT, "targetPort": "grpc", "protocol": "TCP"}
    found: tuple[tuple[str, dict[str, Plain] | None], ...] = (
        ("config.yaml", _config_map(project, environment, model)),
        ("deployment.yaml", _deployment(project, environment, model)),
        ("service.yaml", server.service(project, environment, grpc)),
        ("autoscaler.yaml", autoscaling.autoscaler(project, environment, f"{project.name}-{COMPONENT}")),
        ("disruption-budget.yaml", availability.disruption_budget(project, environment, mine)),
        ("network-policy.yaml", access.network_policy(project, environment, ports)),
    )
    yield from ((file, body) for file, body in found if body is not None)


def _image(project: Project, environment: Environment) -> Image:
    images = project.platform.images
    return images.tensorflow_serving_gpu if environment.serving_devices().count else images.tensorflow_serving


# --- Configuration: text protobufs, as TensorFlow Serving reads them --------------------------------------------------


def _files(project: Project, environment: Environment, model: ReleasedModel | None) -> dict[str, Plain]:
    policy = f"    model_version_policy {{ specific {{ versions: {model.version} }} }}\n" if model else ""
    return {
        "models.config": "model_config_list {\n  config {\n"
        f'    name: "{project.name}"\n    base_path: "{_MODELS}/{project.name}"\n'
        f'    model_platform: "tensorflow"\n{policy}  }}\n}}\n',
        "monitoring.config": f'prometheus_config {{\n  enable: true\n  path: "{METRICS_PATH}"\n}}\n',
        "batching.config": _batching(environment),
    }


def _batching(environment: Environment) -> str:
    serving = environment.spec.serving
    rows = _BATCH_ON_DEVICE if environment.serving_devices().count else _BATCH
    latency_us = serving.slo.latency.total_seconds() * 1e6
    threads = _threads(serving.resources.cpu)
    numbers = {
        "max_batch_size": rows,
        "batch_timeout_micros": round(latency_us / _SHARE_FOR_WAITING),
        "num_batch_threads": threads,
        "max_enqueued_batches": threads * _QUEUE,
    }
    return "".join(f"{name} {{ value: {value} }}\n" for name, value in numbers.items())


@spelling
def _threads(cpu: str) -> int:
    """One for each CPU that is asked for."""
    return max(1, math.ceil(amount(cpu)))


def _config_map(project: Project, environment: Environment, model: ReleasedModel | None) -> dict[str, Plain]:
    files = _files(project, environment, model)
    body = head("v1", "ConfigMap", _config_name(project, files), (project, environment, COMPONENT))
    body["data"] = files
    return body


def _config_name(project: Project, files: dict[str, Plain]) -> str:
    return content_name(f"{project.name}-{COMPONENT}", files)


# --- The Deployment ---------------------------------------------------------------------------------------------------


def _deployment(project: Project, environment: Environment, model: ReleasedModel | None) -> dict[str, Plain]:
    annotations = pods.placeholder_annotation(_image(project, environment))
    if model:
        annotations |= pods.placeholder_annotation(project.platform.images.server)
        annotations |= {MODEL_DIGEST: model.digest, MODEL_VERSION: str(model.version)}
    body = head("apps/v1", "Deployment", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT), annotations)
    body["spec"] = availability.pods_of(project, environment, _template(project, environment, model))
    return body


def _template(project: Project, environment: Environment, model: ReleasedModel | None) -> dict[str, Plain]:
    spec, mine = environment.spec, selector(project, COMPONENT)
    return {
        "metadata": {"labels": mine},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 30,
            "securityContext": pods.pod_security(),
            **placement(project.platform, environment.serving_devices(), spec.serving),
            **availability.spread(environment, mine),
            **({"initContainers": [_lay_down(project, model)]} if model else {}),
            "containers": [_container(project, environment)],
            "volumes": [
                {"name": "config", "configMap": {"name": _config_name(project, _files(project, environment, model))}},
                pods.claim("store", pods.MODEL_STORE_CLAIM, read_only=True),
                {"name": "models", "emptyDir": {"sizeLimit": spec.serving.resources.ephemeral_storage}},
                pods.temporary(),
            ],
        },
    }


def _lay_down(project: Project, model: ReleasedModel) -> dict[str, Plain]:
    """Holds the package against its digest, then copies its SavedModel to where the server reads it."""
    return {
        "name": "model",
        "image": pods.image_reference(project.platform, project.platform.images.server),
        "command": ["python", "-m", "mlops_gitops.server.saved_model"],
        "args": [
            "--package",
            f"{pods.MODEL_STORE_PATH}/{model.digest.removeprefix('sha256:')}",
            "--digest",
            model.digest,
            "--to",
            f"{_MODELS}/{project.name}/{model.version}",
        ],
        "resources": pods.resources(_CHECK),
        "securityContext": pods.container_security(),
        "volumeMounts": [
            pods.mount("store", pods.MODEL_STORE_PATH, read_only=True),
            pods.mount("models", _MODELS),
            pods.mount("tmp", "/tmp"),  # noqa: S108 - the pod's own scratch volume
        ],
    }


def _container(project: Project, environment: Environment) -> dict[str, Plain]:
    serving = environment.spec.serving
    path = f"/v1/models/{project.name}"
    return {
        "name": "server",
        "image": pods.image_reference(project.platform, _image(project, environment)),
        "command": ["/usr/bin/tensorflow_model_server"],
        "args": [
            f"--port={GRPC_PORT}",
            f"--rest_api_port={serving.port}",
            f"--model_config_file={_CONFIG_PATH}/models.config",
            f"--monitoring_config_file={_CONFIG_PATH}/monitoring.config",
            "--enable_batching=true",
            f"--batching_parameters_file={_CONFIG_PATH}/batching.config",
            # Looked for once: another version is another pod.
            "--file_system_poll_wait_seconds=0",
        ],
        "env": list(variables(serving.env)),
        "ports": [
            {"name": "http", "containerPort": serving.port, "protocol": "TCP"},
            {"name": "grpc", "containerPort": GRPC_PORT, "protocol": "TCP"},
        ],
        "resources": pods.resources(serving.resources, environment.serving_devices()),
        # The status is told as soon as the server listens, the signature only of a model that is loaded.
        **probes(serving.slo, live=path, ready=f"{path}/metadata", port="http"),
        "lifecycle": server.drain(),
        "securityContext": pods.container_security(),
        "volumeMounts": [
            pods.mount("config", _CONFIG_PATH, read_only=True),
            pods.mount("models", _MODELS, read_only=True),
            pods.mount("tmp", "/tmp"),  # noqa: S108 - the pod's own scratch volume
        ],
    }
