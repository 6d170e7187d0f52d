"""Reading a file: its limits, its encodings, and positions that fit what an editor shows."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlops_gitops.compiler import source as reading
from mlops_gitops.compiler.source import Source, read_source
from mlops_gitops.compiler.yaml_guard import MAX_DEPTH, MAX_NODES, needs_no_guard
from mlops_gitops.compiler.yaml_text import MAX_BYTES


def read(text: str | bytes) -> Source:
    return read_source("x.yaml", text.encode() if isinstance(text, str) else text)


def complaint(text: str | bytes) -> str:
    source = read(text)
    assert source.data is None
    assert len(source.diagnostics) == 1
    return source.diagnostics[0].message


def test_brackets_without_end_do_not_crash_the_parser() -> None:
    assert complaint("[" * 100_000) == f"the file is more than {MAX_DEPTH} levels deep"
    assert complaint("- " * 100_000) == f"the file is more than {MAX_DEPTH} levels deep"
    assert complaint("{a: " * 100_000) == f"the file is more than {MAX_DEPTH} levels deep"


def test_a_file_may_be_large_but_not_too_large() -> None:
    assert read("a: " + "x" * (MAX_BYTES - 3)).diagnostics == ()
    assert (
        complaint("a: " + "x" * MAX_BYTES)
        == f"the file is {MAX_BYTES + 3:,} bytes long; at most {MAX_BYTES:,} are read"
    )


def test_values_are_counted() -> None:
    assert complaint("[" + "a," * MAX_NODES + "]") == f"the file is more than {MAX_NODES:,} values"


def test_no_more_than_a_handful_of_control_characters_is_listed() -> None:
    assert len(read("\x00" * 1000).diagnostics) == 20


@pytest.mark.parametrize(
    "text", ["", "\n", "# only a comment\n", "---\n", "---\n...\n", "~", "null\n", b"\xef\xbb\xbf"]
)
def test_an_empty_file_is_an_empty_mapping(text: str | bytes) -> None:
    source = read(text)
    assert source.data == {}
    assert source.diagnostics == ()


@pytest.mark.parametrize("text", ["a: 1\r\nb:\r\n  c: x\r\n", "\ufeffa: 1\nb:\n  c: x\n", "a: 1\rb:\r  c: x\r"])
def test_positions_count_lines_and_characters(text: str) -> None:
    source = read(text)
    assert source.data == {"a": 1, "b": {"c": "x"}}
    span = source.spans.value(("b", "c"))
    assert span is not None
    assert (span.line, span.column, span.end_column) == (3, 6, 7)


def test_columns_are_characters_not_bytes() -> None:
    span = read("日本: {é: '語', b: x}").spans.value(("日本", "b"))
    assert span is not None
    assert (span.column, span.end_column) == (17, 18)


def test_quoted_and_block_text_is_text_whatever_it_looks_like() -> None:
    assert read("a: 'no'\nb: \"010\"\nc: |\n  1\nd: >-\n  true\n").data == {
        "a": "no",
        "b": "010",
        "c": "1\n",
        "d": "true",
    }


def test_quoted_keys_are_text_and_a_bare_one_is_kept_as_written() -> None:
    text = "'on': 1\n\"no\": 2\n'010': 3\n'': 4\n'<<': 5\nplain: 6\n"
    assert read(text).data == {"on": 1, "no": 2, "010": 3, "": 4, "<<": 5, "plain": 6}
    assert read(text).diagnostics == ()
    bare = read("on: 1\n5: 2\n")
    assert bare.data == {"on": 1, "5": 2}
    assert [found.code for found in bare.diagnostics] == ["MG107", "MG109"]


def test_an_alias_is_a_copy_at_its_own_place() -> None:
    source = read("a: &a {b: [1, &two 2]}\nc: *a\nd: [*two, *a]\n*two : 5\n")
    assert [found.message for found in source.diagnostics] == ["a key must be text, and this is the number 2"]
    assert source.data == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": [2, {"b": [1, 2]}], "2": 5}
    assert isinstance(source.data, dict)
    assert source.data["a"] is not source.data["c"]
    span = source.spans.value(("d", 1, "b", 1))
    assert str(span) == "x.yaml:3:11"
    assert span is not None
    assert str(span.origin) == "x.yaml:1:15"
    assert source.spans.text(("d", 1, "b", 1)) == "2"
    assert source.spans.text(("c",)) is None
    own = source.spans.value(("a", "b", 1))
    assert own is not None
    assert own.origin is None


@pytest.mark.parametrize(
    "text", ["? [a, &x b]\n: 1\nc: *x\n", "a: &x 1\n<<: {b: *x}\nc: *x\n", "a: &x 1\na: *x\nc: *x\n"]
)
def test_aliases_in_what_is_skipped_do_not_move_the_others(text: str) -> None:
    span = read(text).spans.value(("c",))
    assert span is not None
    assert (span.line, span.column) == (3, 4)


def test_aliases_are_counted_without_being_written_out() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 500)]
    assert complaint("\n".join(lines)) == f"the file is more than {MAX_NODES:,} values, its aliases written out"
    deep = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 500))
    assert complaint(deep) == f"the file is more than {MAX_DEPTH} levels deep, its aliases written out"


def test_exactly_the_limits_may_be_reached() -> None:
    half = "a: &a [" + "x," * (MAX_NODES // 2 - 4) + "]\n"
    assert read(half + "b: *a\nc: 1\n").diagnostics == ()
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH).diagnostics == ()
    assert read("a: &a " + "[" * 29 + "]" * 29 + "\nb: " + "[" * 30 + "*a" + "]" * 30).diagnostics == ()


def test_a_second_reading_costs_only_that_value() -> None:
    source = read("a: no\nb: 1\nb: 2\nc: 3\n")
    assert source.data == {"a": "no", "b": 1, "c": 3}
    assert [found.code for found in source.diagnostics] == ["MG107", "MG108"]


def deep(levels: int) -> str:
    return "".join(f"{'  ' * level}a:\n" for level in range(levels))


@given(st.text(alphabet="ab01:-?[]{},\n \t#'\"%|>~.&*!<", max_size=40))
@example("? [a]\n: b")
@example("a: 1\n---\nb: 2")
@example("...\n%YAML 1.1\n---\na: 1")
@example("{a: 1, a: 2, 010: no}")
@example("[" * 61 + "]" * 61)
@example("[" * 60 + "]" * 60)
@example(deep(15))
@example("- " * 70)
def test_a_file_that_needs_no_guard_reads_the_same_with_one(text: str) -> None:
    alone = read(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "needs_no_guard", lambda _: False)
        guarded = read(text)
    assert (alone.data, alone.diagnostics) == (guarded.data, guarded.diagnostics)
    assert alone.spans.value(()) == guarded.spans.value(())


@pytest.mark.parametrize(
    "text", ["a: &b 1", "a: *b", "a: !!str b", "%YAML 1.2", "a\n%YAML", "a: 1\r\n", "[" * 201, "- " * 20, deep(21)]
)
def test_what_the_guard_is_for_is_left_to_it(text: str) -> None:
    assert not needs_no_guard(text)
    assert needs_no_guard("a: [1, {b: c}]\nd:\n  - 95 %\n")
