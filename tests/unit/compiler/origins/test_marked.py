"""Marked values: equal to plain ones, and whatever is made of them still tells where it comes from."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import Any

import pytest

from mlops_gitops.compiler.json_text import to_json
from mlops_gitops.compiler.origins.decisions import Decision, Given, Ways, distinct
from mlops_gitops.compiler.origins.marked import by_line, keys_in, keys_of, mark, without_marks
from mlops_gitops.spec.scalars import format_duration, whole_seconds


def m(value: Any, key: str = "a", decisions: list[Decision] | None = None) -> Any:
    """Marked as the only value of the only model: a mapping of ``value`` and ``other``."""
    place = ("value",) if key == "a" else ("other",)
    return mark(value, (key,), Given(0, place), [] if decisions is None else decisions)


PLAIN = (3, 0.25, True, "text", timedelta(minutes=5))


@pytest.mark.parametrize("value", PLAIN)
def test_a_marked_value_is_equal_to_the_plain_one(value: Any) -> None:
    assert m(value) == value
    assert value == m(value)
    assert hash(m(value)) == hash(value)
    assert {value: 1}[m(value)] == 1
    assert m(value) in [value]


@pytest.mark.parametrize("value", [None, b"bytes"])
def test_what_cannot_be_marked_stays(value: Any) -> None:
    assert m(value) is value
    assert keys_of(value) == ()


@pytest.mark.parametrize(
    ("made", "plain"),
    [
        (m(3) + 1, 4),
        (1 + m(3), 4),
        (10 // m(3), 3),
        (1 - m(0.25), 0.75),
        (round(m(0.256), 2), 0.26),
        (math.ceil(m(0.25)), 1),
        (divmod(m(75), 60)[1], 15),
        (-m(3), -3),
        (max(m(3), 1), 3),
        (sum([m(3)], 2), 5),
        (m(timedelta(minutes=5)).total_seconds(), 300.0),
        (m(timedelta(minutes=5)) * 2, timedelta(minutes=10)),
        (timedelta(minutes=1) + m(timedelta(minutes=5)), timedelta(minutes=6)),
        (sum([m(timedelta(minutes=5))], timedelta()), timedelta(minutes=5)),
        (m("text").upper(), "TEXT"),
        (m("a:b").partition(":")[2], "b"),
        (m("a b").split()[1], "b"),
        (m("text")[1:], "ext"),
        (whole_seconds(m(timedelta(minutes=5))), 300),
    ],
)
def test_what_is_worked_out_is_marked(made: Any, plain: Any) -> None:
    assert made == plain
    assert type(plain) in type(made).__mro__
    assert keys_of(made) == ("a",)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (f"<{m(3)}>", "<3>"),
        (f"{m(0.25):.1%}", "25.0%"),
        (f"{m('text'):>6}", "  text"),
        (f"{m('text')!r}", "'text'"),
        (str(m(3)), "3"),
        ("x" + m("text"), "xtext"),
        (m("text") + "x", "textx"),
        (",".join([m("a"), "b"]), "a,b"),
        ("%s" % m("text"), "text"),  # noqa: UP031 - as targets may
        (format_duration(m(timedelta(minutes=90))), "90m"),
        (json.dumps({"k": m("text")}), '{"k": "text"}'),
        (f"{m(True)}", "True"),
    ],
)
def test_what_is_written_tells_its_key(text: str, plain: str) -> None:
    assert without_marks(text) == plain
    assert keys_of(text) == ("a",)


def test_what_comes_from_several_keys_tells_them_all() -> None:
    assert keys_of(m(3, "a") + m(4, "b")) == ("a", "b")
    assert keys_of(m(3, "a") * m(4, "a")) == ("a",)
    assert keys_in(f"{m('x', 'b')}/{m('y', 'a')}@{m('z', 'b')}") == ("b", "a")
    assert keys_of(f"{m(3, 'a') + m(4, 'b'):d} items") == ("a", "b")


def test_json_text_tells_line_by_line() -> None:
    text = to_json({"one": m(1, "a"), "two": [m(0.5, "b"), m("x", "c")], "three": m(True, "d"), "four": 4})
    assert by_line(text) == [(), ("a",), (), ("b",), ("c",), (), ("d",), (), ()]


def test_json_text_of_plain_data_is_plain() -> None:
    document = {"one": 1, "two": [0.5, "x", None], "three": True}
    assert to_json(document) == json.dumps(document, indent=2)


NUMBER_LOOKS = {
    "format": (lambda v: f"{v} {v:g}", None),
    "reckon": (lambda v: v + 1, None),
    "more": (lambda v: v > 2, 2),
    "less": (lambda v: v * 2 > 4, 2),
    "truth": (bool, 0),
    "whole": (int, 4),
    "look up": (lambda v: {3: 1}.get(v), 4),
    "equal": (lambda v: v == 3, 4),
    "larger": (lambda v: max(v, 10), 11),
    "rest": (lambda v: divmod(v, 2)[1] == 1, 4),
    "seconds": (lambda v: format_duration(timedelta(seconds=1) * v), None),
}
TEXT_LOOKS = {
    "format": (lambda v: f"{v}", None),
    "upper": (lambda v: v.upper(), None),
    "join": (lambda v: ",".join([v, v]), None),
    "parts": (lambda v: v.partition(":")[0], None),
    "a part": (lambda v: v.partition(":")[2] == "b", "a:c"),
    "split": (lambda v: v.split(":"), "a"),
    "equal": (lambda v: v == "x", "x"),
    "one of": (lambda v: v in ("x", "y"), "y"),
    "begins": (lambda v: v.startswith("a"), "b"),
    "length": (len, "longer"),
    "each": (list, "a:c"),
    "truth": (bool, ""),
    "order": (lambda v: v < "m", "z"),
    "number": (lambda v: v == "3" and int(v), "3"),
}


def agree(decisions: list[Decision], models: Any) -> bool:
    ways = Ways[str]()
    ways.add(distinct(decisions), "found")
    return ways.look_up(models) == "found"


@pytest.mark.parametrize(
    ("value", "look", "other"),
    [(3, *case) for case in NUMBER_LOOKS.values()] + [("a:b", *case) for case in TEXT_LOOKS.values()],
    ids=[*NUMBER_LOOKS, *(f"text {name}" for name in TEXT_LOOKS)],
)
def test_what_decides_something_is_asked_of_others(value: Any, look: Any, other: Any) -> None:
    decisions: list[Decision] = []
    look(m(value, "a", decisions))
    assert agree(decisions, [{"value": value}])
    assert bool(decisions) == (other is not None)
    if other is not None:
        assert not agree(decisions, [{"value": other}])


def test_who_answers_alike_agrees() -> None:
    decisions: list[Decision] = []
    value = m(3, "a", decisions)
    assert value < 10
    assert value * 2 + m(1, "b", decisions) > 6
    assert agree(decisions, [{"value": 5, "other": 0}])
    assert not agree(decisions, [{"value": 3, "other": 0}])


def test_a_question_is_kept_once() -> None:
    decisions: list[Decision] = []
    value = m("x", "a", decisions)
    assert [value == "x" for _ in range(3)] == [True] * 3
    assert value.startswith(("x", "y"))
    assert len(distinct(decisions)) == 2


def test_ways_part_where_answers_do() -> None:
    ways = Ways[str]()
    for value in (1, 5, 50):
        decisions: list[Decision] = []
        number = m(value, "a", decisions)
        size = ("many" if number > 10 else "some") if number > 2 else "few"
        ways.add(distinct(decisions), size)
    assert len(ways) == 3
    models: list[Any] = [[{"value": value}] for value in (0, 2, 3, 10, 11)]
    assert [ways.look_up(one) for one in models] == ["few", "few", "some", "some", "many"]


def test_what_is_asked_with_a_list_is_asked_again() -> None:
    decisions: list[Decision] = []
    assert m(3, "a", decisions) != [3]
    assert m("abc", "a", decisions)[1:] == "bc"
    assert agree(decisions[:1], [{"value": 4}])
    assert not agree(decisions[1:], [{"value": "abd"}])


def test_a_spelling_decides_nothing_but_how_a_value_is_written() -> None:
    decisions: list[Decision] = []
    written = format_duration(m(timedelta(minutes=60), "a", decisions))
    assert without_marks(written) == "1h"
    assert decisions == []
    assert written == "1h"
    assert agree(decisions, [{"value": timedelta(hours=1)}])
    assert not agree(decisions, [{"value": timedelta(hours=2)}])
