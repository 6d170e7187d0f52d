"""KServe: an InferenceService with our server as its runtime, and what KServe leaves to others.

The model comes from the store's claim by its digest.  Pods are KServe's own Deployments (mode `Standard`): the
autoscaler, disruption budget, network policy and Service of a plain Deployment hold for them too, so a project may
change its runtime without its callers noticing.

A canary is two versions in one InferenceService: the former one as the predictor, the new one as an entry of
``canary``.  Which share of the traffic the new one has stands in the release file, so every step is a commit.  Where
a project has canary steps, predictors are named by version: KServe then promotes the new one without a restart.
Before the first release there is no InferenceService: it has no model to name.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets import pods
from mlops_gitops.compiler.targets.objects import head, selector
from mlops_gitops.compiler.targets.placement import placement
from mlops_gitops.compiler.targets.serving import access, autoscaling, availability, server, traffic
from mlops_gitops.compiler.targets.serving.server import COMPONENT
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import MODEL_DIGEST, MODEL_VERSION
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import Release, ReleasedModel

FORMAT = "mlops-gitops"
# Where KServe mounts the model.
_MODEL_PATH = "/mnt/models"
# KServe looks for its container by this name.
_CONTAINER = "kserve-container"
_GROUP = "serving.kserve.io"


def objects(project: Project, environment: Environment) -> Iterator[tuple[str, dict[str, Plain]]]:
    """File names and objects."""
    mine, release = selector(project, COMPONENT), environment.release
    workload = traffic.workload(project, environment, release.model) if release else project.name
    former = release.former if release else None
    found: tuple[tuple[str, dict[str, Plain] | None], ...] = (
        ("config.yaml", server.config_map(project, environment, release.model if release else None)),
        ("config-former.yaml", server.config_map(project, environment, former) if former else None),
        ("inference-log.yaml", server.inference_log(project, environment)),
        ("serving-runtime.yaml", _runtime(project, environment)),
        ("inference-service.yaml", _inference_service(project, environment, release) if release else None),
        ("service.yaml", server.service(project, environment)),
        ("virtual-service.yaml", traffic.virtual_service(project, environment, release) if release else None),
        ("autoscaler.yaml", autoscaling.autoscaler(project, environment, workload) if release else None),
        # What still takes most of the traffic grows with it, too.
        ("autoscaler-former.yaml", _of_former(project, environment, former) if former else None),
        ("disruption-budget.yaml", availability.disruption_budget(project, environment, mine)),
        (
            "network-policy.yaml",
            access.network_policy(project, environment, (environment.spec.serving.port,), access.MESH),
        ),
    )
    yield from ((file, body) for file, body in found if body is not None)


def _of_former(project: Project, environment: Environment, former: ReleasedModel) -> dict[str, Plain] | None:
    return autoscaling.autoscaler(project, environment, traffic.workload(project, environment, former), "-former")


def _runtime(project: Project, environment: Environment) -> dict[str, Plain]:
    """How our server is started; what differs by version stands in the InferenceService."""
    annotations = pods.placeholder_annotation(project.platform.images.server)
    owner = (project, environment, COMPONENT)
    body = head(f"{_GROUP}/v1alpha1", "ServingRuntime", f"{project.name}-{COMPONENT}", owner, annotations)
    container = server.container(project, environment, _CONTAINER, ("--model-package", _MODEL_PATH))
    body["spec"] = {
        "supportedModelFormats": [{"name": FORMAT, "version": "1", "autoSelect": False}],
        "protocolVersions": ["v2"],
        "multiModel": False,
        "containers": [container],
        "volumes": server.scratch_volumes(project),
    }
    return body


def _inference_service(project: Project, environment: Environment, release: Release) -> dict[str, Plain]:
    annotations: dict[str, Plain] = {
        f"{_GROUP}/deploymentMode": "Standard",
        # Ours, because KServe's looks at CPU and memory alone; without one the number stays as it is.
        f"{_GROUP}/autoscalerClass": "external" if availability.is_scaled(environment) else "none",
        MODEL_DIGEST: release.model.digest,
        MODEL_VERSION: str(release.model.version),
    }
    body = head(f"{_GROUP}/v1beta1", "InferenceService", project.name, (project, environment, COMPONENT), annotations)
    # Reached from within the cluster, like every other runtime's Service.
    _labels(body)["networking.kserve.io/visibility"] = "cluster-local"
    former, share = release.former, release.canary
    if former is None or share is None:
        body["spec"] = {"predictor": _predictor(project, environment, release.model)}
        return body
    candidate = _predictor(project, environment, release.model)
    # KServe gives it its share of the replicas, and refuses any other way of scaling it.
    del candidate["minReplicas"], candidate["maxReplicas"]
    # The CRD wants the container's name here, and here alone: KServe refuses it in the predictor above.
    candidate["model"] = {"name": _CONTAINER, **_mapping(candidate["model"])}
    body["spec"] = {
        "predictor": _predictor(project, environment, former),
        "canary": [{"trafficPercent": share, "predictor": candidate}],
    }
    return body


def _predictor(project: Project, environment: Environment, model: ReleasedModel) -> dict[str, Plain]:
    serving = environment.spec.serving
    mine = selector(project, COMPONENT)
    most = serving.autoscaling.max_replicas if availability.is_scaled(environment) else serving.replicas
    return {
        **({"name": name} if (name := traffic.predictor_name(environment, model)) else {}),
        "minReplicas": serving.replicas,
        "maxReplicas": most,
        "deploymentStrategy": availability.rolling(),
        "labels": mine,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 30,
        "securityContext": pods.pod_security(),
        **placement(project.platform, environment.serving_devices(), serving),
        **availability.spread(environment, mine),
        "model": {
            "modelFormat": {"name": FORMAT, "version": "1"},
            "runtime": f"{project.name}-{COMPONENT}",
            "protocolVersion": "v2",
            "storageUri": f"pvc://{pods.MODEL_STORE_CLAIM}/{model.digest.removeprefix('sha256:')}",
            "resources": pods.resources(serving.resources, environment.serving_devices()),
        },
        "volumes": [server.config_volume(project, environment, model)],
    }


def _labels(body: dict[str, Plain]) -> dict[str, Plain]:
    return _mapping(_mapping(body["metadata"])["labels"])


def _mapping(value: Plain) -> dict[str, Plain]:
    assert isinstance(value, dict)
    return value
