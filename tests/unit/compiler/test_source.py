"""Reading a file: its limits, its encodings, and positions that fit what an editor shows."""

from __future__ import annotations

import pytest

from mlops_gitops.compiler.source import Source, read_source
from mlops_gitops.compiler.yaml_guard import MAX_BYTES, MAX_DEPTH, MAX_NODES


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


def test_keys_are_text_in_every_reading() -> None:
    source = read("on: 1\nno: 2\n010: 3\n1e3: 4\nnull: 5\n'<<': 6\n")
    assert source.data == {"on": 1, "no": 2, "010": 3, "1e3": 4, "null": 5, "<<": 6}
    assert source.diagnostics == ()


def test_a_second_reading_costs_only_that_value() -> None:
    source = read("a: no\nb: 1\nb: 2\nc: 3\n")
    assert source.data == {"a": "no", "b": 1, "c": 3}
    assert [found.code for found in source.diagnostics] == ["MG107", "MG108"]
