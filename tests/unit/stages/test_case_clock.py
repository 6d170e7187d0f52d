"""A test case's time is kept, even against code that swallows exceptions."""

import time

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.modeltests.cases import Case
from mlops_gitops.modeltests.suite import Finding
from mlops_gitops.spec.testing import TestCategory as Category
from mlops_gitops.stages.case_clock import timed

CASE = Case("slow", Category.MODEL, "", timeout_s=0.1)


def stubborn(_):
    while True:
        try:
            time.sleep(5)
        except Exception:
            continue


def test_a_case_over_its_time_is_an_error():
    finding, seconds = timed(CASE, stubborn)
    assert finding.error == "it took longer than 0.1 s"
    assert 0.1 <= seconds < 2


def test_an_error_of_ours_is_a_finding_and_the_alarm_is_off_afterwards():
    def refuse(_):
        raise UsageError("no such column", why="it was dropped")

    assert timed(CASE, refuse)[0].error == "no such column: it was dropped"
    assert timed(CASE, lambda _: Finding({"x": 1.0}))[0].metrics == {"x": 1.0}
    time.sleep(0.15)  # an alarm that was left on would end the test here
