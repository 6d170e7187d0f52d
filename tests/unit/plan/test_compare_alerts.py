"""What a change is said to mean: alerts, and who is told."""

from __future__ import annotations

import pytest

from mlops_gitops.plan.change import Change, Effect
from tests.factory import FILES, PLATFORM, edited
from tests.unit.plan.comparing import BOTH, added, changes, config, plan

LEVELS = "escalation:\n  warning: {channel: slack, target: '#leads', secret: slack}\n"


def test_an_alert_follows_its_gate() -> None:
    found = changes(config(("recall: 0.85", "recall: 0.88")))
    assert Change("alerts", "FraudDetectionRecallOutOfBounds fires at 0.85 → 0.88", Effect.CHANGED, "", BOTH) in found


def test_an_alert_goes_with_its_gate_and_comes_with_one() -> None:
    found = changes(config(("    recall: 0.85\n", "    precision: 0.9\n")))
    alerts = {(change.text, change.effect) for change in found if change.area == "alerts"}
    assert alerts == {
        ("FraudDetectionRecallOutOfBounds", Effect.REMOVED),
        ("FraudDetectionPrecisionOutOfBounds", Effect.ADDED),
        ("FraudDetectionTrend looks at something else", Effect.CHANGED),
    }


def test_an_alert_that_looks_at_something_else() -> None:
    found = changes(added("serving:\n  slo:\n    latency: 200ms\n"))
    assert Change("alerts", "FraudDetectionLatencyHigh looks at something else", Effect.CHANGED, "", BOTH) in found


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", ('"#ml-alerts"', '"#ml"'), [("receivers.slack #ml-alerts → #ml", Effect.CHANGED)]),
        (
            "",
            ("prices:", "  sms: {target: phones, secret: gateway}\nprices:"),
            [("receivers.sms phones", Effect.ADDED)],
        ),
        ("", ("prices:", f"{LEVELS}prices:"), [("escalation.warning #leads", Effect.ADDED)]),
        (LEVELS, (LEVELS, ""), [("escalation.warning is gone", Effect.REMOVED)]),
        (LEVELS, ("secret: slack}", "secret: other}"), [("escalation.warning secret slack → other", Effect.CHANGED)]),
        (
            LEVELS,
            ("slack, target: '#leads', secret: slack", "webhook, target: https://a.b, secret: slack"),
            [("escalation.warning #leads → https://a.b, channel slack → webhook", Effect.CHANGED)],
        ),
    ],
)
def test_who_is_told(before: str, after: tuple[str, str], expected: list[tuple[str, Effect]]) -> None:
    base = {PLATFORM: FILES[PLATFORM].replace("prices:", f"{before}prices:")}
    found = plan({PLATFORM: base[PLATFORM].replace(*after)}, base)
    (said,) = [one.changes for one in found.projects if one.project == "platform"]
    assert [(change.text, change.effect) for change in said] == expected


def test_a_level_that_goes_takes_its_alert_with_it() -> None:
    base = {PLATFORM: FILES[PLATFORM].replace("prices:", f"{LEVELS}prices:")}
    found = changes({PLATFORM: FILES[PLATFORM]}, base)
    assert [(one.text, one.effect) for one in found] == [("FraudDetectionWarningUnanswered", Effect.REMOVED)]


def test_a_channel_is_told_once_and_not_at_every_alert() -> None:
    platform = edited(PLATFORM, ("prices:", "  sms: {target: phones, secret: gateway}\nprices:"))
    found = changes({**platform, **config(("    - slack", "    - slack\n    - sms"))}, platform)
    assert [one.text for one in found] == ["channels [slack] → [slack, sms]"]
