"""Policy judges changes: what breaks it is still rendered, and its waivers follow the day of the commit alone."""

from __future__ import annotations

from datetime import date

import pytest

from mlops_gitops.diagnostics import FindingsError, Severity
from mlops_gitops.usecases.validate import compile_checked
from tests.factory import FILES, PLATFORM, Content, compiled, tree

POLICY = """\
policy:
  require_owners: true
  waivers:
    - code: MG404
      project: fraud-detection
      reason: It is new.
      owner: "@risk-office"
      until: 2026-06-15
"""
WAIVED: dict[str, Content] = {PLATFORM: FILES[PLATFORM] + POLICY}
BROKEN: dict[str, Content] = {PLATFORM: FILES[PLATFORM] + "policy:\n  require_owners: true\n"}


@pytest.mark.parametrize(
    ("day", "severity"),
    [
        (date(2026, 6, 14), Severity.NOTE),
        (date(2026, 6, 15), Severity.NOTE),
        (date(2026, 6, 16), Severity.ERROR),
        (None, Severity.NOTE),
    ],
)
def test_a_waiver_holds_to_the_end_of_its_last_day(day: date | None, severity: Severity) -> None:
    found = {one.code: one for one in compiled(WAIVED, day=day).findings.diagnostics}
    assert found["MG404"].severity is severity
    assert ("MG420" in found) is (severity is Severity.ERROR)
    assert ("MG423" in found) is (day is None)


def test_the_day_changes_no_rendered_byte() -> None:
    over, held = compiled(WAIVED, day=date(2027, 1, 1)), compiled(WAIVED, day=date(2026, 1, 1))
    assert over.files == held.files
    assert over.files


def test_what_breaks_a_policy_is_refused_as_a_change_and_goes_on_where_it_is_committed() -> None:
    with pytest.raises(FindingsError):
        compile_checked(tree(BROKEN))
    done = compile_checked(tree(BROKEN), by_policy=False)
    assert done.project("fraud-detection") is not None
    assert done.files.keys() == compiled().files.keys()


def test_nobody_asks_for_the_day_where_there_is_no_waiver() -> None:
    class Timeless(type(tree())):  # type: ignore[misc]
        def committed_on(self) -> date | None:
            raise AssertionError("asked")

    below = tree(BROKEN)
    compile_checked(Timeless(below, {}), by_policy=False)
    with pytest.raises(AssertionError, match="asked"):
        compile_checked(Timeless(tree(WAIVED), {}))
