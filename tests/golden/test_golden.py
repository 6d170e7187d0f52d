"""The rendered tree of projects that use much of the language, file by file, as it was last approved.

``ACCEPT=1 pytest tests/golden`` approves what is rendered now; the difference is then read in review like any other.
"""

from __future__ import annotations

import functools
import os
import shutil
from pathlib import Path

import pytest

from mlops_gitops.adapters.local.kinds import refuse_unsupported
from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.reconciler.resources import parse_resources
from tests.factory import CONFIG, FILES, PLATFORM, PROJECT, Content, compiled, edited
from tests.golden import defects

HERE = Path(__file__).parent
APPROVED = HERE / "rendered"
DIGEST = "sha256:" + "0123456789abcdef" * 4

SOURCES: dict[str, Content] = {
    PLATFORM: FILES[PLATFORM] + defects.PLATFORM,
    **defects.SOURCES,
    **edited(
        CONFIG,
        (
            "alerting:",
            "serving:\n  replicas: 2\n  slo:\n    latency: 50ms\nalerting:",
        ),
        ("  stages:", "  triggers:\n    schedule_daily: true\n    data_update: true\n  stages:"),
    ),
    f"{PROJECT}/environments/production.yaml": (
        "training:\n  accelerator:\n    count: 2\ntesting:\n  thresholds:\n    recall: 0.9\nserving:\n  replicas: 6\n"
    ),
    f"{PROJECT}/releases/staging.yaml": (
        "project: fraud-detection\nenvironment: staging\nmodel:\n  version: 3\n"
        + "".join(f"  {key}: {DIGEST}\n" for key in ("digest", "code_digest", "environment_digest", "config_digest"))
        + '  data_digest: md5:0123456789abcdef0123456789abcdef\n  run: "7"\n  trained_at_commit: 4bd08a4\n'
    ),
}


@functools.cache
def compilation() -> Compilation:
    return compiled(SOURCES)


def test_what_is_rendered_is_what_was_approved() -> None:
    assert compilation().findings.diagnostics == ()
    if os.environ.get("ACCEPT"):
        shutil.rmtree(APPROVED, ignore_errors=True)
        for path, content in compilation().files.items():
            (HERE / path).parent.mkdir(parents=True, exist_ok=True)
            (HERE / path).write_bytes(content)
    approved = {str(path.relative_to(HERE)) for path in APPROVED.rglob("*") if path.is_file()}
    assert approved == compilation().files.keys()


@pytest.mark.parametrize("path", sorted(compilation().files))
def test_a_file_is_as_it_was_approved(path: str) -> None:
    assert compilation().files[path].decode() == (HERE / path).read_text(encoding="utf-8")


def test_one_machine_takes_all_that_is_rendered_for_it() -> None:
    files = {path: content for path, content in compilation().files.items() if "/staging/" in path}
    resources = parse_resources(files, "staging")
    assert {"Job", "CronJob", "PersistentVolumeClaim"} <= {one.key.kind for one in resources}
    for resource in resources:
        refuse_unsupported(resource)
