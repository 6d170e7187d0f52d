"""The project's Dockerfile: its base, its user, what it copies, and what it runs."""

from __future__ import annotations

import json
import re

import pytest

from tests.factory import CONFIG, FILES, PLATFORM, compiled
from tests.unit.compiler.targets.rendered import objects

DIGEST = "sha256:" + "ab" * 32
PINNED = f"images:\n  server: {{name: served, digest: {DIGEST}}}\n"


def dockerfile(config: str = "", platform: str = "") -> list[str]:
    """The instructions, each on a line of its own."""
    done = compiled({CONFIG: FILES[CONFIG] + config, PLATFORM: FILES[PLATFORM] + platform})
    text = done.files["rendered/fraud-detection/image/Dockerfile"].decode().replace("\\\n", "")
    return [line for line in text.split("\n") if line]


def said(lines: list[str], word: str) -> list[str]:
    return [line.removeprefix(f"{word} ") for line in lines if line.startswith(f"{word} ")]


def test_the_base_is_the_servers_image_by_digest_and_both_stages_are_built_from_it() -> None:
    bases = said(dockerfile(platform=PINNED), "FROM")
    assert bases == [f"registry.example.com/ml/served@{DIGEST} AS server", "server AS libraries", "server"]
    assert f'org.opencontainers.image.base.digest="{DIGEST}"' in said(dockerfile(platform=PINNED), "LABEL")


def test_a_base_without_a_digest_is_told_as_a_placeholder() -> None:
    assert any("placeholder" in line for line in dockerfile() if line.startswith("#"))
    assert not any("placeholder" in line for line in dockerfile(platform=PINNED))


def test_it_runs_as_the_user_of_the_pods() -> None:
    security = objects("stack:\n  serving: fastapi\n")["serving/deployment.yaml"]["spec"]["template"]["spec"]
    user = security["securityContext"]["runAsUser"]
    assert said(dockerfile(), "USER")[-1] == f"{user}:{user}"


def test_only_the_context_of_model_packaging_is_copied() -> None:
    copied = {words.split()[0] for words in said(dockerfile(), "COPY") if not words.startswith("--from")}
    assert copied == {"package/requirements.txt", "package/", "serving.json"}
    ignored = compiled().files["rendered/fraud-detection/image/.dockerignore"].decode()
    assert ignored == "*\n!package\n!serving.json\n"


def test_the_port_is_one_number() -> None:
    lines = dockerfile("serving:\n  port: 9000\n")
    assert said(lines, "EXPOSE") == ["9000"]
    assert "http://127.0.0.1:9000/v2/health/ready" in said(lines, "HEALTHCHECK")[0]
    command = json.loads(said(lines, "CMD")[0])
    assert command[command.index("--port") + 1] == "9000"


def test_what_it_runs_is_a_command_of_the_server() -> None:
    from mlops_gitops.server.__main__ import _parser

    lines = dockerfile()
    entrypoint = json.loads(said(lines, "ENTRYPOINT")[0])
    assert entrypoint[1:3] == ["-m", "mlops_gitops.server"]
    arguments = _parser().parse_args([*entrypoint[3:], *json.loads(said(lines, "CMD")[0])])
    copied = [words.split()[-1] for words in said(lines, "COPY")]
    assert str(arguments.config) in copied
    assert f"{arguments.model_package}/" in copied
    assert arguments.inference_log.is_relative_to("/tmp")


@pytest.mark.parametrize(
    ("tool", "command"), [("docker", "docker build --tag"), ("podman", "podman build --format docker --tag")]
)
def test_the_head_tells_how_it_is_built(tool: str, command: str) -> None:
    lines = dockerfile(f"stack:\n  containers: {tool}\n")
    assert command in lines[1]
    # Nothing that only BuildKit reads.
    assert not re.search(r"--(?:mount|chmod|link|network)\b|<<", "\n".join(lines))


def test_nothing_is_trained_nothing_is_packed() -> None:
    done = compiled({CONFIG: "pipeline: {stages: [data_validation]}\ntesting: {}\nmonitoring: {}\nalerting: {}\n"})
    assert done.projects
    assert not [path for path in done.files if "/image/" in path]
