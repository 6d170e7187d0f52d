"""Whatever somebody types, saves half or merges wrongly: a clean compile, or findings at places that exist."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.factory import CONFIG
from tests.properties.profile import examples
from tests.properties.repository import TEXTS, compiled, written

PATHS = st.sampled_from(list(TEXTS))
# Characters that mean something to YAML, to a terminal, to a shell or to nobody.
PIECES = st.one_of(
    st.sampled_from(
        [
            *":-#&*!|>%@`'\"{}[],?=~<\\ \t\n\r",
            *("\x00", "\x1b[31m", "\x85", "\u2028", "\ufeff", "\u202e", "\udc80", "é", "e\u0301", "日本", "\U0001f600"),
            *("- ", ": ", "? ", "<<: ", "&a ", "*a", "!!str ", "---\n", "...\n", "%YAML 1.1\n", "null", "no", "010"),
            *("1e999", ".inf", "12:30", "2026-02-30", "0x", "-", "99999999999999999999", "[" * 70, "  " * 40),
        ]
    ),
    st.text(max_size=5),
)
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["", "no", "slack", "recall", "15m", "500m", "4Gi", "model:train", "../x", "a\0b", "x" * 300]),
    st.dates(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
)
Steps = list[tuple[float, int, str]]


def edited(text: str, steps: Steps) -> str:
    """Some pieces taken out and others put in."""
    for where, length, piece in steps:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + length :]
    return text


def saved(text: str) -> bytes:
    """As an editor saves it: what is half a character is none in UTF-8."""
    return text.encode("utf-8", "surrogatepass")


@examples(150)
@given(PATHS, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES), min_size=1, max_size=4))
def test_edited_text(path: str, steps: Steps) -> None:
    compiled({path: saved(edited(TEXTS[path], steps))})


@examples(80)
@given(PATHS, st.randoms(use_true_random=False), st.sampled_from(["drop", "double", "move", "indent", "cut", "join"]))
def test_edited_lines(path: str, random: Any, way: str) -> None:
    lines = TEXTS[path].splitlines(keepends=True)
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    match way:
        case "drop":
            del lines[at]
        case "double":
            lines.insert(other, lines[at])
        case "move":
            lines[at], lines[other] = lines[other], lines[at]
        case "indent":
            lines[at] = "  " + lines[at] if random.random() < 0.5 else lines[at].lstrip()
        case "cut":
            lines[at:] = [lines[at][: random.randrange(len(lines[at]) + 1)]]
        case "join":
            lines[at] = lines[at].rstrip("\n")
    compiled({path: "".join(lines)})


@examples(150)
@given(PATHS, st.data())
def test_another_value_or_key_anywhere(path: str, data: st.DataObject) -> None:
    content = yaml.safe_load(TEXTS[path])
    holder, key = data.draw(st.sampled_from(list(_slots(content))))
    match data.draw(st.sampled_from(["value", "key", "drop", "add"])):
        case "value":
            holder[key] = data.draw(VALUES)
        case "key" if isinstance(holder, dict):
            holder[data.draw(st.one_of(st.text(max_size=6), st.just(key.upper()), st.just(key[:-1])))] = holder.pop(key)
        case "drop":
            del holder[key]
        case _ if isinstance(holder, dict):
            holder[data.draw(st.text(max_size=6))] = data.draw(VALUES)
        case _:
            holder.append(data.draw(VALUES))
    compiled({path: saved(written(content))})


@examples(50)
@given(PATHS, st.binary(max_size=60))
def test_any_bytes(path: str, content: bytes) -> None:
    compiled({path: content})


@examples(60)
@given(st.lists(st.tuples(st.sampled_from(["&a ", "&b ", "*a", "*b", "", "<<: *a"]), VALUES), min_size=1, max_size=6))
def test_anchors_and_aliases_anywhere(values: list[tuple[str, Any]]) -> None:
    lines = "".join(
        f"    p{number}: {mark if mark.startswith('*') else mark + _flow(value)}\n"
        for number, (mark, value) in enumerate(values)
    )
    compiled({CONFIG: saved(f"{TEXTS[CONFIG]}training:\n  parameters:\n{lines}")})


@examples(60)
@given(st.lists(st.tuples(PATHS, st.floats(0, 1), PIECES), min_size=2, max_size=5))
def test_several_files_at_once(steps: list[tuple[str, float, str]]) -> None:
    changes = dict(TEXTS)
    for path, where, piece in steps:
        changes[path] = edited(changes[path], [(where, 1, piece)])
    compiled({path: saved(text) for path, text in changes.items()})


def _flow(value: Any) -> str:
    return yaml.dump(value, Dumper=yaml.CSafeDumper, default_flow_style=True, width=10**6).splitlines()[0]


def _slots(data: Any) -> Any:
    """Every place of a value: what holds it, and its key or index."""
    if isinstance(data, dict | list):
        for key in list(data) if isinstance(data, dict) else range(len(data)):
            yield data, key
            yield from _slots(data[key])
