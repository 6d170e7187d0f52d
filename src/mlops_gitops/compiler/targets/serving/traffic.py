"""Who gets which share of the traffic while two versions serve: an Istio VirtualService before the project's Service.

KServe gives each predictor a Service of its own, named after it; the project's own Service leads to all of their pods.
Callers in the mesh ask for the latter and are sent to one of the former by weight.  KServe 0.20 writes weights into no
route of its own in mode `Standard`, so nothing else decides about the same requests.

The route stays while the project has canary steps, also between two releases.  It is applied after all else: what it
leads to is ready by then.
"""

from __future__ import annotations

from mlops_gitops.compiler.targets.objects import head
from mlops_gitops.compiler.targets.serving.server import COMPONENT
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import Release, ReleasedModel

_PORT = 80


def is_split(environment: Environment) -> bool:
    """Whether two versions serve side by side, now or at the next release."""
    release = environment.release
    return bool(environment.canary_steps) or (release is not None and release.former is not None)


def predictor_name(environment: Environment, model: ReleasedModel) -> str:
    """KServe's name of the version's predictor; empty where a version takes the place of the one before."""
    return f"v{model.version}" if is_split(environment) else ""


def workload(project: Project, environment: Environment, model: ReleasedModel) -> str:
    """The Deployment and the Service that KServe makes for a version."""
    name = predictor_name(environment, model)
    return f"{project.name}-{name}-predictor" if name else f"{project.name}-predictor"


def virtual_service(project: Project, environment: Environment, release: Release) -> dict[str, Plain] | None:
    """The weights, where versions serve side by side."""
    if not is_split(environment):
        return None
    owner = (project, environment, COMPONENT)
    body = head("networking.istio.io/v1", "VirtualService", f"{project.name}-{COMPONENT}", owner)
    namespace = environment.settings.namespace
    shares = [(release.model, release.canary or 100)]
    if release.former:
        shares.append((release.former, 100 - shares[0][1]))
    routes: list[Plain] = [
        {
            "destination": {
                "host": f"{workload(project, environment, model)}.{namespace}.svc.cluster.local",
                "port": {"number": _PORT},
            },
            "weight": share,
        }
        for model, share in shares
    ]
    body["spec"] = {
        "hosts": [f"{project.name}-{COMPONENT}.{namespace}.svc.cluster.local"],
        "http": [{"route": routes}],
    }
    return body
