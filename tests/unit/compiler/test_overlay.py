"""Layers over layers: what the merged data is, and which file each value points into."""

from __future__ import annotations

import pytest

from mlops_gitops.compiler.overlay import Layered, overlay
from mlops_gitops.compiler.source import read_source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.records.artifact import Plain

LOWER = "a:\n  x: 1\n  y: [1, 2]\nb: text\n"


def merged(upper: str, lower: str = LOWER) -> Layered:
    return overlay(read_source("lower", lower.encode()).layer, read_source("upper", upper.encode()).layer)


@pytest.mark.parametrize(
    ("upper", "data"),
    [
        ("a: {x: 2}", {"a": {"x": 2, "y": [1, 2]}, "b": "text"}),
        ("a: {z: 3}", {"a": {"x": 1, "y": [1, 2], "z": 3}, "b": "text"}),
        ("a: {y: [3]}", {"a": {"x": 1, "y": [3]}, "b": "text"}),
        ("a: null", {"b": "text"}),
        ("a: {x: null}", {"a": {"y": [1, 2]}, "b": "text"}),
        ("b: {c: 1, d: null}", {"a": {"x": 1, "y": [1, 2]}, "b": {"c": 1}}),
        ("c: {d: {e: null, f: 1}}", {"a": {"x": 1, "y": [1, 2]}, "b": "text", "c": {"d": {"f": 1}}}),
        ("a: text", {"a": "text", "b": "text"}),
        ("{}", {"a": {"x": 1, "y": [1, 2]}, "b": "text"}),
        ("", {"a": {"x": 1, "y": [1, 2]}, "b": "text"}),
        ("[1]", [1]),
    ],
)
def test_mappings_merge_null_removes_all_else_replaces(upper: str, data: Plain) -> None:
    assert merged(upper).data == data


@pytest.mark.parametrize(
    ("upper", "path", "place"),
    [
        ("a: {x: 2}", ("a", "x"), "upper:1:8"),
        ("a: {x: 2}", ("a",), "lower:2:3"),
        ("a: {x: 2}", ("a", "y", 1), "lower:3:10"),
        ("a: {y: [3]}", ("a", "y", 0), "upper:1:9"),
        # A second item there once was; now the list is the upper layer's, and so is the nearest place.
        ("a: {y: [3]}", ("a", "y", 1), "upper:1:5"),
        ("b: {c: 1}", ("b", "c"), "upper:1:8"),
        ("a: null", ("a", "x"), "upper:1:1"),
        ("z: 1", ("b",), "lower:4:4"),
    ],
)
def test_a_value_points_into_the_file_it_came_from(upper: str, path: Path, place: str) -> None:
    assert str(merged(upper).spans.value(path)) == place
