"""JSON for people: parts that never change are written as any other."""

from __future__ import annotations

import json

import pytest

from mlops_gitops.compiler.json_text import Constant, to_json
from mlops_gitops.records.artifact import Plain

PARTS: dict[str, Plain] = {"empty": {}, "list": [1, {"deep": None}], "deeper": {"text": "a\n'\"", "yes": True}}


def test_a_constant_is_written_as_what_it_holds_at_every_indent() -> None:
    constant = Constant(PARTS)
    value: Plain = [constant, {"a": constant, "b": [constant]}, {**constant, "more": 1}]
    assert to_json(value) == json.dumps(value, indent=2)
    assert to_json(value) == to_json(value)


def test_a_constant_that_cannot_be_written_says_so() -> None:
    with pytest.raises(ValueError, match="no place in a rendered file"):
        to_json(Constant({"limit": float("nan")}))
