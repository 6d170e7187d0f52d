"""Lines are counted as the writer writes them: a YAML parser is the judge."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_gitops.compiler.emit import emit
from mlops_gitops.compiler.origins.decisions import Constant
from mlops_gitops.compiler.origins.lines import lines_of
from mlops_gitops.compiler.origins.marked import mark
from mlops_gitops.records.artifact import Artifact

TEXTS = st.one_of(
    st.sampled_from(["", "yes", "a: b", "# x", "two\nlines\n", "two\nlines", " lead\nx\n", "end\n\n", "tab\tx\n", "ü"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
)
LEAVES = st.one_of(TEXTS, st.integers(-5, 5), st.floats(0, 9, allow_nan=False), st.booleans())
KEYS = st.one_of(st.text("abc", min_size=1, max_size=3), st.just("k" * 1200))
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


def marked(value: Any, keys: list[str]) -> Any:
    """Each leaf with a key of its own, noted in order."""
    if isinstance(value, dict):
        return {key: marked(item, keys) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item, keys) for item in value]
    keys.append(f"leaf{len(keys)}")
    return mark(value, (keys[-1],), Constant(value), [])


def first_lines(found: list[tuple[int, tuple[str, ...]]]) -> dict[str, int]:
    first: dict[str, int] = {}
    for line, keys in found:
        for key in keys:
            first.setdefault(key, line)
    return first


def leaf_lines(node: yaml.Node) -> list[int]:
    """Where each leaf's text begins: of a block, the line below its `|`."""
    if isinstance(node, yaml.MappingNode):
        return [line for _, value in node.value for line in leaf_lines(value)]
    if isinstance(node, yaml.SequenceNode):
        return [line for value in node.value for line in leaf_lines(value)]
    return [node.start_mark.line + (2 if node.style == "|" else 1)]


@settings(max_examples=150, deadline=None)
@given(st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_yaml_is_counted_as_it_is_written(documents: list[Any]) -> None:
    content = documents if len(documents) > 1 else documents[0]
    if isinstance(content, list) and len(documents) == 1:
        content = {"list": content}  # a list at the top is several documents
    text = emit(Artifact("rendered/p/x.yaml", content, "p"), "projects/p/").decode()
    keys: list[str] = []
    lines = lines_of(Artifact("rendered/p/x.yaml", marked(content, keys), "p"))
    assert lines.count == text.count("\n")
    parsed = [line for node in yaml.compose_all(text, yaml.CSafeLoader) for line in leaf_lines(node)]
    assert first_lines(lines.found) == dict(zip(keys, parsed, strict=True))


@settings(max_examples=50, deadline=None)
@given(DOCUMENTS)
def test_json_is_counted_as_it_is_written(document: Any) -> None:
    text = emit(Artifact("rendered/p/x.json", document, "p"), "").decode()
    keys: list[str] = []
    lines = lines_of(Artifact("rendered/p/x.json", marked(document, keys), "p"))
    assert lines.count == text.count("\n")
    written = text.split("\n")
    for key, number in first_lines(lines.found).items():
        value = leaf(document, int(key.removeprefix("leaf")))
        assert json.dumps(value, ensure_ascii=False) in written[number - 1]


def leaf(document: Any, wanted: int) -> Any:
    found: list[Any] = []

    def look(value: Any) -> None:
        if isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                look(item)
        else:
            found.append(value)

    look(document)
    return found[wanted]


def test_a_text_file_is_counted_line_by_line() -> None:
    name = mark("base", ("image",), Constant("base"), [])
    artifact = Artifact("Dockerfile", f"FROM {name}\n\nUSER 1\nLABEL {name}\n", "p")
    # One line of header: the file stands outside of rendered/.
    assert lines_of(artifact).found == [(2, ("image",)), (5, ("image",))]
    assert lines_of(artifact).count == 5
