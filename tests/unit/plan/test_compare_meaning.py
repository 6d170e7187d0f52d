"""What a change is said to mean: what means the same, what only the compiler changed, and bases that do not compile."""

from __future__ import annotations

import pytest

from mlops_gitops.plan.change import Change, Effect, ObjectCounts
from mlops_gitops.plan.compare import compare
from tests.factory import CONFIG, PROJECT, compiled
from tests.unit.plan.comparing import OVERLAY, Changes, changes, config, plan


@pytest.mark.parametrize(
    "after",
    [
        {},
        config(("pipeline:", "# why: the fraud team asked for it\npipeline:   # the stages")),
        config(("recall: 0.85", "recall: 0.850")),
        config(
            (
                "  thresholds:\n    recall: 0.85\n    f1_score: 0.92",
                "  thresholds:\n    f1_score: 0.92\n    recall: 8.5e-1",
            )
        ),
        {f"{PROJECT}/README.md": "words\n"},
    ],
)
def test_what_means_the_same_is_no_change(after: Changes) -> None:
    found = plan(after)
    assert found.empty
    assert found.objects == ObjectCounts()


@pytest.mark.parametrize(
    ("written", "told"), [("fastapi", [("serving kserve → fastapi", ("production",))]), ("kserve", [])]
)
def test_of_the_stack_the_tools_are_told_that_are_used(written: str, told: list[tuple[str, tuple[str, ...]]]) -> None:
    found = changes({OVERLAY: f"stack: {{serving: {written}}}\n"})
    assert [(one.text, one.environments) for one in found if one.area == "stack"] == told


def test_only_the_compiler_changed() -> None:
    now = compiled()
    committed = dict(now.files)
    path = "rendered/fraud-detection/staging/serving/service.yaml"
    committed[path] = committed[path].replace(b"port: 80\n", b"port: 81\n")
    found = compare(now, now, ("main", "branch"), committed)
    assert [one.only_compiler for one in found.projects] == [True]
    assert found.objects == ObjectCounts(change=1)
    assert not found.empty


def test_a_damaged_committed_file_stops_no_plan() -> None:
    now = compiled()
    committed = {**now.files, "rendered/fraud-detection/staging/serving/service.yaml": b"{"}
    assert compare(now, now, ("main", "branch"), committed).projects[0].only_compiler


def test_an_object_that_changes_without_words_is_named() -> None:
    before, after = compiled(), compiled()
    path = "rendered/fraud-detection/staging/serving/service.yaml"
    after.files[path] = after.files[path].replace(b"port: 80\n", b"port: 81\n")
    found = compare(before, after, ("main", "branch"))
    assert found.projects[0].changes == (
        Change("objects", "Service/fraud-detection-serving", Effect.CHANGED, "", ("staging",)),
    )


def test_new_warnings_are_told_and_old_ones_are_not() -> None:
    weak = config(("    recall: 0.85\n    f1_score: 0.92", "    precision: 0.9\n    recall: 0.85\n    f1_score: 0.85"))
    assert [one.code for one in plan(weak).new_findings] == ["MG214"]
    lower = {CONFIG: f"# a line above\n{weak[CONFIG]!s}"}
    assert plan(lower, weak).new_findings == ()
    assert [one.code for one in plan({}, weak).fixed_findings] == ["MG214"]


def test_a_base_that_does_not_compile_is_compared_with_nothing_and_its_findings_are_fixed() -> None:
    broken = compiled(config(("recall: 0.85", "recal: 0.85")))
    found = compare(broken, compiled(), ("main", "branch"))
    (project,) = found.projects
    assert "its base does not compile" in project.changes[0].note
    assert [(one.code, one.severity) for one in found.fixed_findings] == [("MG210", "error")]
    assert found.new_findings == ()
