"""Serving: the released model behind an endpoint, by the runtime that the environment's stack names.

Nothing is released yet?  Then everything is rendered all the same, with no replicas: a reviewer sees the whole of what
will run, and the first release changes a few lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlops_gitops.compiler.targets.serving import fastapi, kserve, tensorflow
from mlops_gitops.compiler.targets.serving.server import COMPONENT, INFERENCE_PATH, log_claim
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.stages import StageName

__all__ = ["INFERENCE_PATH", "log_claim", "render"]

Objects = Iterator[tuple[str, dict[str, Plain]]]
# A runtime gives file names and the object in each.
RUNTIMES: dict[str, Callable[[Project, Environment], Objects]] = {
    "fastapi": fastapi.objects,
    "kserve": kserve.objects,
    "tensorflow_serving": tensorflow.objects,
}


def render(project: Project, environment: Environment) -> Iterator[Artifact]:
    """What serves a project in an environment, where its pipeline deploys at all."""
    if StageName.MODEL_DEPLOYMENT not in environment.spec.pipeline.stages:
        return
    runtime = RUNTIMES[environment.choice("serving") or "fastapi"]
    folder = f"rendered/{project.name}/{environment.name}/{COMPONENT}"
    for file, body in runtime(project, environment):
        yield Artifact(f"{folder}/{file}", body, project.name, environment.name)
