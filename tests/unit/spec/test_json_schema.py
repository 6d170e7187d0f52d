"""The committed JSON Schemas: current, right about right files, and as strict as the compiler about wrong ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from mlops_gitops.compiler.schemas import schema_files, schemas
from tests.factory import CONFIG, CONTRACT, FILES, PLATFORM, PROJECT, Content, compiled

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = schemas()
OVERLAY = f"{PROJECT}/environments/production.yaml"
RELEASE = f"{PROJECT}/releases/staging.yaml"
SCHEMA_OF = {
    CONFIG: "mlops_config.schema.json",
    CONTRACT: "data_contract.schema.json",
    PLATFORM: "platform.schema.json",
    OVERLAY: "environment.schema.json",
    RELEASE: "release.schema.json",
}


def accepts(path: str, text: str) -> bool:
    """Whether the file's schema does; the text is read as editors read it."""
    data = yaml.load(text, Loader=yaml.CSafeLoader)
    return Draft202012Validator(SCHEMAS[SCHEMA_OF[path]]).is_valid({} if data is None else data)


def compiles(path: str, text: str) -> bool:
    changes: dict[str, Content] = {path: text}
    return not compiled(changes).findings.errors


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_schema_and_needs_no_place(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert "$id" not in SCHEMAS[name]
    assert SCHEMAS[name]["title"]
    assert SCHEMAS[name]["additionalProperties"] is False


def test_the_committed_schemas_are_current() -> None:
    committed = {f"schemas/{path.name}": path.read_bytes() for path in (ROOT / "schemas").iterdir()}
    assert committed == schema_files(), "run `mlops-gitops schema --write`"


@pytest.mark.parametrize("path", [CONFIG, CONTRACT, PLATFORM])
def test_the_repositorys_own_files_are_accepted(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    errors = Draft202012Validator(SCHEMAS[SCHEMA_OF[path]]).iter_errors(yaml.safe_load(text))
    assert [error.message for error in errors] == []


def everything() -> Any:
    for name, schema in SCHEMAS.items():
        for section_name, section in ((name, schema), *schema.get("$defs", {}).items()):
            for key, value in section.get("properties", {}).items():
                yield f"{section_name}.{key}", value, schema


@pytest.mark.parametrize(
    ("where", "value", "schema"), list(everything()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_examples_and_defaults_are_legal(where: str, value: dict[str, Any], schema: dict[str, Any]) -> None:
    validator = Draft202012Validator({**value, "$defs": schema.get("$defs", {})})
    for example in [*value.get("examples", []), *([value["default"]] if "default" in value else [])]:
        assert validator.is_valid(example), where


@pytest.mark.parametrize("name", ["mlops_config.schema.json", "data_contract.schema.json", "platform.schema.json"])
def test_every_key_is_described(name: str) -> None:
    schema = SCHEMAS[name]
    for section in (schema, *schema["$defs"].values()):
        for key, value in section.get("properties", {}).items():
            reference = value.get("anyOf", [value])[0].get("$ref", "")
            target = schema["$defs"].get(reference.rpartition("/")[2], {})
            assert value.get("description") or target.get("description"), key


GOOD = [
    (CONFIG, FILES[CONFIG]),
    (CONTRACT, FILES[CONTRACT]),
    (PLATFORM, FILES[PLATFORM]),
    (
        CONFIG,
        FILES[CONFIG]
        + "serving:\n  slo:\n    latency: 2_hours\ntraining:\n  resources:\n    cpu: 2\n    memory: 1.5Gi\n",
    ),
    (CONFIG, FILES[CONFIG] + "stack:\n  serving: fastapi\n  ci_cd: null\n"),
    (OVERLAY, "serving:\n  replicas: 3\n"),
    (OVERLAY, "testing:\n  thresholds:\n    recall: 0.9\n    f1_score: null\nserving: null\n"),
    (OVERLAY, ""),
    (OVERLAY, "training:\n  env: [{name: LEVEL, value: info}]\n  tolerations: {gpu: {effect: NoExecute}}\n"),
    (CONFIG, FILES[CONFIG] + "training:\n  env:\n    LEVEL: {value: info}\nserving: null\n"),
    (PLATFORM, FILES[PLATFORM] + "defaults:\n  serving: {replicas: 2, env: {LEVEL: {value: info}}}\n  data: null\n"),
    (PLATFORM, FILES[PLATFORM] + "defaults:\n  project:\n    owners: ['@ml-platform']\n"),
]


@pytest.mark.parametrize(("path", "text"), GOOD)
def test_right_files_are_right_to_both(path: str, text: str) -> None:
    assert accepts(path, text)
    assert compiles(path, text)


def config(old: str, new: str) -> tuple[str, str]:
    assert old in FILES[CONFIG]
    return CONFIG, FILES[CONFIG].replace(old, new)


BAD = [
    (CONFIG, ""),
    (CONFIG, "- pipeline\n"),
    (CONFIG, FILES[CONFIG] + "colour: red\n"),
    config("recall: 0.85", "recall: high"),
    config("recall: 0.85", "recall: 85"),
    config("recall: 0.85", "recal: 0.85"),
    config("- model_training", "- model_trainning"),
    config("    - recall\n", "    - recal\n"),
    config("    - slack", "    - pager"),
    config("- slack", "- slack\n  escalation_policy:\n    warning: soon"),
    config("alerting:", "serving:\n  replicas: 0\nalerting:"),
    config("alerting:", "serving:\n  resources:\n    memory: lots\nalerting:"),
    config("alerting:", "training:\n  entrypoint: model.train\nalerting:"),
    config("alerting:", "project:\n  name: Fraud_Detection\nalerting:"),
    config("alerting:", "stack:\n  serving: kservee\nalerting:"),
    (CONTRACT, FILES[CONTRACT].replace("type: float", "type: decimal")),
    (CONTRACT, FILES[CONTRACT].replace("label: is_fraud\n", "")),
    (PLATFORM, FILES[PLATFORM].replace("kind: local", "kind: moon")),
    (PLATFORM, FILES[PLATFORM].replace("  staging:", "  Staging_1:")),
    (PLATFORM, FILES[PLATFORM].replace("3.20", "-1")),
    (OVERLAY, "serving:\n  replica: 3\n"),
    (OVERLAY, "training:\n  seed: 7\n"),
    (OVERLAY, "stack:\n  ci_cd: gitlab_ci\n"),
    (OVERLAY, "training:\n  env: [{value: info}]\n"),
    (OVERLAY, "training:\n  env: {LEVEL: info}\n"),
    (CONFIG, FILES[CONFIG] + "alerting: null\n"),
    (CONFIG, FILES[CONFIG] + "training:\n  tolerations: {gpu: {effect: Never}}\n"),
    (PLATFORM, FILES[PLATFORM] + "defaults:\n  serving: {replicas: two}\n"),
    (PLATFORM, FILES[PLATFORM] + "defaults:\n  servng: {replicas: 2}\n"),
    (PLATFORM, FILES[PLATFORM] + "defaults:\n  project: {name: fraud-detection}\n"),
    (PLATFORM, FILES[PLATFORM] + "defaults:\n  training: {env: [{value: info}]}\n"),
    (PLATFORM, FILES[PLATFORM] + "nodes:\n  nvidia.com/gpu: {tolerations: {gpu: {}}}\n"),
    (OVERLAY, "- serving\n"),
    (RELEASE, "project: fraud-detection\nenvironment: staging\nmodel: {version: 1, digest: sha256:12}\n"),
]


@pytest.mark.parametrize(("path", "text"), BAD)
def test_wrong_files_are_wrong_to_both(path: str, text: str) -> None:
    assert not accepts(path, text)
    assert not compiles(path, text)


def test_the_schemas_do_not_hang_on_the_hash_seed() -> None:
    program = "from mlops_gitops.compiler.schemas import *; print(schema_files())"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, timeout=60
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {f"{schema_files()}\n".encode()}
