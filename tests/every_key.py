"""A configuration that writes every key there is, other values for each, and all that a value can have an effect on.

What it does not write ``tests/unit/compiler/test_no_key_is_ignored.py`` names: a new key is added here first.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import yaml
from pydantic import BaseModel

from mlops_gitops.compiler.driver import PASSES, across, compile_project
from mlops_gitops.compiler.opened import open_tree
from mlops_gitops.compiler.targets import REPOSITORY_TARGETS
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.pipeline.stage import Measurement
from mlops_gitops.records.artifact import Artifact
from mlops_gitops.records.project import Project
from mlops_gitops.spec.scalars import format_duration, parse_duration
from mlops_gitops.stages import STAGES
from mlops_gitops.stages.testing_cases import all_cases
from tests import factory
from tests.factory import CONFIG, FILES, PLATFORM, PROJECT, Content

Path = tuple[str | int, ...]
DIGEST = "sha256:" + "0123456789abcdef" * 4

PROJECT_TEXT = """\
apiVersion: mlops-gitops/v1
project:
  name: fraud-detection
  description: Stops payments that look stolen.
  owners: ["@fraud-team"]
  risk_class: high
  risk_reason: Who is refused cannot pay.
stack:
  monitoring: prometheus_grafana
  profile: enterprise
  data_versioning: dvc
  experiment_tracking: mlflow
  model_registry: mlflow
  ci_cd: gitlab_ci
  containers: docker
  orchestration: kubernetes
  serving: kserve
  unit_tests: pytest
  acceleration: nvidia_gpu
data: {entrypoint: "data:load", contract: data_contract.yaml, retention: 365d}
pipeline:
  stages: [data_validation, data_preprocessing, feature_engineering, model_training, model_evaluation, model_testing,
           model_validation, model_packaging, model_deployment, model_monitoring, model_retraining]
  triggers: {data_update: true, schedule_daily: false, performance_regression: true}
  timeout: 20h
  runner_tags: [gpu]
  notifications: {on_failure: true, on_success: true}
  stage_options:
    model_training: {timeout: 3h}
    model_monitoring: {max_latency_p95: 90ms}
training:
  entrypoint: model:train
  framework: keras
  parameters: {depth: 3}
  workers: 2
  resources:
    cpu: 2
    requests: {vendor.example.com/rdma: 1}
    limits: {cpu: 4, vendor.example.com/rdma: 1}
  accelerator: {resource: nvidia.com/gpu, count: 2}
  shared_memory: 2Gi
  checkpoints: {enabled: true, storage: 20Gi, storage_class: fast}
  schedule: 0 3 * * 1
  queue: vision
  priority_class: batch
  node_selector: {zone: a}
  tolerations: [{key: spot, operator: Equal, value: "1"}]
  env: [{name: LEVEL, value: info}, {name: TOKEN, secret: {name: tracking, key: token}}]
testing:
  categories: [unit_test, integration_test, data_test, model_test, inference_test, security_test, fairness_test,
               robustness_test]
  thresholds: {recall: 0.85, f1_score: 0.9}
  primary_metric: recall
  sensitive_attributes: [region]
registry: {retention: {production: 3000d, experimental: 400d, failed_runs: 7d}}
serving:
  replicas: 2
  resources:
    cpu: 500m
    requests: {vendor.example.com/fpga: 1}
    limits: {cpu: 4, vendor.example.com/fpga: 1}
  accelerator: {resource: nvidia.com/gpu, count: 1}
  autoscaling: {max_replicas: 6, requests_per_second: 20, cpu_utilization: 60}
  canary: {steps: [10, 50], interval: 5m}
  node_selector: {zone: a}
  tolerations: [{key: spot, operator: Equal, value: "1"}]
  env: [{name: LEVEL, value: info}, {name: TOKEN, secret: {name: tracking, key: token}}]
monitoring:
  metrics: [recall, accuracy, inference_latency_p95, chargebacks]
  custom_metrics:
    chargebacks: {direction: lower, prometheus: chargebacks_share, description: Money back, unit: share, limit: 0.1}
alerting: {channels: [slack]}
governance:
  approvers: ["@risk-office"]
  keep: {production_models: 2500d, experimental_models: 30d, data: 300d, test_reports: 400d}
