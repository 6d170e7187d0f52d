"""Plan: the first change of all, a base that does not compile, and a head that does not."""

from __future__ import annotations

import pytest
import yaml

from mlops_gitops.diagnostics import FindingsError, OutsideError
from mlops_gitops.records.overlay_tree import OverlayTree
from mlops_gitops.usecases.plan import plan
from tests.factory import CONFIG, FILES, PLATFORM, Content, compiled, edited, tree

NAMES = ("main", "work tree")
BROKEN = edited(CONFIG, ("recall: 0.85", "recall: high"))


def test_the_first_change_of_all_is_compared_with_nothing() -> None:
    nothing: dict[str, Content] = dict.fromkeys(FILES)
    found = plan(tree(nothing), tree(), NAMES)
    assert [one.project for one in found.projects] == ["platform", "fraud-detection"]
    objects = [
        one for path, text in compiled().files.items() if path.endswith(".yaml") for one in yaml.safe_load_all(text)
    ]
    assert found.objects.create == sum("kind" in one and "metadata" in one for one in objects)


def test_a_base_whose_platform_cannot_be_read_is_said_with_its_first_mistake() -> None:
    broken: dict[str, Content] = {PLATFORM: FILES[PLATFORM].replace("kind: local", "kind: moon")}
    with pytest.raises(OutsideError, match="the base main has no platform") as raised:
        plan(tree(broken), tree(), NAMES)
    assert raised.value.where == f"main:{PLATFORM}:4:11"
    assert "--base" in raised.value.todo


def test_a_project_that_did_not_compile_at_the_base_is_compared_with_nothing() -> None:
    found = plan(tree(BROKEN), tree(), NAMES)
    assert "its base does not compile" in found.projects[0].changes[0].note
    assert [one.code for one in found.fixed_findings] == ["MG104"]


def test_findings_of_the_head_come_first() -> None:
    with pytest.raises(FindingsError):
        plan(tree(BROKEN), tree(BROKEN), NAMES)


def test_what_the_base_committed_tells_of_a_newer_compiler() -> None:
    committed = dict(compiled().files)
    assert plan(OverlayTree(tree(), committed), tree(), NAMES).empty
    path = "rendered/fraud-detection/staging/serving/service.yaml"
    committed[path] = committed[path].replace(b"ClusterIP", b"NodePort")
    found = plan(OverlayTree(tree(), committed), tree(), NAMES)
    assert found.projects[0].only_compiler
    assert found.objects.change == 1
