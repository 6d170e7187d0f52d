"""Any configuration that compiles: the same bytes twice, legal by its JSON Schema, and itself when read again."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mlops_gitops.compiler.schemas import schemas
from tests import any_spec
from tests.any_spec import Change
from tests.factory import CONFIG, CONTRACT, PLATFORM
from tests.properties.profile import examples
from tests.properties.repository import OVERLAY, TEXTS, compiled, plain, written

SCHEMAS = {name: Draft202012Validator(schema) for name, schema in schemas().items()}
SCHEMA_OF = {
    CONFIG: "mlops_config",
    OVERLAY: "environment",
    CONTRACT: "data_contract",
    PLATFORM: "platform",
}


def changed(path: str, changes: list[Change]) -> Any:
    return any_spec.changed(yaml.safe_load(TEXTS[path]), changes)


def check(path: str, changes: list[Change]) -> None:
    data = changed(path, changes)
    text = written(data)
    first = compiled({path: text})
    if first.findings.errors:
        return
    assert SCHEMAS[f"{SCHEMA_OF[path]}.schema.json"].is_valid(data)
    again = compiled({path: text})
    assert first.files == again.files
    assert first.findings == again.findings
    for name, content in first.files.items():
        if name.endswith((".yaml", ".yml")):
            assert list(yaml.load_all(content, Loader=yaml.CSafeLoader)), name
        elif name.endswith(".json"):
            json.loads(content)


@examples(100)
@given(any_spec.changes("mlops_config"))
def test_a_configuration(changes: list[Change]) -> None:
    check(CONFIG, changes)


@examples(40)
@given(any_spec.changes("environment"))
def test_an_overlay(changes: list[Change]) -> None:
    check(OVERLAY, changes)


@examples(40)
@given(any_spec.changes("platform"))
def test_a_platform(changes: list[Change]) -> None:
    check(PLATFORM, changes)


@examples(40)
@given(any_spec.changes("data_contract", 2))
def test_a_contract(changes: list[Change]) -> None:
    check(CONTRACT, changes)


@examples(60)
@given(any_spec.changes("mlops_config"))
def test_a_spec_that_is_written_out_is_read_as_it_was(changes: list[Change]) -> None:
    before = compiled({CONFIG: written(changed(CONFIG, changes))})
    if before.findings.errors:
        return
    (project,) = before.projects
    text = written(plain(project.spec))
    after = compiled({CONFIG: text})
    assert after.findings.errors == ()
    assert after.projects[0].spec == project.spec
    assert SCHEMAS["mlops_config.schema.json"].is_valid(plain(project.spec))
    assert written(plain(after.projects[0].spec)) == text


@examples(30)
@given(st.data())
def test_a_spec_is_one_however_it_is_written(data: st.DataObject) -> None:
    """Block or flow, quoted or plain, sorted or not, with aliases or without: the same files."""
    config = changed(CONFIG, data.draw(any_spec.changes("mlops_config")))
    first = compiled({CONFIG: written(config)})
    if first.findings.errors:
        return
    flow = yaml.dump(config, Dumper=yaml.CSafeDumper, default_flow_style=True, sort_keys=True, width=10**6)
    as_json = json.dumps(config, indent=data.draw(st.sampled_from([None, 1, 4])), ensure_ascii=data.draw(st.booleans()))
    for text in (flow, as_json, "\ufeff---\n" + written(config).replace("\n", "\r\n") + "...\r\n"):
        other = compiled({CONFIG: text})
        assert other.findings.errors == (), text
        assert other.projects[0].spec == first.projects[0].spec
