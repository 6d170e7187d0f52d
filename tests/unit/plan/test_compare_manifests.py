"""What a change is said to mean: manifests of a project's own."""

from __future__ import annotations

import pytest

from mlops_gitops.plan.change import Change, Effect
from tests.factory import PROJECT
from tests.unit.plan.comparing import CLOUD, Changes, changes, config

WORDS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: words}\ndata: {a: one}\n"
OWN = f"{PROJECT}/manifests/words.yaml"
MORE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ({}, {OWN: WORDS}, Effect.ADDED),
        ({OWN: WORDS}, {OWN: WORDS.replace("one", "two")}, Effect.CHANGED),
        ({OWN: WORDS}, {}, Effect.REMOVED),
    ],
)
def test_a_manifest_of_its_own_is_named_whatever_else_changes(before: Changes, after: Changes, effect: Effect) -> None:
    expected = Change("manifests", "ConfigMap/words", effect, "", CLOUD)
    assert changes(after, before) == [expected]
    beside = config(("recall: 0.85", "recall: 0.88"))
    assert [one for one in changes(after | beside, before) if one.area in ("manifests", "objects")] == [expected]


def test_a_manifest_that_is_moved_to_another_file_is_the_same_object() -> None:
    assert changes({f"{PROJECT}/manifests/other.yaml": WORDS}, {OWN: WORDS}) == []


def test_a_manifest_under_another_name_is_gone_and_new() -> None:
    assert [(one.text, one.effect) for one in changes({OWN: MORE}, {OWN: WORDS})] == [
        ("ConfigMap/words", Effect.REMOVED),
        ("ConfigMap/more", Effect.ADDED),
    ]
