"""What is remembered between runs survives being written down, and damage is told, not guessed over."""

import pytest

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.reconciler.inventory import Inventory
from mlops_gitops.reconciler.journal import Journal
from mlops_gitops.reconciler.steps import ApplyPolicy, Condition, decide


def test_inventory_is_the_union_before_and_loses_only_what_was_pruned(make) -> None:
    old, new = make("Service", "old"), make("Service", "new")
    before = Inventory().including([old]).including([new])
    assert before.owned.keys() == {old.key, new.key}
    assert before.without([old.key]).owned.keys() == {new.key}


def test_inventory_round_trip_and_projects(make) -> None:
    inventory = Inventory().including([make("Service", "a"), make("Service", "b", project="credit")])
    inventory = inventory.at("c0ffee", ["fraud", "left"])
    assert Inventory.from_plain(inventory.to_plain()) == inventory
    assert inventory.commits == {"fraud": "c0ffee"}
    assert {key.name for key in inventory.of_project("credit")} == {"b"}


@pytest.mark.parametrize("plain", [None, [], {}, {"owned": [{}], "commits": {}}, {"owned": 3, "commits": {}}, "x"])
def test_damaged_inventory(plain: object) -> None:
    with pytest.raises(OutsideError, match="inventory is damaged"):
        Inventory.from_plain(plain)


def test_journal_tells_how_far_a_run_came(make) -> None:
    wanted = tuple(make("Service", name) for name in "abc")
    steps = decide(wanted, [], Inventory(), ApplyPolicy(), Condition())
    journal = Journal.of("c0ffee123", steps).about_to(wanted[0].key).finished().about_to(wanted[1].key)
    assert journal.sentence == "the run for commit c0ffee1 was cut off at Service/b (1 of 3 changes were done)"
    assert Journal.from_plain(journal.to_plain()) == journal
    assert Journal.from_plain(journal.finished().to_plain()).doing is None


@pytest.mark.parametrize("plain", [[], {}, {"commit": "x", "planned": "many", "done": 0, "doing": None}])
def test_damaged_journal(plain: object) -> None:
    with pytest.raises(OutsideError, match="journal"):
        Journal.from_plain(plain)
