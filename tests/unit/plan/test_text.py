"""A plan as a person reads it: in a terminal, and in a merge request where nothing may turn into markup."""

from __future__ import annotations

import pytest

from mlops_gitops.plan.change import Change, Effect, ObjectCounts, Plan, ProjectPlan
from mlops_gitops.plan.text import LIMIT, as_markdown, as_text

GATE = Change("gate", "f1_score 0.92 → 0.85", Effect.WEAKER, "", ("staging", "production"))
JOB = Change("training", "Job a → b", Effect.REPLACED, "code changed: trains anew", ("staging",))
PLAN = Plan(
    "origin/main",
    "work tree",
    (
        ProjectPlan("fraud-detection", (GATE, JOB), ObjectCounts(change=2, replace=1)),
        ProjectPlan("quiet", ()),
        ProjectPlan("rebuilt", (), ObjectCounts(change=1), only_compiler=True),
    ),
    (0, 2),
    ("a.yaml:1:2: gate can never fail",),
)


def test_text_is_aligned_and_ends_with_the_sum() -> None:
    assert (
        as_text(PLAN)
        == """\
origin/main → work tree
fraud-detection
  gate      f1_score 0.92 → 0.85  weaker  [staging, production]
  training  Job a → b             replaced: code changed: trains anew  [staging]
quiet: no change
rebuilt: only the compiler changed (or rendered/ was not what its sources mean)
warning: a.yaml:1:2: gate can never fail
0 to create, 3 to change, 1 to replace, 0 to prune · accelerators 0 → 2"""
    )


def test_markdown_is_one_table_a_project() -> None:
    assert (
        as_markdown(PLAN)
        == """\
### Plan: `origin/main` → `work tree`

**fraud-detection**

| area | change | effect | environments |
|---|---|---|---|
| gate | `f1_score 0.92 → 0.85` | **weaker** | staging, production |
| training | `Job a → b` | replaced: code changed: trains anew | staging |

**rebuilt**: only the compiler changed (or rendered/ was not what its sources mean)

⚠ `a.yaml:1:2: gate can never fail`

0 to create, 3 to change, 1 to replace, 0 to prune · accelerators 0 → 2"""
    )


def test_no_change_is_said() -> None:
    assert "No change." in as_markdown(Plan("a", "b", (ProjectPlan("p", ()),)))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a | b", "`a \\| b`"),
        ("a ` b", "`` a ` b ``"),
        ("`` @team <script>", "``` `` @team <script> ```"),
        ("two\nlines\x1b", "`two lines `"),
    ],
)
def test_what_somebody_wrote_is_no_markup(text: str, cell: str) -> None:
    plan = Plan("a", "b", (ProjectPlan("p", (Change("project", text, Effect.CHANGED),)),))
    assert f"| project | {cell} | changed |  |" in as_markdown(plan)


@pytest.mark.parametrize("form", [as_text, as_markdown])
def test_a_long_list_is_cut_and_says_so(form: object) -> None:
    changes = tuple(Change("gate", f"g{i}", Effect.CHANGED) for i in range(LIMIT + 5))
    text = form(Plan("a", "b", (ProjectPlan("p", changes),)))  # type: ignore[operator]
    assert "5 more" in text
    assert f"g{LIMIT}" not in text
