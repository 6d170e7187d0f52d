"""Rules and alerts: thresholds, burn rates, escalation, and what their generated tests hold."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mlops_gitops.compiler.targets.monitoring.burn_rates import burn_rates, windows
from mlops_gitops.compiler.targets.monitoring.rules import alerts
from tests.factory import CONTRACT, FILES, PLATFORM
from tests.unit.compiler.targets.rendering import configured, files, released, render

ESCALATION = {
    PLATFORM: FILES[PLATFORM] + "escalation:\n  warning: {channel: email, target: leads@example.com}\n"
    "  critical: {channel: webhook, target: 'https://leads.example.com'}\n"
    "smtp: {smarthost: 'mail.example.com:587', from_address: ml@example.com}\n"
}
DOCS = Path(__file__).parents[4] / "docs"


def rules(*changes):
    found = files(render(*changes), "production", "monitoring")["prometheus-rules.yaml"]
    return {rule.get("alert") or rule["record"]: rule for rule in found["spec"]["groups"][0]["rules"]}


def test_burn_rates_of_thirty_days_are_the_workbooks():
    (fast, medium), slow = burn_rates(timedelta(days=30))
    assert [(one.factor, one.long, one.short) for one in (fast, medium, slow)] == [
        (14.4, "1h", "5m"),
        (6.0, "6h", "30m"),
        (1.0, "72h", "6h"),
    ]


def test_windows_follow_the_budgets_window():
    assert windows(timedelta(days=30)) == ("5m", "30m", "1h", "6h", "72h")
    assert windows(timedelta(days=7)) == ("2m", "7m", "14m", "84m", "1008m")


def test_every_recorded_ratio_that_an_alert_reads_is_recorded():
    for text in ("", "serving:\n  slo: {window: 7d, availability: 0.9}\n"):
        found = rules(configured(text))
        read = {
            word.partition("{")[0]
            for rule in found.values()
            for word in rule["expr"].replace("(", " ").split()
            if word.startswith("project:")
        }
        assert read
        assert read <= found.keys()


def test_a_burn_rate_that_no_share_of_failures_reaches_is_left_out():
    found = rules(configured("serving:\n  slo: {availability: 0.8}\n"))
    assert "FraudDetectionAvailabilityBurnFast" not in found
    found = rules(configured("serving:\n  slo: {availability: 0.9}\n"))
    assert "> 0.6" in found["FraudDetectionAvailabilityBurnFast"]["expr"]
    assert "1.44" not in found["FraudDetectionAvailabilityBurnFast"]["expr"]


def test_thresholds_of_the_availability_alerts():
    found = rules(configured("serving:\n  slo: {availability: 0.999}\n"))
    fast = found["FraudDetectionAvailabilityBurnFast"]["expr"]
    assert "ratio_rate1h{" in fast
    assert "> 0.0144 " in fast
    assert "> 0.006 " in fast
    assert found["FraudDetectionAvailabilityBurnSlow"]["expr"].count("> 0.001") == 2


@pytest.mark.parametrize(("latency", "edge"), [("100ms", "0.1"), ("1s", "1.0"), ("35ms", "0.035"), ("2500ms", "2.5")])
def test_the_latency_names_its_bucket_as_the_client_library_does(latency, edge):
    found = rules(configured(f"serving:\n  slo: {{latency: {latency}}}\n"))
    assert f'le="{edge}"' in found["project:model_inference_slow:ratio_rate5m"]["expr"]
    assert f'le="{edge}"' in found["FraudDetectionLatencyHigh"]["expr"]


def test_a_gate_is_an_alert_in_its_own_direction():
    found = rules()
    assert found["FraudDetectionRecallOutOfBounds"]["expr"].endswith("< 0.85")
    assert found["FraudDetectionFalsePositiveRateOutOfBounds"]["expr"].endswith("> 0.01")
    assert found["FraudDetectionTrend"]["expr"].count("predict_linear(") == 3
    assert "[24h], 86400)" in found["FraudDetectionTrend"]["expr"]


def test_a_gate_on_scores_is_for_the_tests_alone():
    text = FILES["projects/fraud-detection/mlops_config.yaml"].replace(
        "    recall: 0.85", "    roc_auc: 0.9\n    recall: 0.85"
    )
    found = rules({"projects/fraud-detection/mlops_config.yaml": text})
    assert "FraudDetectionRecallOutOfBounds" in found
    assert not [name for name, rule in found.items() if "roc_auc" in rule["expr"]]


def test_concept_drift_needs_the_accuracy_and_an_attack_needs_numbers():
    assert "FraudDetectionConceptDrift" not in rules()
    config = FILES["projects/fraud-detection/mlops_config.yaml"].replace(
        "    - recall\n", "    - recall\n    - accuracy\n"
    )
    assert "FraudDetectionConceptDrift" in rules({"projects/fraud-detection/mlops_config.yaml": config})
    assert "FraudDetectionAttackSuccess" in rules()
    contract = FILES[CONTRACT].replace("amount, type: float, min: 0", "amount, type: category")
    assert "FraudDetectionAttackSuccess" not in rules({CONTRACT: contract})


def test_metrics_of_the_project():
    text = """  custom_metrics:
    review_queue: {direction: lower, prometheus: fraud_review_queue, limit: 500}
    caught_euros: {direction: higher, prometheus: fraud_caught_euros, limit: 1000}
    watched_only: {direction: higher, prometheus: fraud_watched}
