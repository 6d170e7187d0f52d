"""An apply cut off at every possible point; project filter, dry run, status. Only kinds that start no process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mlops_gitops.adapters.local.target import LocalTarget
from mlops_gitops.adapters.locks import FileLocks
from mlops_gitops.adapters.state_files import StateFiles
from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.reconciler.outcomes import Outcome
from mlops_gitops.records.labels import PROJECT
from mlops_gitops.records.resource import Resource
from mlops_gitops.usecases.reconcile import ReconcileOptions, ReconcileReport, read_inventory, reconcile
from mlops_gitops.usecases.status import status


class Cut(BaseException):
    """Stands for the kill of the process: nothing may catch it."""


class CutTarget(LocalTarget):
    """The real target, cut off after so many changes, before or after the change in hand is done."""

    left = 1_000
    before = True

    def apply(self, resource: Resource, commit: str) -> None:
        self._cut(lambda: super(CutTarget, self).apply(resource, commit))

    def delete(self, key: Any) -> None:
        self._cut(lambda: super(CutTarget, self).delete(key))

    def _cut(self, act: Any) -> None:
        self.left -= 1
        if self.left < 0 and self.before:
            raise Cut
        act()
        if self.left < 0:
            raise Cut


class CutState(StateFiles):
    """The real state, cut off before its n-th write."""

    left = 1_000

    def write(self, name: str, record: Mapping[str, Any]) -> None:
        self._count()
        super().write(name, record)

    def append(self, name: str, record: Mapping[str, Any]) -> None:
        self._count()
        super().append(name, record)

    def remove(self, name: str) -> None:
        self._count()
        super().remove(name)

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cut


def config(name: str, value: str = "1", project: str = "fraud") -> Resource:
    metadata = {"name": name, "namespace": "ml-models", "labels": {PROJECT: project}}
    return Resource.of({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"value": value}})


OLD = (config("same"), config("changed"), config("gone"), config("credit", project="credit"))
NEW = (config("same"), config("changed", "2"), config("new"), config("credit", project="credit"))


class Place:
    """One environment in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.target = CutTarget(root, "staging")
        self.state = CutState(root / "state")
        self.said: list[str] = []

    def reconcile(self, desired: tuple[Resource, ...], commit: str = "c1", **options: Any) -> ReconcileReport:
        return reconcile(
            self.target,
            desired,
            commit,
            environment="staging",
            state=self.state,
            locks=FileLocks(self.root / "locks"),
            say=self.said.append,
            options=ReconcileOptions(lock_timeout_s=1, rollout_timeout_s=5, **options),
        )

    def live(self) -> dict[str, str]:
        return {one.key.name: one.digest for one in self.target.live()}

    def again(self) -> Place:
        return Place(self.root)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def digests(resources: tuple[Resource, ...]) -> dict[str, str]:
    return {one.key.name: one.digest for one in resources}


def test_counts_inventory_and_ledger(place: Place) -> None:
    assert place.reconcile(OLD, "c1").summary == "4 created"
    report = place.reconcile(NEW, "c2")
    assert report.summary == "1 created, 1 changed, 2 unchanged, 1 pruned"
    assert report.healthy
    assert place.live() == digests(NEW)
    inventory = read_inventory(place.state, "staging")
    assert {key.name for key in inventory.owned} == set(digests(NEW))
    assert inventory.commits == {"fraud": "c2", "credit": "c2"}
    assert place.reconcile(NEW, "c2").summary == "4 unchanged"
    lines = place.state.lines("ledger/staging")
    assert [line["commit"] for line in lines] == ["c1", "c2"]
    assert {(one["outcome"], one["name"]) for one in lines[1]["changes"]} == {
        ("created", "new"),
        ("changed", "changed"),
        ("pruned", "gone"),
    }


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("changes", range(3))
def test_cut_off_at_each_change(place: Place, changes: int, before: bool) -> None:
    place.reconcile(OLD, "c1")
    place.target.left, place.target.before = changes, before
    with pytest.raises(Cut):
        place.reconcile(NEW, "c2")
    _completes(place.again(), f"({changes} of 3 changes were done)")


