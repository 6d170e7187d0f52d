"""The writer against three readers: PyYAML (YAML 1.1), ruamel.yaml (YAML 1.2), and the compiler's own."""

from __future__ import annotations

import io
import json

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mlops_gitops.compiler.emit import emit, is_block, scalar, to_yaml
from mlops_gitops.compiler.json_text import to_json
from mlops_gitops.compiler.source import read_source
from mlops_gitops.records.artifact import Artifact, Plain

NEW = YAML(typ="safe", pure=True)

# fmt: off
AWKWARD = st.sampled_from([
    "", " ", "a ", " a", "---", "...", "#", "a #b", "a: b", "a:", ":a", "- a", "-", "? a", "&a", "*a", "!a", "%a",
    "@a", "`a`", "[a", "{a", "]", "}", ",", "a, b", "'", '"', "a'b", 'a"b', "\\", "\t", "a\tb", "\ta", "a\t",
    "no", "y", "N", "on", "null", "~", "true", "010", "0o7", "1_0", "12:30:00", "2026-03-01", "1e3", "1.5", "+1",
    ".inf", ".nan", "<<", "=", "0x1F", "0b1", "1:1", "\n", "a\n", "\na", "a\n\n", "a\nb", "a\nb\n", " a\nb\n",
    "a\n b\n", "a\n\nb\n", "a\n\n\n", "\n\n", "# a\nb\n", "a\n# b\n", "a\n---\nb\n", "a\r\nb", "a\rb", "a\n\tb\n",
    "\x00", "\x07", "\x1b", "\x7f", "\x85", "\xa0", "\u2028", "\u2029", "\ufeff", "\ufeffa\n", "\ue000", "😀", "é",
    "a\x85b\n", "a\u2028b\n", "a \nb\n", "a\n   \nb\n", "   \n", "$(PORT)", "a/b:c@d", "a=b", "100%", "x" * 1100,
])
# fmt: on
TEXT = st.one_of(AWKWARD, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
NUMBER = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
LEAF = st.one_of(TEXT, NUMBER, st.booleans(), st.none())
KEY = st.one_of(AWKWARD, st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
DATA = st.recursive(
    LEAF, lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(KEY, below, max_size=4)), max_leaves=12
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DATA)
@example({"a": ["b\nc\n", {"d": "e\n"}, ["f\n", []], {}]})
@example({"x" * 1100: 1, "y": {"z" * 1100: {"a": 1}}})
@example([1e-05, 1e16, -0.0, 1e300, 5e-324, 0.1])
def test_every_reader_reads_back_what_was_written(data: Plain) -> None:
    text = to_yaml(data)
    assert same(yaml.load(text, Loader=yaml.CSafeLoader), data)
    assert same(NEW.load(io.StringIO(text)), data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DATA)
def test_json_is_what_the_standard_library_writes(data: Plain) -> None:
    assert to_json(data) == json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_json_holds_no_infinity(value: float) -> None:
    with pytest.raises(ValueError, match="no place"):
        to_json({"a": [value]})


def test_a_known_text_is_written_as_it_was_at_first() -> None:
    data: dict[str, Plain] = {"on": ["no", "a\nb\n", {"no": "on", "a\nb\n": "a\nb\n"}]}
    assert to_yaml(data) == to_yaml(data)
    for number in range(60_000):  # More than are kept.
        scalar(f"text {number}")
    assert yaml.safe_load(to_yaml(data)) == data


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEY, LEAF, max_size=4))
def test_the_compiler_reads_its_own_writing(data: dict[str, Plain]) -> None:
    source = read_source("x.yaml", to_yaml(data).encode())
    assert source.diagnostics == ()
    assert same(source.data, data)


def same(read: object, written: object) -> bool:
    """Equal, and of the same types all the way down: True is not 1, and 1 is not 1.0."""
    if isinstance(written, dict):
        return (
            isinstance(read, dict) and list(read) == list(written) and all(same(read[k], written[k]) for k in written)
        )
    if isinstance(written, list):
        return isinstance(read, list) and len(read) == len(written) and all(map(same, read, written))
    return type(read) is type(written) and read == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ml-models", "ml-models"),
        ("app.kubernetes.io/name", "app.kubernetes.io/name"),
        ("registry.example.com/ml/server@sha256:0a1b", "registry.example.com/ml/server@sha256:0a1b"),
        ("two words", "two words"),
        ("no", '"no"'),
        ("8080", '"8080"'),
        ('up{job="x"} == 0', "'up{job=\"x\"} == 0'"),
        ('it\'s "quoted"', "'it''s \"quoted\"'"),
    ],
)
def test_text_is_bare_only_where_nobody_can_misread_it(text: str, written: str) -> None:
    assert scalar(text) == written


def test_a_script_is_written_as_a_block() -> None:
    assert to_yaml({"data": {"x.json": '{\n  "a": 1\n}\n'}}) == 'data:\n  x.json: |\n    {\n      "a": 1\n    }\n'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_no_reader_could_read_is_refused(value: Plain) -> None:
    with pytest.raises(ValueError):
        emit(Artifact("rendered/a/x.yaml", {"a": value}, "a"), "")


def test_several_documents_and_other_files() -> None:
    several = emit(Artifact("rendered/a/x.yaml", [{"a": 1}, {"b": 2}], "a"), "projects/a/")
    assert list(yaml.safe_load_all(several)) == [{"a": 1}, {"b": 2}]
    assert several.startswith(b"# Generated by mlops-gitops from projects/a/. Never edit")
    assert emit(Artifact("rendered/a/x.json", {"é": 1}, "a"), "") == '{\n  "é": 1\n}\n'.encode()
    assert emit(Artifact("rendered/a/run.sh", "exit 0\n", "a"), "") == b"exit 0\n"
    with pytest.raises(TypeError, match="only YAML and JSON"):
        emit(Artifact("rendered/a/run.sh", {"a": 1}, "a"), "")


@given(st.text(alphabet=st.sampled_from("a #\n\t\r\x7f\x85\xa0é\u2028\ufeff\U0001f600"), max_size=12))
def test_text_is_a_block_where_every_reader_gets_it_back(text: str) -> None:
    if is_block(text):
        for document in (yaml.safe_load(to_yaml({"a": text})), NEW.load(to_yaml({"a": text}))):
            assert document == {"a": text}
    plain_lines = "\n" in text and set(text) <= set("a\né") and text[0] != "\n"
    assert not plain_lines or is_block(text) == (text.endswith("\n") and not text.endswith("\n\n"))
