"""Validate: everything that is wrong at once, and names that are not there."""

from __future__ import annotations

import pytest

from mlops_gitops.compiler.driver import compile_tree
from mlops_gitops.diagnostics import FindingsError, UsageError
from mlops_gitops.usecases.validate import compile_checked, validate
from tests.factory import CONFIG, FILES, PROJECT, Content, edited, tree

BROKEN: dict[str, Content] = {
    **edited(CONFIG, ("recall: 0.85", "recall: high")),
    "projects/other/mlops_config.yaml": "pipeline: 1\n",
}


def test_findings_of_all_projects_come_together() -> None:
    compilation = validate(tree(BROKEN))
    files = {found.span.file for found in compilation.findings.errors if found.span}
    assert files == {CONFIG, "projects/other/mlops_config.yaml"}
    assert files <= compilation.texts.keys()
    assert compilation.files == {}
    assert compilation.names == ("fraud-detection", "other")


def test_one_project_is_looked_at_alone() -> None:
    compilation = validate(tree(BROKEN), ["other"])
    assert {found.where.split("/")[1] for found in compilation.findings.diagnostics} == {"other"}


def test_a_sound_project_is_rendered_beside_a_broken_one_but_nothing_is_for_all() -> None:
    compilation = compile_tree(tree({"projects/other/mlops_config.yaml": "pipeline: 1\n"}))
    assert {path.split("/")[1] for path in compilation.files} == {"fraud-detection"}


def test_an_unknown_name_is_refused_with_a_guess() -> None:
    with pytest.raises(UsageError, match="did you mean `fraud-detection`") as raised:
        validate(tree(), ["fraud-detecton"])
    assert raised.value.todo == "projects here: fraud-detection"


def test_errors_are_raised_where_a_compilation_is_needed() -> None:
    assert compile_checked(tree()).project("fraud-detection") is not None
    with pytest.raises(FindingsError) as raised:
        compile_checked(tree(BROKEN))
    assert raised.value.projects == 2


def test_no_project_is_no_mistake() -> None:
    nothing: dict[str, Content] = {path: None for path in FILES if path.startswith(PROJECT)}
    compilation = compile_checked(tree(nothing))
    assert compilation.findings.diagnostics == ()
    assert compilation.projects == ()
    assert any(path.startswith("rendered/_platform/") for path in compilation.files)
