"""Plain scalars against PyYAML, which reads YAML 1.1, and against the table of the YAML 1.2.2 text, section 10.3.2."""

from __future__ import annotations

import datetime
import math
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_gitops.compiler.plain_scalars import Wanted, core_value, newer, older, two_readings

HAND_PICKED = [
    *("no", "No", "NO", "yes", "on", "Off", "true", "True", "TRUE", "tRUE", "null", "Null", "NULL", "~", "nULL"),
    *(
        "010",
        "-010",
        "07",
        "00",
        "08",
        "019",
        "0o7",
        "0o17",
        "0o8",
        "0b11",
        "0b_",
        "0x_",
        "0_7",
        "0:1",
        "01:30",
        "oN",
        "0x1F",
        "0xfF",
        "-0x1F",
        "+0x1",
    ),
    *("1_0", "1_000.5", "0x1_F", "1__0", "_1", "1_", ".5_0", "12:30", "12:30:00", "190:20:30.15", "1:60", "-1:30"),
    *("1e3", "1e-3", "1.5e3", "1.5e+3", ".5", "5.", "+1", "-1", "+.5", "1.e3", "e3", ".", "+", "-.", "1.2.3", "1e"),
    *("2026-03-01", "2026-03-01T10:00:00Z", "2026-3-1", "1.0.0", "v1", "24h", "15_minutes", "0.1", "100m", "4Gi"),
    *("2026-02-30", "2026-03-01 10:00:00", "2026-3-1 1:00:00", "=", "<<", "--", "<", "==", "0.0:1", "1:2.5"),
]


KINDS = {
    type(None): "nothing",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "text",
    datetime.date: "day",
    datetime.datetime: "time",
}

# The core schema as the YAML text prints it, tried from top to bottom.
CORE = (
    (r"null|Null|NULL|~", lambda text: None),
    (r"true|True|TRUE|false|False|FALSE", lambda text: text.lower() == "true"),
    (r"[-+]?[0-9]+", int),
    (r"0o[0-7]+", lambda text: int(text[2:], 8)),
    (r"0x[0-9a-fA-F]+", lambda text: int(text[2:], 16)),
    (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
)


def newer_of_judge(text: str) -> object:
    """YAML 1.2; infinities and NaN left out, for they are refused."""
    return next((read(text) for pattern, read in CORE if re.fullmatch(pattern, text)), text)


def older_of_judge(text: str) -> object:
    """YAML 1.1."""
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (ValueError, yaml.YAMLError):  # 2026-13-01 looks like a date to it, 0x_ like a number, `=` like nothing
        return ValueError


def same(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right


ONLY_A_NUMBER = Wanted(frozenset({"number"}))
ONLY_TEXT = Wanted(frozenset({"text"}))


def check(text: str) -> None:
    """Both readings are those of the judges, and where they differ in meaning it is said."""
    old, new = older_of_judge(text), newer_of_judge(text)
    mine = older(text)
    # PyYAML leaves `y` and `n` as text, which YAML 1.1 itself does not.
    if text.lower() not in ("y", "n"):
        assert old is ValueError or KINDS[type(old)] == mine.kind, (text, old, mine)
        assert mine.value is None or isinstance(old, datetime.date) or same(old, mine.value), (text, old, mine)
    assert same(newer(text).value, new)
    agree = same(old, new) and text.lower() not in ("y", "n")
    a_day = isinstance(old, datetime.date) and not isinstance(old, datetime.datetime)
    assert (two_readings(text) is None) == (agree or a_day), (text, old, new)
    number = isinstance(new, int | float) and not isinstance(new, bool)
    if number and isinstance(old, str) and not text.startswith("0o"):
        assert two_readings(text, ONLY_A_NUMBER) is None
        assert two_readings(text, ONLY_TEXT) is not None


@pytest.mark.parametrize("text", HAND_PICKED)
def test_hand_picked_scalars(text: str) -> None:
    check(text)


@settings(max_examples=1000, deadline=None)
@given(st.text("01789_.:eExXobB+-aFnyNYrtu~l", min_size=1, max_size=7))
def test_what_differs_is_always_said(text: str) -> None:
    try:
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError:
        return
    refused = text.lower().endswith((".inf", ".nan")) or _too_large(text)
    if isinstance(node, yaml.ScalarNode) and node.value == text and not refused:
        check(text)


def _too_large(text: str) -> bool:
    try:
        return math.isinf(float(text))
    except ValueError:
        return False


@pytest.mark.parametrize("text", ["9" * 5000, "0x" + "f" * 17, "-9223372036854775809"])
def test_a_number_that_no_reader_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="too large"):
        core_value(text)


@pytest.mark.parametrize("text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999"])
def test_what_is_not_finite_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        core_value(text)
