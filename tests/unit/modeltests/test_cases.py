"""Selection and order of test cases."""

import pytest

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.modeltests.cases import Case, in_order, select
from mlops_gitops.spec.testing import TestCategory as Category

UNIT, MODEL, DATA = Category.UNIT, Category.MODEL, Category.DATA


def case(name, *dependencies, category=UNIT):
    return Case(name, category, "", dependencies=dependencies)


def names(cases):
    return [one.id for one in cases]


CASES = (case("a", "b"), case("b", category=DATA), case("c", category=MODEL), case("d", "a", category=MODEL))


def test_select_by_category_and_id_brings_dependencies():
    assert names(select(CASES)) == ["a", "b", "c", "d"]
    assert names(select(CASES, categories={UNIT})) == ["a", "b"]
    assert names(select(CASES, ids={"d"})) == ["a", "b", "d"]
    assert names(select(CASES, categories={MODEL}, ids={"c"})) == ["c"]


def test_an_unknown_id_is_named():
    with pytest.raises(UsageError, match="no test case x"):
        select(CASES, ids={"x"})
    with pytest.raises(UsageError, match="depends on gone"):
        select((case("a", "gone"),))


def test_dependencies_come_first_and_nothing_else_moves():
    assert names(in_order(CASES)) == ["b", "a", "c", "d"]


def test_a_cycle_is_named_in_order():
    with pytest.raises(UsageError, match="a → b → c → a"):
        in_order((case("z"), case("a", "b"), case("b", "c"), case("c", "a")))