@pytest.mark.parametrize("writes", range(7))
def test_cut_off_at_each_write_of_state(place: Place, writes: int) -> None:
    place.reconcile(OLD, "c1")
    place.state.left = writes
    with pytest.raises(Cut):
        place.reconcile(NEW, "c2")
    _completes(place.again(), "" if writes < 2 else "was cut off")


def _completes(place: Place, told: str) -> None:
    """Whatever is there is owned, the next run says what happened, and ends where an uncut one would."""
    owned = {key.name for key in read_inventory(place.state, "staging").owned}
    assert set(place.live()) <= owned
    place.reconcile(NEW, "c2")
    assert told in " ".join(place.said)
    assert place.live() == digests(NEW)
    assert {key.name for key in read_inventory(place.state, "staging").owned} == set(digests(NEW))
    assert place.reconcile(NEW, "c2").summary == "4 unchanged"
    assert place.state.read("journal/staging") is None


def test_a_dry_run_writes_nothing(place: Place) -> None:
    report = place.reconcile(OLD, dry_run=True)
    assert (report.summary, report.would_change) == ("4 created", True)
    assert list(place.root.iterdir()) == []


def test_one_project_alone(place: Place) -> None:
    place.reconcile(OLD, "c1")
    changed = (*NEW[:3], config("credit", "2", project="credit"))
    report = place.reconcile(changed, "c2", project="credit")
    assert report.summary == "1 changed"
    assert place.live()["changed"] == OLD[1].digest
    assert read_inventory(place.state, "staging").commits == {"fraud": "c1", "credit": "c2"}
    with pytest.raises(RefusedError, match="nothing is rendered"):
        place.reconcile(NEW[:3], "c3", project="credit")
    # Without naming it, a project that left git is removed like anything else.
    assert place.reconcile(NEW[:3], "c3").count(Outcome.PRUNED) == 2
    assert read_inventory(place.state, "staging").commits == {"fraud": "c3"}


def test_an_empty_render_removes_nothing(place: Place) -> None:
    place.reconcile(OLD)
    with pytest.raises(RefusedError):
        place.reconcile(())
    assert place.live() == digests(OLD)


def test_a_failed_project_blocks_its_own_prunes_only(place: Place) -> None:
    place.reconcile((*OLD, config("credit-gone", project="credit")), "c1")
    secret = Resource.of(
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "labels": {PROJECT: "fraud"}}}
    )
    report = place.reconcile((*NEW, secret), "c2")
    assert not report.healthy
    outcomes = {one.key.name: one.outcome for one in report.changes}
    assert outcomes["s"] is Outcome.FAILED
    assert outcomes["gone"] is Outcome.SKIPPED
    assert outcomes["credit-gone"] is Outcome.PRUNED
    assert read_inventory(place.state, "staging").commits == {"fraud": "c1", "credit": "c2"}


def test_status_shows_drift_and_commits(place: Place) -> None:
    place.reconcile(OLD, "c1")
    rows = status(place.target, NEW, "c2", environment="staging", state=place.state)
    credit, fraud = rows
    assert (credit.health, credit.drift, credit.running, credit.wanted) == ("healthy", 0, "c1", "c2")
    # What runs is as healthy as it was; what the new commit wants of it is not applied yet.
    assert (fraud.health, fraud.drift, fraud.running) == ("healthy", 3, "c1")
    assert fraud.why.startswith("not as git has it: ")
    (left,) = [
        row
        for row in status(place.target, NEW[:3], "c2", environment="staging", state=place.state)
        if row.project == "credit"
    ]
    assert (left.health, left.drift, left.wanted) == ("left git", 1, "")
