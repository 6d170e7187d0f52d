"""The project's image: the runner with the model package in it, for Docker and Podman alike.

The stage model_packaging makes the context: the package, and these two files beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets import pods
from mlops_gitops.records.artifact import GENERATED, Artifact
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName


def render(project: Project) -> Iterator[Artifact]:
    """Dockerfile, and what its context leaves out."""
    path = f"rendered/{project.name}/image/Dockerfile"
    yield Artifact(path, _dockerfile(project), project.name)
    # Nothing but the package travels, whatever else lies beside it.
    yield Artifact(path.replace("Dockerfile", ".dockerignore"), "*\n!package\n", project.name)


def _dockerfile(project: Project) -> str:
    podman = project.spec.stack.choice("containers") == "podman"
    # Podman's own format has no place for a health check.
    build = "podman build --format docker" if podman else "docker build"
    runner = project.platform.images.runner
    lines = [
        f"{GENERATED}projects/{project.name}/. Never edit: change that, then `mlops-gitops render`.",
        f"# In the unpacked context of model_packaging: {build} --tag {project.platform.registry}/{project.name} .",
        *([] if runner.digest else ["# The digest is a placeholder: projects/platform.yaml sets none yet."]),
        f"FROM {pods.image_reference(project.platform, runner)}",
        f'LABEL org.opencontainers.image.title="{project.name}" mlops-gitops.io/project="{project.name}"',
        "WORKDIR /app",
        "COPY --chown=0:0 --chmod=0555 package/ /app/package/",
        f"USER {pods.USER_ID}:{pods.USER_ID}",
    ]
    return "\n".join([*lines, *_serving(project), 'ENTRYPOINT ["mlops-gitops"]']) + "\n"


def _serving(project: Project) -> list[str]:
    """Where it serves, the engine asks it for its health as Kubernetes does."""
    if StageName.MODEL_DEPLOYMENT not in project.spec.pipeline.stages:
        return ["HEALTHCHECK NONE"]
    port = project.spec.serving.port
    ask = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{port}/v2/health/live', timeout=2)"
    return [
        f"EXPOSE {port}",
        f'HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["python", "-c", "{ask}"]',
    ]