"""
    monitoring = {"projects/fraud-detection/mlops_config.yaml": None}
    config = FILES["projects/fraud-detection/mlops_config.yaml"].replace("alerting:", text + "alerting:")
    found = rules(monitoring | {"projects/fraud-detection/mlops_config.yaml": config})
    assert found["FraudDetectionReviewQueueOutOfBounds"]["expr"].endswith("> 500")
    assert found["FraudDetectionCaughtEurosOutOfBounds"]["expr"].endswith("< 1000")
    assert "FraudDetectionWatchedOnlyOutOfBounds" not in found


def test_silence_is_an_alert_only_where_something_is_released():
    absent = {"FraudDetectionServerAbsent", "FraudDetectionMonitorAbsent"}
    assert not absent & rules().keys()
    assert absent <= rules(released()).keys()


def test_escalation_waits_as_long_as_the_policy_says():
    text = "  escalation_policy:\n    warning: 4_hours\n    critical: 10_minutes\n"
    found = rules(ESCALATION, configured(text))
    assert found["FraudDetectionWarningUnanswered"]["for"] == "4h"
    assert found["FraudDetectionCriticalUnanswered"]["for"] == "10m"
    assert found["FraudDetectionCriticalUnanswered"]["labels"]["escalation"] == "critical"
    assert list(found)[-2:] == ["FraudDetectionWarningUnanswered", "FraudDetectionCriticalUnanswered"]


def test_generated_tests_see_that_nothing_goes_up_early():
    text = "  escalation_policy:\n    warning: 4_hours\n    critical: 10_minutes\n"
    scene = files(render(ESCALATION, configured(text)), "production", "monitoring")["tests/alerts.yml"]["tests"][0]
    first = scene["promql_expr_test"][0]
    assert first == {"expr": 'ALERTS{alertstate="firing",escalation!=""}', "eval_time": "9m", "exp_samples": []}


def test_escalation_that_leads_nowhere_is_not_rendered():
    assert not [name for name in rules() if name.endswith("Unanswered")]


def test_every_alert_says_what_it_is_and_where_its_page_stands():
    headings = {line[3:].strip().lower() for line in (DOCS / "alerts.md").read_text().splitlines() if line[:3] == "## "}
    found = rules(ESCALATION, released())
    alerting = {name: rule for name, rule in found.items() if "alert" in rule}
    assert len(alerting) >= 18
    for name, rule in alerting.items():
        assert rule["labels"]["severity"] in ("warning", "critical"), name
        texts = rule["annotations"]
        assert texts["summary"], name
        assert texts["description"], name
        address, _, anchor = texts["runbook_url"].partition("#")
        assert address == "https://docs.invalid/mlops-gitops/alerts.md"
        assert anchor in headings, f"docs/alerts.md has no heading for {name}"


def test_generated_tests_have_a_case_for_each_alert_and_agree_on_their_samples():
    done = render(ESCALATION, released())
    project = done.project("fraud-detection")
    assert project is not None
    found = alerts(project, project.environments[1])
    for side in ("bad", "good"):
        samples: dict[str, str] = {}
        for alert in found:
            for series, values in getattr(alert, side).items():
                assert samples.setdefault(series, values) == values, (side, alert.name, series)
    scenes = files(done, "production", "monitoring")["tests/alerts.yml"]["tests"]
    cases = " ".join(case["expr"] for scene in scenes for case in scene["promql_expr_test"])
    names = [rule["alert"] for rule in rules(ESCALATION, released()).values() if "alert" in rule]
    assert all(f'alertname="{name}"' in cases for name in names)
