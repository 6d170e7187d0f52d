"""What is known of a spec can be read; what is not stops the reader."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mlops_gitops.compiler.rules.policy.effective import ABSENT, effective
from mlops_gitops.compiler.unknowns import (
    PartlyKnown,
    PartlyKnownItems,
    PartlyWritten,
    UnknownError,
    known_items,
    until_unknown,
    with_unknown,
)
from mlops_gitops.spec.pipeline import Pipeline
from mlops_gitops.spec.project import ProjectSpec

SPEC = ProjectSpec.model_validate(
    {
        "pipeline": {"stages": ["model_training"], "stage_options": {"model_training": {"timeout": "2h"}}},
        "testing": {"thresholds": {"recall": 0.9, "accuracy": 0.8}},
        "monitoring": {},
        "alerting": {},
    }
)


def test_only_what_is_unknown_cannot_be_read() -> None:
    partly = with_unknown(SPEC, [("pipeline", "timeout"), ("training",), ("testing", "thresholds", "recall")])
    assert partly.pipeline.stages == SPEC.pipeline.stages
    assert partly.pipeline.stages_timeout() == SPEC.pipeline.stages_timeout()
    assert isinstance(partly, ProjectSpec)
    assert isinstance(partly.pipeline, Pipeline)
    for read in (
        lambda: partly.pipeline.timeout,
        lambda: partly.pipeline.overall_timeout(),
        lambda: partly.training,
        lambda: partly.training_devices(),
        lambda: partly.testing.thresholds["recall"],
    ):
        with pytest.raises(UnknownError):
            read()


@pytest.mark.parametrize(
    "look",
    [
        lambda spec: spec.plain,
        lambda spec: spec.model_dump(),
        lambda spec: spec.model_copy(),
        lambda spec: spec == SPEC,
        dict,
        hash,
        lambda spec: spec.pipeline == SPEC.pipeline,
    ],
)
def test_nobody_sees_all_of_it(look: Callable[[Any], object]) -> None:
    with pytest.raises(UnknownError):
        look(with_unknown(SPEC, [("pipeline", "timeout")]))


def test_the_whole_spec_stays_whole() -> None:
    with_unknown(SPEC, [("pipeline", "timeout"), ("serving", "slo")])
    assert SPEC.pipeline.timeout is None
    assert SPEC.serving.slo == ProjectSpec.model_validate(SPEC.plain).serving.slo
    assert type(SPEC) is ProjectSpec


def test_known_entries_of_a_mapping_come_first() -> None:
    partly = PartlyKnown({"a": 1, "b": 2}, ["c"])
    assert partly["a"] == partly.get("a") == 1
    assert "b" in partly
    assert "d" not in partly
    assert partly.get("d", 4) == 4
    assert partly
    for all_of_it in (partly, partly.keys(), partly.values(), partly.items()):
        assert len(list(until_unknown(all_of_it))) == 2
    with pytest.raises(KeyError):
        partly["d"]


def test_all_that_a_dict_can_be_asked_is_answered_on_purpose() -> None:
    asked = {name for name in dir(dict) if not name.startswith("__") or name in ("__or__", "__ror__", "__reversed__")}
    changing = {"clear", "pop", "popitem", "setdefault", "update", "fromkeys"}
    assert {name for name in asked - changing if not hasattr(PartlyKnown, name)} == set()
    assert {name for name in changing if hasattr(PartlyKnown, name)} == set()
    assert not isinstance(PartlyKnown({}, []), dict)


def json_text(partly: PartlyKnown) -> str:
    return json.dumps({**partly})


@pytest.mark.parametrize(
    "look",
    [
        lambda partly: partly["c"],
        lambda partly: partly.get("c"),
        lambda partly: "c" in partly,
        len,
        dict,
        sorted,
        lambda partly: {**partly},
        reversed,
        copy.copy,
        copy.deepcopy,
        json_text,
        lambda partly: partly == {},
        lambda partly: partly != {},
        lambda partly: partly | {"d": 1},
        lambda partly: {"d": 1} | partly,
        lambda partly: partly.copy(),
        lambda partly: list(partly.keys()),
        lambda partly: list(partly.items()),
        lambda partly: len(partly.values()),
        lambda partly: "c" in partly.keys(),  # noqa: SIM118 - the view is asked here
        lambda partly: 3 in partly.values(),
        lambda partly: any(value == 3 for value in partly.values()),
    ],
)
def test_a_mapping_is_never_taken_for_all_that_was_written(look: Callable[[Any], object]) -> None:
    with pytest.raises(UnknownError):
        look(PartlyKnown({"a": 1}, ["c"]))


def test_known_items_of_a_list_keep_their_places() -> None:
    partly = PartlyKnownItems(["a", "b", "c"], [1, 3])
    assert list(until_unknown(known_items(partly))) == [(0, "a"), (2, "b"), (4, "c")]
    assert list(until_unknown(partly)) == ["a"]
    assert (partly[0], partly[2], partly[:1], partly.index("b")) == ("a", "b", ("a",), 2)
    assert "a" in partly[:2]
    assert "c" in partly
    assert partly
    assert list(known_items(("a", "b"))) == [(0, "a"), (1, "b")]


def test_all_that_a_tuple_can_be_asked_is_answered_on_purpose() -> None:
    asked = set(vars(tuple)) - {
        "__new__",
        "__getnewargs__",
        "__doc__",
        "__getattribute__",
        "__repr__",
        "__ne__",
        "__class_getitem__",
    }
    assert {name for name in asked if name not in vars(PartlyKnownItems)} == set()
    assert not isinstance(PartlyKnownItems([], []), tuple)


@pytest.mark.parametrize(
    "look",
    [
        lambda partly: partly[1],
        lambda partly: partly[9],
        lambda partly: partly[-1],
        lambda partly: partly[1:],
        lambda partly: partly[:-1],
        lambda partly: partly[:],
        lambda partly: partly[::2],
        lambda partly: "b" in partly,
        lambda partly: "b" not in partly[:2],
        lambda partly: partly.index("b"),
        lambda partly: partly.count("a"),
        len,
        tuple,
        set,
        sorted,
        reversed,
        max,
        copy.copy,
        copy.deepcopy,
        lambda partly: list(enumerate(partly)),
        lambda partly: "".join(partly),
        lambda partly: [*partly],
        lambda partly: partly == (),
        lambda partly: partly != (),
        lambda partly: partly < ("b",),
        lambda partly: (*partly, "d"),
        lambda partly: partly.__add__(("d",)),
        lambda partly: partly.__radd__(("d",)),
        lambda partly: partly * 2,
        lambda partly: list(known_items(partly)),
    ],
)
def test_a_list_is_never_taken_for_all_that_was_written(look: Callable[[Any], object]) -> None:
    with pytest.raises(UnknownError):
        look(PartlyKnownItems(["a", "c"], [1]))


def test_policy_looks_at_each_known_item() -> None:
    partly = with_unknown(SPEC, [("pipeline", "stages", 0)])
    stages = effective(partly, ("pipeline", "stages"))
    assert isinstance(stages, PartlyKnownItems)
    assert list(until_unknown(known_items(stages))) == [(1, SPEC.pipeline.stages[0])]


def test_what_was_written_at_an_unknown_place_is_unknown_too() -> None:
    written = PartlyWritten.of([("a",), ("a", "b"), ("c",)], frozenset({("a", "b")}))
    assert ("a",) in written
    assert ("d",) not in written
    for path in (("a", "b"), ("a", "b", "c")):
        with pytest.raises(UnknownError):
            assert path in written


def test_what_is_said_before_anything_unknown_is_read_holds() -> None:
    def said() -> Iterator[str]:
        yield "one"
        raise UnknownError

    assert list(until_unknown(said())) == ["one"]


def test_policy_asks_a_mapping_with_an_unknown_entry_as_any_other() -> None:
    partly = with_unknown(SPEC, [("testing", "thresholds", "recall")])
    assert effective(partly, ("testing", "thresholds", "accuracy")) == 0.8
    assert effective(partly, ("testing", "thresholds", "precision")) is ABSENT
    with pytest.raises(UnknownError):
        effective(partly, ("testing", "thresholds", "recall"))
