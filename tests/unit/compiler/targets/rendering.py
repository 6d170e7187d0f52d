"""Rendered files of the small repository of ``tests/factory``, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from mlops_gitops.compiler.driver import Compilation
from tests.factory import CONFIG, FILES, PROJECT, Content, compiled

DIGEST = "sha256:" + "0123456789abcdef" * 4
FORMER = "sha256:" + "fedcba9876543210" * 4


def _model(version: int, digest: str) -> str:
    digests = "".join(
        f"    {key}: {digest}\n" for key in ("digest", "code_digest", "environment_digest", "config_digest")
    )
    data = '    data_digest: md5:0123456789abcdef0123456789abcdef\n    run: "7"\n    trained_at_commit: 4bd08a4\n'
    return f"    version: {version}\n{digests}{data}"


def released(environment: str = "production", *, previous: bool = False, more: str = "") -> dict[str, Content]:
    """A release file; with ``previous``, version 3 replaced version 2."""
    text = f"project: fraud-detection\nenvironment: {environment}\nmodel:\n{_model(3, DIGEST)}"
    if previous:
        text += f"previous:\n{_model(2, FORMER)}"
    return {f"{PROJECT}/releases/{environment}.yaml": text + more}


def configured(text: str) -> dict[str, Content]:
    """The project's configuration with a section added."""
    return {CONFIG: FILES[CONFIG] + text}


def render(*changes: Mapping[str, Content]) -> Compilation:
    """What they compile to, without a finding."""
    done = compiled({path: content for one in changes for path, content in one.items()})
    assert not (told := [problem.message for problem in done.findings.diagnostics]), told
    return done


def files(done: Compilation, environment: str, folder: str) -> dict[str, Any]:
    """The YAML files of a folder, as data by file name."""
    start = f"rendered/fraud-detection/{environment}/{folder}/"
    return {
        path.removeprefix(start): yaml.safe_load(content)
        for path, content in done.files.items()
        if path.startswith(start)
    }
