"""What a change is said to mean: training jobs, stages, the data and its contract."""

from __future__ import annotations

import pytest

from mlops_gitops.plan.change import Change, Effect
from tests.factory import CONTRACT, PROJECT, edited
from tests.unit.plan.comparing import BOTH, Changes, added, changes, config, plan, rendered


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        ({f"{PROJECT}/model.py": "def train(): return 1\n"}, "code"),
        (added("training:\n  seed: 7\n"), "configuration"),
        (edited(CONTRACT, ("min: 0", "min: 1")), "configuration"),
        (edited(f"{PROJECT}/data/transactions.csv.dvc", ("md5: 0123", "md5: 9999")), "data"),
        ({f"{PROJECT}/model.py": "x = 1\n", **added("training:\n  seed: 7\n")}, "code and configuration"),
    ],
)
def test_a_training_job_is_replaced_and_the_cause_is_named(after: Changes, cause: str) -> None:
    jobs = [change for change in changes(after) if change.text.startswith("Job ")]
    assert [(job.effect, job.note, job.environments) for job in jobs] == [
        (Effect.REPLACED, f"{cause} changed: trains anew; a running one is kept to its end", BOTH)
    ]
    assert plan(after).objects.replace == 2


def test_code_of_the_tests_trains_nothing() -> None:
    assert plan({f"{PROJECT}/tests/test_model.py": "def test(): ...\n"}).empty


def test_stages_come_and_go() -> None:
    found = changes(config(("    - model_monitoring\n", "")))
    assert Change("pipeline", "stage model_monitoring", Effect.REMOVED, "", BOTH) in found
    assert plan(config(("    - model_monitoring\n", ""))).objects.prune == sum(
        rendered(f"fraud-detection/{name}/monitoring/") for name in BOTH
    )


def test_a_setting_without_words_of_its_own_is_shown_by_its_path() -> None:
    found = changes(added("remediation:\n  high: none\ntraining:\n  parameters:\n    depth: 4\n    fast: true\n"))
    told = {(change.area, change.text) for change in found}
    assert ("remediation", "high roll_back → none") in told
    assert ("training", "parameters.depth none → 4") in told
    assert ("training", "parameters.fast none → true") in told


def test_the_contract_is_compared_column_by_column() -> None:
    after = edited(
        CONTRACT,
        (
            "  - {name: amount, type: float, min: 0}\n",
            "  - {name: amount, type: int, min: 1}\n  - {name: k, type: id, role: id}\n",
        ),
        ("groups: [region]", "groups: []"),
    )
    data = [(change.text, change.effect, change.note) for change in changes(after) if change.area == "data"]
    assert data == [
        ("column amount", Effect.CHANGED, "type, min"),
        ("column k", Effect.ADDED, "id"),
        ("groups [region] → []", Effect.CHANGED, ""),
    ]


def test_another_version_of_the_data_is_named() -> None:
    found = changes(edited(f"{PROJECT}/data/transactions.csv.dvc", ("md5: 0123", "md5: 9999")))
    assert found[0] == Change("data", "version md5:0123456789 → md5:9999456789", Effect.CHANGED)