"""

# What has an effect only beside something else than the above.
VARIANTS: tuple[dict[str, Any], ...] = (
    {},
    {"stack": {"ci_cd": None, "profile": "startup"}, "governance": {"keep": {"test_reports": "300d"}}},
    {"serving": {"autoscaling": {"requests_per_second": None}}, "project": {"owners": None, "risk_class": None}},
    {"training": {"workers": 1, "schedule": None, "accelerator": {"resource": None}}},
    {"pipeline": {"timeout": "40h"}, "training": {"schedule": None}, "serving": {"accelerator": {"resource": None}}},
)

PLATFORM_TEXT = (
    FILES[PLATFORM]
    + """\
priority_classes: {batch: {value: 10, preempts: false, description: Can wait.}}
escalation:
  warning: {channel: slack, target: "#ml-leads", secret: slack-webhook}
  critical: {channel: slack, target: "#on-call", secret: slack-webhook}
"""
)


def config() -> dict[str, Any]:
    """The configuration."""
    data = yaml.safe_load(PROJECT_TEXT)
    assert isinstance(data, dict)
    return data


def with_value(data: Mapping[str, Any], path: Path, value: object) -> dict[str, Any]:
    """A copy with one value replaced."""
    result: dict[str, Any] = json.loads(json.dumps(data))
    here: Any = result
    for part in path[:-1]:
        here = here.setdefault(part, {}) if isinstance(here, dict) else here[part]
    here[path[-1]] = value
    return result


def varied(data: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the values of ``variant``; ``None`` takes a key away."""
    result: dict[str, Any] = json.loads(json.dumps(data))
    for name, value in variant.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = varied(result.get(name, {}), value) if isinstance(value, dict) else value
    return result


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no section, with its path."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if _has_sections(data) else ()
    if not items:
        yield path, data
    for name, value in items:
        yield from leaves(value, (*path, name))


def _has_sections(data: object) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], dict)


@dataclass(frozen=True)
class Outcome:
    """What a configuration comes to: the findings, and without errors the project and its rendered files as data."""

    found: tuple[Diagnostic, ...]
    project: Project | None
    artifacts: tuple[Artifact, ...]

    @cached_property
    def said(self) -> set[tuple[str, ...]]:
        """The findings: code, message, severity and notes, wherever they stand."""
        notes = {one: (re.sub(r":\d+:\d+", "", note) for note in one.related) for one in self.found}
        return {(one.code, one.message, one.severity.value, *notes[one]) for one in self.found}

    @cached_property
    def rendered(self) -> dict[str, str]:
        """The rendered files without what is only a digest of the sources: that changes with everything."""
        if self.project is None:
            return {}
        training, settings = self.project.training_key, self.project.config_digest
        texts = {one.path: json.dumps(one.content) for one in self.artifacts}
        plain = {path: text.replace(training, "KEY").replace(settings, "DIGEST") for path, text in texts.items()}
        return {path: re.sub(r"fraud-detection-train-\w+", "JOB", text) for path, text in plain.items()}

    @cached_property
    def in_a_run(self) -> dict[str, str]:
        """What the stages of a run go by: what decides their outputs, and how they judge what they measured."""
        return _in_a_run(self.project) if self.project else {}


@functools.cache
def base(variant: int = 0) -> Outcome:
    """What one of the variants compiles to."""
    return compile_with(varied(config(), VARIANTS[variant]))


def compile_with(written: Mapping[str, Any], platform: str = PLATFORM_TEXT) -> Outcome:
    """What a project's configuration comes to, in a repository with a release in each environment."""
    opened = open_tree(factory.tree({**_files(written), PLATFORM: platform}))
    unit = compile_project(opened, opened.names[0], PASSES[:-1])
    whole = () if unit.summary is None else (unit.summary,)
    shared = (one for target in REPOSITORY_TARGETS for one in target(opened.platform, whole))
    found = (*opened.file.diagnostics, *unit.found, *across(opened, whole))
    return Outcome(found, unit.project, (*unit.artifacts, *(shared if whole else ())))


