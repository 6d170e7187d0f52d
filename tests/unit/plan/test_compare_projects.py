"""What a change is said to mean: projects, environments and the platform: new, gone, renamed, released."""

from __future__ import annotations

import pytest

from mlops_gitops.plan.change import Change, Effect, ObjectCounts
from tests.factory import CONFIG, FILES, PLATFORM, PROJECT, edited
from tests.unit.plan.comparing import BOTH, OVERLAY, Changes, added, changes, plan, release, rendered


def test_a_release_and_its_replicas() -> None:
    found = changes({**release(2), **added("serving:\n  replicas: 3\n")}, release(1))
    assert Change("serving", "version v1 → v2", Effect.CHANGED, "", ("staging",)) in found
    assert Change("serving", "replicas 1 → 3", Effect.CHANGED, "", BOTH) in found
    first = changes(release(1))
    assert first[0] == Change("serving", "version none → v1", Effect.CHANGED, "", ("staging",))


def test_an_overlay_touches_its_environment_only() -> None:
    found = plan({OVERLAY: "serving:\n  replicas: 4\n"})
    assert [change.environments for one in found.projects for change in one.changes] == [("production",)]
    # Nothing is released yet, so no process is: only the disruption budget of more than one comes.
    assert found.objects == ObjectCounts(create=1)


@pytest.mark.parametrize(
    ("edit", "text", "environments"),
    [
        (("namespace: ml-staging", "namespace: ml-test"), "namespace ml-staging → ml-test", ("staging",)),
        (("registry.example.com/ml", "registry.example.com/two"), "image of the server", BOTH),
        (
            ("cluster: workstation", "cluster: cloud"),
            "cluster workstation (local 1.34) → cloud (kubernetes 1.34)",
            ("staging",),
        ),
    ],
)
def test_what_the_platform_changes(edit: tuple[str, str], text: str, environments: tuple[str, ...]) -> None:
    found = changes(edited(PLATFORM, edit))
    assert [change.environments for change in found if change.text == text] == [environments]


def test_new_and_removed_projects() -> None:
    names = ("mlops_config.yaml", "data_contract.yaml", "model.py", "data/transactions.csv.dvc")
    other: Changes = {f"projects/other/{name}": FILES[f"{PROJECT}/{name}"] for name in names}
    grown = plan(other)
    assert [(one.project, one.changes) for one in grown.projects if one.changes] == [
        ("other", (Change("project", "new project", Effect.ADDED),))
    ]
    assert grown.objects.create == sum(rendered(f"fraud-detection/{name}/") for name in BOTH)
    shrunk = plan({}, other)
    assert [one.changes for one in shrunk.projects if one.changes] == [
        (Change("project", "project removed", Effect.REMOVED),)
    ]
    assert shrunk.objects == ObjectCounts(prune=grown.objects.create)


def test_a_new_environment() -> None:
    after = edited(
        PLATFORM, ("  production:\n", "  canary:\n    cluster: cloud\n    namespace: ml-canary\n  production:\n")
    )
    found = plan(after)
    assert Change("environment", "canary is new", Effect.ADDED, "", ("canary",)) in found.projects[1].changes
    assert [one.project for one in found.projects] == ["platform", "fraud-detection"]
    assert found.objects.create == rendered("fraud-detection/production/") + rendered("_platform/production/")
    gone = plan({}, after)
    assert Change("environment", "canary is gone", Effect.REMOVED, "", ("canary",)) in gone.projects[1].changes


def moved(extra: Changes | None = None) -> Changes:
    """The project under another name."""
    gone: Changes = {path: None for path in FILES if path.startswith(PROJECT)}
    new: Changes = {path.replace(PROJECT, "projects/card-fraud"): text for path, text in FILES.items()
                    if path.startswith(PROJECT)}  # fmt: skip
    return {**gone, **new, **(extra or {})}


def test_a_renamed_project_is_known_as_such() -> None:
    found = [one for one in plan(moved()).projects if one.project != "platform"]
    assert [(one.project, one.former) for one in found] == [("card-fraud", "fraud-detection")]
    assert found[0].changes[0].text == "renamed from fraud-detection"
    assert not [change for change in found[0].changes if change.area == "gate"]


def test_a_renamed_projects_edits_are_told_too() -> None:
    loose = FILES[CONFIG].replace("recall: 0.85", "recall: 0.8")
    found = [one for one in plan(moved({"projects/card-fraud/mlops_config.yaml": loose})).projects if one.former]
    assert Change("gate", "recall 0.85 → 0.8", Effect.WEAKER, "", BOTH) in found[0].changes


def test_another_project_is_no_renamed_one() -> None:
    other = moved({
        "projects/card-fraud/model.py": "def train(): return 1\n",
        "projects/card-fraud/data/transactions.csv.dvc":
            "outs:\n- md5: ffff456789abcdef0123456789abcdef\n  path: transactions.csv\n",
    })  # fmt: skip
    names = {one.project: one.changes[0].text for one in plan(other).projects if one.project != "platform"}
    assert names == {"fraud-detection": "project removed", "card-fraud": "new project"}
