"""Whatever the platform team writes has an effect too: each key of `projects/platform.yaml` is changed by itself."""

from __future__ import annotations

import functools
import json
from pathlib import Path as File
from typing import Any

import pytest
import yaml

from mlops_gitops.compiler.opened import open_tree
from mlops_gitops.spec.platform import PlatformSpec
from tests import every_key, factory
from tests.every_key import DIGEST, Outcome, Path

PLATFORM = f"""\
images:
  runner: {{name: runner}}
  server: {{name: server, digest: "{DIGEST}"}}
nodes:
  nvidia.com/gpu: {{node_selector: {{gpu: a}}, tolerations: [{{key: gpu, operator: Equal, value: a}}]}}
smtp: {{smarthost: "mail.example.com:25", from_address: ml@example.com}}
docs_url: https://docs.example.com
owners: ["@ml-platform"]
policy:
  gpu_budget: {{per_project: {{production: 16}}, total: {{production: 64}}}}
  allowed_registries: [registry.example.com]
  require_owners: true
  required_tests: {{high: [unit_test]}}
  data_retention: {{least: 30d, most: 400d}}
  forbid:
    - path: training.seed
      values: [42]
      environments: [production]
      risk_classes: [high]
      reason: Everybody takes it.
      severity: warning
  require:
    - path: training.seed
      values: [7]
      environments: [production]
      risk_classes: [high]
      reason: It brings luck.
      severity: warning
  waivers:
    - {{code: MG227, project: fraud-detection, environment: production, reason: x, owner: "@a", until: "2026-12-31"}}
"""
OTHER_DIGEST = DIGEST.replace("0", "f")
OTHER_ACTION = "somebody/else@" + "a" * 40
# Values that are legal and different, where those that the test makes up are not.
ANOTHER: dict[Path, list[Any]] = {
    ("images", "runner", "digest"): [OTHER_DIGEST],
    ("images", "server", "digest"): [OTHER_DIGEST],
    ("smtp", "smarthost"): ["mail.example.com:26"],
    ("policy", "gpu_budget", "per_project", "production"): [1],
    ("policy", "gpu_budget", "total", "production"): [1],
    ("policy", "allowed_registries"): [["elsewhere.example.com"]],
    ("policy", "require_owners"): [False],
    ("policy", "required_tests", "high"): [["security_test"]],
    ("policy", "waivers", 0, "code"): ["MG228"],
    ("policy", "waivers", 0, "until"): ["2027-01-31"],
    ("policy", "forbid", 0, "risk_classes"): [["minimal"]],
    ("policy", "require", 0, "risk_classes"): [["minimal"]],
    ("policy", "waivers", 0, "project"): ["somebody-else"],
    ("policy", "forbid", 0, "path"): ["training.workers"],
    ("policy", "require", 0, "path"): ["training.workers"],
    ("environments", "staging", "cluster"): ["cloud"],
    ("environments", "production", "cluster"): ["workstation"],
    ("nodes", "nvidia.com/gpu", "tolerations", 0, "operator"): [],
    **{
        ("github", "actions", one): [OTHER_ACTION]
        for one in ("checkout", "setup_python", "upload_artifact", "download_artifact", "cache")
    },
}
# What each of these is for is not rendered: the named file reads it.
READ_ELSEWHERE: dict[Path, str] = {
    ("apiVersion",): "src/mlops_gitops/spec/platform.py",
    ("images", "tensorflow_serving"): "src/mlops_gitops/compiler/targets/serving/tensorflow.py",
    ("images", "tensorflow_serving_gpu"): "src/mlops_gitops/compiler/targets/serving/tensorflow.py",
    ("clusters", "workstation", "kubernetes_version"): "src/mlops_gitops/spec/platform.py",
    ("clusters", "cloud", "context"): "src/mlops_gitops/wiring/clusters.py",
    ("prices",): "src/mlops_gitops/plan/devices.py",
    ("policy", "gate_approvers"): "src/mlops_gitops/usecases/plan.py",
}
# Two projects, for what a policy finds in one of them alone: without owners and tests, and with mail.
VARIANTS: tuple[dict[str, Any], ...] = (
    {},
    {"project": {"owners": None}, "testing": {"categories": ["unit_test", "model_test"], "sensitive_attributes": None}},
    {"alerting": {"channels": ["slack", "email"]}, "stack": {"ci_cd": "github_actions"}},
)


def _platform() -> dict[str, Any]:
    text = every_key.PLATFORM_TEXT.replace("  slack: ", "  email: {target: a@example.com, secret: smtp}\n  slack: ", 1)
    return {**yaml.safe_load(text), **yaml.safe_load(PLATFORM)}


@functools.cache
def _project(variant: int) -> dict[str, Any]:
    data = every_key.varied(every_key.config(), VARIANTS[variant])
    data["governance"]["keep"]["test_reports"] = "300d"
    return data


@functools.cache
def base(variant: int) -> Outcome:
    return every_key.compile_with(_project(variant), json.dumps(_platform()))


def _spec() -> PlatformSpec:
    spec = open_tree(factory.tree({factory.PLATFORM: json.dumps(_platform())})).platform
    assert spec is not None
    return spec


LEAVES = dict(every_key.leaves(_spec().plain))
_TESTED = [
    path
    for path, value in LEAVES.items()
    if (value not in (None, [], {}) or path in ANOTHER) and not any(path[: len(one)] == one for one in READ_ELSEWHERE)
]


def test_what_is_read_elsewhere_is_there() -> None:
    for path, file in READ_ELSEWHERE.items():
        assert any(leaf[: len(path)] == path for leaf in LEAVES), path
        assert File(__file__).parents[3].joinpath(file).exists()


@pytest.mark.parametrize("path", _TESTED, ids=lambda path: ".".join(map(str, path)))
def test_another_value_has_an_effect(path: Path) -> None:
    values = ANOTHER.get(path, every_key.others(PlatformSpec, path, LEAVES[path]))
    assert not values or any(_effect(path, value, variant) for variant in range(len(VARIANTS)) for value in values), (
        f"{'.'.join(map(str, path))} is accepted, and no other value of it changes anything"
    )


def _effect(path: Path, value: object, variant: int) -> bool:
    changed = every_key.with_value(_platform(), path, value)
    done, before = every_key.compile_with(_project(variant), json.dumps(changed)), base(variant)
    if any(code < "MG200" for code, *_ in done.said - before.said):
        return False
    return (done.said, done.rendered, done.in_a_run) != (before.said, before.rendered, before.in_a_run)
