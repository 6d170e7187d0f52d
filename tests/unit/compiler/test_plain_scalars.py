"""Plain scalars against two readers that others wrote: PyYAML for YAML 1.1, ruamel.yaml for YAML 1.2."""

from __future__ import annotations

import datetime
import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from mlops_gitops.compiler.plain_scalars import core_value, two_readings

OLD, NEW = yaml.CSafeLoader, YAML(typ="safe", pure=True)

HAND_PICKED = [
    *("no", "No", "NO", "yes", "on", "Off", "true", "True", "TRUE", "tRUE", "null", "Null", "NULL", "~", "nULL"),
    *("010", "-010", "07", "00", "08", "019", "0o7", "0o17", "0o8", "0b11", "0x1F", "0xfF", "-0x1F", "+0x1"),
    *("1_0", "1_000.5", "0x1_F", "1__0", "_1", "1_", ".5_0", "12:30", "12:30:00", "190:20:30.15", "1:60", "-1:30"),
    *("1e3", "1e-3", "1.5e3", "1.5e+3", ".5", "5.", "+1", "-1", "+.5", "1.e3", "e3", ".", "+", "-.", "1.2.3", "1e"),
    *("2026-03-01", "2026-03-01T10:00:00Z", "2026-3-1", "1.0.0", "v1", "24h", "15_minutes", "0.1", "100m", "4Gi"),
]


def newer(text: str) -> object:
    try:
        return NEW.load(text)
    except (YAMLError, ValueError):
        return text


def older(text: str) -> object:
    try:
        return yaml.load(text, Loader=OLD)
    except ValueError:  # a date like 2026-13-01
        return text


def same(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return type(left) is type(right) and left == right


def check(text: str) -> None:
    old, new = older(text), newer(text)
    readings = two_readings(text)
    if readings is not None:
        # PyYAML leaves `y` and `n` as text, which YAML 1.1 itself does not.
        assert text.lower() in ("y", "n") or not same(old, new), (text, old, new)
        return
    if isinstance(new, float) and not math.isfinite(new):
        with pytest.raises(ValueError, match="finite"):
            core_value(text)
        return
    mine = core_value(text)
    # ruamel reads dates and 0o-less octals in its own way; ours are YAML's core rules.
    assert same(mine, new) or isinstance(new, datetime.date), (text, mine, new)
    # Where the readers differ and nothing was said, the field decides: a number without a point, or a date.
    assert same(old, mine) or isinstance(mine, float) or isinstance(old, datetime.date), (text, old, mine)


@pytest.mark.parametrize("text", HAND_PICKED)
def test_hand_picked_scalars(text: str) -> None:
    check(text)


@settings(max_examples=1500, deadline=None)
@given(st.text("01789_.:eExXobB+-aFnyNYrtu~l", min_size=1, max_size=7).filter(lambda text: newer(f"[{text}]") == newer(f"[{text}]")))
def test_what_differs_is_always_said(text: str) -> None:
    try:
        plain = isinstance(yaml.compose(text, Loader=yaml.CBaseLoader), yaml.ScalarNode)
    except yaml.YAMLError:
        return
    if plain and yaml.compose(text, Loader=yaml.CBaseLoader).value == text:
        check(text)


@pytest.mark.parametrize("text", ["9" * 5000, "0x" + "f" * 17, "-9223372036854775809"])
def test_a_number_that_no_reader_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="too large"):
        core_value(text)


@pytest.mark.parametrize("text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999"])
def test_what_is_not_finite_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        core_value(text)
