"""FastAPI in a container: a Deployment of our server and its Service, with what a cluster needs around them."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets import pods
from mlops_gitops.compiler.targets.objects import head, selector
from mlops_gitops.compiler.targets.placement import placement
from mlops_gitops.compiler.targets.serving import access, autoscaling, availability, server
from mlops_gitops.compiler.targets.serving.server import COMPONENT
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.labels import MODEL_DIGEST, MODEL_VERSION
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import ReleasedModel


def objects(project: Project, environment: Environment) -> Iterator[tuple[str, dict[str, Plain]]]:
    """File names and objects."""
    mine = selector(project, COMPONENT)
    model = environment.release.model if environment.release else None
    found: tuple[tuple[str, dict[str, Plain] | None], ...] = (
        ("config.yaml", server.config_map(project, environment, model)),
        ("inference-log.yaml", server.inference_log(project, environment)),
        ("deployment.yaml", _deployment(project, environment, model)),
        ("service.yaml", server.service(project, environment)),
        ("autoscaler.yaml", autoscaling.autoscaler(project, environment, f"{project.name}-{COMPONENT}")),
        ("disruption-budget.yaml", availability.disruption_budget(project, environment, mine)),
        ("network-policy.yaml", access.network_policy(project, environment, (environment.spec.serving.port,))),
    )
    yield from ((file, body) for file, body in found if body is not None)


def _deployment(project: Project, environment: Environment, model: ReleasedModel | None) -> dict[str, Plain]:
    annotations = pods.placeholder_annotation(project.platform.images.server)
    if model:
        annotations |= {MODEL_DIGEST: model.digest, MODEL_VERSION: str(model.version)}
    body = head("apps/v1", "Deployment", f"{project.name}-{COMPONENT}", (project, environment, COMPONENT), annotations)
    body["spec"] = availability.pods_of(project, environment, _template(project, environment, model))
    return body


def _template(project: Project, environment: Environment, model: ReleasedModel | None) -> dict[str, Plain]:
    spec = environment.spec
    return {
        "metadata": {"labels": selector(project, COMPONENT)},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 30,
            "securityContext": pods.pod_security(),
            **placement(project.platform, environment.serving_devices(), spec.serving),
            **availability.spread(environment, selector(project, COMPONENT)),
            "containers": [server.container(project, environment)],
            "volumes": server.volumes(project, environment, model),
        },
    }
