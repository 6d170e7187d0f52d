"""The project's image: its packaged model behind our server, for Docker and Podman alike.

The stage model_packaging makes the context: the package, what the server is told, and these two files.  The base is
the platform's server image, by digest; a stage of its own installs what the model was trained with in other versions
than the server has.  Nothing here is of BuildKit alone, so `docker build`, `podman build` and `buildah` read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mlops_gitops.compiler.targets import pods
from mlops_gitops.records.artifact import GENERATED, Artifact
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName

_MODEL = "/opt/model"
_PYTHON = f"{_MODEL}/venv/bin/python"
_CONFIG = "/etc/mlops-gitops/serving.json"
# Where no volume is mounted the log goes with the container; the root file system may be read-only, /tmp is not.
_LOG = "/tmp/inference"  # noqa: S108 - the container's own
# What the server has in the same version is not installed again, wherever it has it.
_SEES_THE_SERVERS = (
    "import glob, sysconfig; "
    "open(glob.glob('venv/lib/*/site-packages')[0] + '/server.pth', 'w').write(sysconfig.get_path('purelib'))"
)
_LIBRARIES = (
    "FROM server AS libraries",
    "USER 0:0",
    f"WORKDIR {_MODEL}",
    "COPY package/requirements.txt ./",
    "RUN python -m venv --system-site-packages venv \\",
    f' && python -c "{_SEES_THE_SERVERS}" \\',
    " && venv/bin/python -m pip --disable-pip-version-check install --no-cache-dir --no-deps --only-binary=:all: \\",
    "    --requirement requirements.txt",
    f"USER {pods.USER_ID}:{pods.USER_ID}",
)


def render(project: Project) -> Iterator[Artifact]:
    """Dockerfile, and what its context leaves out; nothing where no model is trained."""
    if StageName.MODEL_TRAINING not in project.spec.pipeline.stages:
        return
    path = f"rendered/{project.name}/image/"
    yield Artifact(f"{path}Dockerfile", "\n".join(_lines(project)) + "\n", project.name)
    # Nothing but the package travels, whatever else lies beside it.
    yield Artifact(f"{path}.dockerignore", "*\n!package\n!serving.json\n", project.name)


def _lines(project: Project) -> Iterator[str]:
    platform, server = project.platform, project.platform.images.server
    # Podman's own format has no place for a health check.
    build = "podman build --format docker" if project.spec.stack.choice("containers") == "podman" else "docker build"
    yield f"{GENERATED}projects/{project.name}/. Never edit: change that, then `mlops-gitops render`."
    yield f"# Where model_packaging's context.tar is unpacked: {build} --tag {platform.registry}/{project.name} ."
    if not server.digest:
        yield "# The digest is a placeholder: images.server in projects/platform.yaml has none yet."
    yield f"FROM {pods.image_reference(platform, server)} AS server"
    yield from ("", *_LIBRARIES)
    yield from ("", "FROM server", *_labels(project))
    yield f"COPY --from=libraries {_MODEL}/venv {_MODEL}/venv"
    yield f"COPY package/ {_MODEL}/package/"
    yield f"COPY serving.json {_CONFIG}"
    yield f"WORKDIR {_MODEL}"
    yield f"USER {pods.USER_ID}:{pods.USER_ID}"
    yield from _serving(project.spec.serving.port)


def _labels(project: Project) -> Iterator[str]:
    server = project.platform.images.server
    labels = {
        "org.opencontainers.image.title": project.name,
        "org.opencontainers.image.description": f"The model of {project.name} behind its server.",
        "org.opencontainers.image.base.name": f"{project.platform.registry}/{server.name}",
        "org.opencontainers.image.base.digest": server.digest or pods.PLACEHOLDER_DIGEST,
        "mlops-gitops.io/project": project.name,
    }
    for key, value in labels.items():
        yield f'LABEL {key}="{value}"'


def _serving(port: int) -> Iterator[str]:
    """It serves on its own; the engine asks it for its health as Kubernetes does."""
    ask = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{port}/v2/health/ready', timeout=2)"
    yield f"EXPOSE {port}"
    yield f"HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD {_words(_PYTHON, '-c', ask)}"
    model = ("--config", _CONFIG, "--model-package", f"{_MODEL}/package")
    yield f"ENTRYPOINT {_words(_PYTHON, '-m', 'mlops_gitops.server', *model)}"
    yield f"CMD {_words('--host', '0.0.0.0', '--port', f'{port}', '--inference-log', _LOG)}"  # noqa: S104


def _words(*words: str) -> str:
    """A command without a shell."""
    return json.dumps(words)
