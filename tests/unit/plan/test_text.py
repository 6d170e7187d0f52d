"""A plan as a person reads it: in a terminal, and in a merge request where nothing may turn into markup."""

from __future__ import annotations

import pytest

from mlops_gitops.plan.change import (
    Change,
    DeviceTotal,
    Effect,
    Finding,
    LiveChange,
    ObjectCounts,
    Plan,
    ProjectPlan,
)
from mlops_gitops.plan.markdown import MARKER, MOST_CHARACTERS, as_markdown
from mlops_gitops.plan.report import as_report
from mlops_gitops.plan.text import LIMIT, MOST_PROJECTS, as_text

GATE = Change("gate", "f1_score 0.92 → 0.85", Effect.WEAKER, "", ("staging", "production"))
JOB = Change("training", "Job a → b", Effect.REPLACED, "code changed: trains anew", ("staging",))
PLAN = Plan(
    "origin/main",
    "work tree",
    (
        ProjectPlan("fraud-detection", (GATE, JOB), {"staging": ObjectCounts(change=2, replace=1)}),
        ProjectPlan("quiet", ()),
        ProjectPlan("rebuilt", (), {"production": ObjectCounts(change=1)}, only_compiler=True),
    ),
    (
        DeviceTotal("production", "nvidia.com/gpu", 2, 8, 6, 6.4, 25.6),
        DeviceTotal("staging", "nvidia.com/gpu", 1, 1, 4, 3.2, 3.2),
    ),
    (Finding("MG214", "a.yaml:1:2", "gate can never fail", "warning"),),
)


def test_text_is_aligned_and_ends_with_the_sum() -> None:
    assert (
        as_text(PLAN)
        == """\
origin/main → work tree
fraud-detection
  gate      f1_score 0.92 → 0.85  weaker  [staging, production]
  training  Job a → b             replaced: code changed: trains anew  [staging]
rebuilt: only the compiler changed (or rendered/ was not what its sources mean)
quiet: no change
new warning: a.yaml:1:2: gate can never fail [MG214]
nvidia.com/gpu in production: 2 → 8 of a limit of 6, which is exceeded (+19.20 an hour)
accelerators in all: 9.60 → 28.80 an hour with every one busy
0 to create, 3 to change, 1 to replace, 0 to prune (staging ~2 ±1; production ~1) · findings: 1 new, 0 fixed"""
    )


def test_markdown_is_one_table_a_project() -> None:
    assert (
        as_markdown(PLAN)
        == f"""\
{MARKER}
### Plan: `origin/main` → `work tree`

**fraud-detection**

| area | change | effect | environments |
|---|---|---|---|
| gate | `f1_score 0.92 → 0.85` | **weaker** | staging, production |
| training | `Job a → b` | replaced: code changed: trains anew | staging |

**rebuilt**: only the compiler changed (or rendered/ was not what its sources mean)

- ⚠ new warning MG214 `a.yaml:1:2`: `gate can never fail`

- nvidia.com/gpu in production: 2 → 8 of a limit of 6, which is exceeded (+19.20 an hour)
- accelerators in all: 9.60 → 28.80 an hour with every one busy
- 0 to create, 3 to change, 1 to replace, 0 to prune (staging ~2 ±1; production ~1)
- findings: 1 new, 0 fixed"""
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


def test_a_huge_change_is_bounded_and_says_so() -> None:
    changes = tuple(Change("gate", "x" * 500, Effect.CHANGED) for _ in range(LIMIT))
    plan = Plan("a", "b", tuple(ProjectPlan(f"p{i}", changes) for i in range(300)))
    comment = as_markdown(plan)
    assert len(comment) <= MOST_CHARACTERS + 200
    assert "more projects with changes" in comment
    assert comment.endswith("to prune")
    assert f"… and {300 - MOST_PROJECTS} more projects" in as_text(plan)
    assert len(as_report(plan).projects) == 300


def test_many_quiet_projects_are_one_line() -> None:
    plan = Plan("a", "b", tuple(ProjectPlan(f"p{i}", ()) for i in range(100)))
    assert as_text(plan).splitlines()[1:-1] == ["100 projects: no change"]


def test_what_the_clusters_said_is_told() -> None:
    live = (
        LiveChange("production", "Job ml/train", "create"),
        LiveChange("production", "Service ml/fraud", "unchanged"),
        LiveChange("production", "Deployment ml/fraud", "refused", "spec.replicas: must not be negative"),
    )
    plan = Plan("a", "b", (), live=live)
    assert "asked of the clusters: 3 objects, 1 as they are" in as_text(plan)
    assert "Deployment ml/fraud  refused: spec.replicas: must not be negative" in as_text(plan)
    assert "- production `Deployment ml/fraud` refused: `spec.replicas: must not be negative`" in as_markdown(plan)
    assert as_report(plan).live is not None


def test_the_report_names_what_changed_and_leaves_out_what_did_not() -> None:
    report = as_report(PLAN)
    assert [one.project for one in report.projects] == ["fraud-detection", "rebuilt"]
    assert report.projects[0].changes[0].effect == "weaker"
    assert report.projects[0].objects["staging"].replace == 1
    assert (report.objects.change, report.empty, report.live) == (3, False, None)
    assert report.devices[0].cost_per_hour_after == 25.6