def _files(project: Mapping[str, Any]) -> dict[str, Content]:
    files: dict[str, Content] = {CONFIG: json.dumps(project), PLATFORM: PLATFORM_TEXT}
    # What `others` names as another entrypoint.
    files[f"{PROJECT}/other.py"] = "def function(*given, **named): ...\n"
    files[f"{PROJECT}/environments/staging.yaml"] = (
        "stack: {serving: fastapi}\ntraining: {accelerator: {count: 0}}\nserving: {accelerator: {count: 0}}\n"
    )
    for environment in ("staging", "production"):
        digests = "".join(f"  {key}_digest: {DIGEST}\n" for key in ("code", "environment", "config"))
        files[f"{PROJECT}/releases/{environment}.yaml"] = (
            f"project: fraud-detection\nenvironment: {environment}\nmodel:\n  version: 3\n  digest: {DIGEST}\n{digests}"
            '  data_digest: md5:0123456789abcdef0123456789abcdef\n  run: "7"\n  trained_at_commit: 4bd08a4\n'
        )
    return files


def _in_a_run(project: Project) -> dict[str, str]:
    seen = dict[str, str]()
    for name, stage in STAGES.items():
        if name.value != "model_packaging":  # It names the whole stack: that proves nothing about a key of it.
            seen[f"{name.value} parameters"] = json.dumps(stage.parameters(project), sort_keys=True, default=str)
        for environment in project.environments:
            there = replace(project, spec=environment.spec)
            seen[f"{name.value} gates in {environment.name}"] = repr(stage.gates(there, _measured(there)))
    return seen


class _Numbers(dict[str, float]):
    """Any metric that is asked for."""

    def __missing__(self, name: str) -> float:
        return 0.5

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: object = None) -> Any:
        """As if it were there."""
        return 0.5


def _measured(project: Project) -> Measurement:
    numbers = _Numbers(region_gap=0.5, coverage=0.5)
    cases = [
        {"case": {"id": case.id}, "status": "passed", "finding": {"metrics": numbers, "intervals": {}, "details": {}}}
        for case in all_cases(project)
    ]
    return Measurement(metrics=numbers, details=defaultdict(dict, cases=cases))


def others(model: type[BaseModel], path: Path, value: Any) -> list[Any]:
    """Values for a key: of a choice all, else others that may be legal."""
    schema = _schema_at(model, path)
    if choices := [one for branch in _branches(schema, model) for one in branch.get("enum", ())]:
        return choices
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value - 1, value * 2, value / 2, value * 0.9, value * 1.1]
    if isinstance(value, dict):
        return [{"x": "y"}]
    return _other_lists(value) if isinstance(value, list) else _other_texts(value) if isinstance(value, str) else []


def _other_lists(value: list[Any]) -> list[Any]:
    return [value[:-1], value[1:], [*value, 5], [*value, "@somebody"], [*value, "region"]]


def _other_texts(value: str) -> list[Any]:
    found: list[Any] = []
    with contextlib.suppress(ValueError):
        length = parse_duration(value)
        found = [*(format_duration(length * factor) for factor in (2, 0.5, 0.9, 0.05)), "3600d", "forever"]
    doubled = re.sub(r"^\d+", lambda match: str(2 * int(match[0])), value)
    return [*found, doubled, f"{value}x", "other:function", "0 4 * * 2"]


Schema = dict[str, Any]


@functools.cache
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema(mode="validation")


def _schema_at(model: type[BaseModel], path: Path) -> Schema:
    here = _schema(model)
    for part in path:
        below = [one for branch in _branches(here, model) for one in _below(branch, part)]
        here = below[0] if below else {}
    return here


def _below(schema: Schema, part: str | int) -> Iterator[Schema]:
    if part in schema.get("properties", {}):
        yield schema["properties"][part]
    elif isinstance(part, int) and "items" in schema:
        yield schema["items"]
    elif isinstance(schema.get("additionalProperties"), dict):
        yield schema["additionalProperties"]
    else:
        yield from schema.get("patternProperties", {}).values()


def _branches(schema: Schema, model: type[BaseModel]) -> Iterator[Schema]:
    if "$ref" in schema:
        yield from _branches(_schema(model)["$defs"][schema["$ref"].rpartition("/")[2]], model)
    elif "anyOf" in schema:
        for branch in schema["anyOf"]:
            yield from _branches(branch, model)
    else:
        yield schema
