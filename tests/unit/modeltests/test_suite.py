"""Running a suite, and its reports."""

import xml.etree.ElementTree as ET

from mlops_gitops.modeltests.cases import Case
from mlops_gitops.modeltests.report import to_junit, to_plain
from mlops_gitops.modeltests.suite import CaseStatus, Finding, run_suite
from mlops_gitops.spec.testing import TestCategory as Category


def suite(findings, failing=(), **flags):
    cases = [Case(name, Category.UNIT, "", **flags.get(name, {})) for name in findings]
    ran = []

    def execute(case):
        ran.append(case.id)
        return findings[case.id], 0.5

    results = run_suite(cases, execute, lambda case, _: ("too low",) if case.id in failing else ())
    return {one.case.id: one for one in results}, ran


def test_a_critical_failure_skips_the_rest_and_says_why():
    results, ran = suite({"a": Finding(), "b": Finding(), "c": Finding()}, failing={"b"})
    assert ran == ["a", "b"]
    assert results["b"].status is CaseStatus.FAILED
    assert results["b"].reason == "too low"
    assert results["c"].status is CaseStatus.SKIPPED
    assert results["c"].reason == "b is critical and did not pass"


def test_a_failure_that_is_not_critical_skips_only_what_depends_on_it():
    flags = {"a": {"critical": False}, "b": {"dependencies": ("a",)}}
    results, ran = suite({"a": Finding(error="no time"), "b": Finding(), "c": Finding()}, **flags)
    assert ran == ["a", "c"]
    assert results["a"].status is CaseStatus.ERROR
    assert results["b"].reason == "it depends on a, which is error"
    assert results["c"].status is CaseStatus.PASSED


def test_nothing_to_test_is_never_a_pass_and_stops_nothing():
    results, ran = suite({"a": Finding(not_run="no groups"), "b": Finding()})
    assert results["a"].status is CaseStatus.NOT_RUN
    assert ran == ["a", "b"]


def test_reports():
    findings = {"a": Finding({"x": 1.0}), "b": Finding(not_run="no <groups>"), "c": Finding(), "d": Finding()}
    results, _ = suite(findings, failing={"c"})
    plain = to_plain(list(results.values()))
    assert plain["counts"] == {"passed": 1, "failed": 1, "error": 0, "skipped": 1, "not run": 1}
    assert plain["cases"][0]["case"]["category"] == "unit_test"
    root = ET.fromstring(to_junit("loans", list(results.values())))
    (xml,) = root.iter("testsuite")
    assert (xml.get("tests"), xml.get("failures"), xml.get("errors"), xml.get("skipped")) == ("4", "1", "0", "2")
    messages = {one.get("name"): [child.get("message") for child in one] for one in xml}
    assert messages == {"a": [], "b": ["no <groups>"], "c": ["too low"], "d": ["c is critical and did not pass"]}
