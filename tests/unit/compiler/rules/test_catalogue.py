"""The rules as a whole: the reference configuration passes them all, and what they assume of the detector is so."""

from __future__ import annotations

from pathlib import Path

from mlops_gitops.compiler.rules import RULES
from mlops_gitops.compiler.rules.across import ACROSS_RULES
from mlops_gitops.detector.confusion import SHARES
from mlops_gitops.spec.metrics import METRICS, Family
from tests.factory import CONFIG, FILES, PLATFORM, compiled

ROOT = Path(__file__).parents[4]
REFERENCE = (ROOT / "projects" / "fraud-detection" / "mlops_config.yaml").read_text(encoding="utf-8")
RECEIVERS = """\
receivers:
  email: {target: ml@example.com}
  sms: {target: phones, secret: sms-gateway}
"""
LEADS = """\
smtp: {smarthost: mail.example.com:587, from_address: ml@example.com}
escalation:
  warning: {channel: email, target: leads@example.com}
  critical: {channel: sms, target: leads-phones, secret: sms-gateway}
"""


def test_the_reference_configuration_alone_has_no_finding() -> None:
    platform = FILES[PLATFORM].replace("receivers:\n", RECEIVERS) + LEADS
    assert compiled({CONFIG: REFERENCE, PLATFORM: platform}).findings.diagnostics == ()


def test_the_sample_is_the_reference() -> None:
    assert len(REFERENCE.splitlines()) == 46  # nothing else may stand in it, not even a comment
    assert REFERENCE.startswith("pipeline:\n")


def test_codes_are_unique_and_in_order() -> None:
    for rules in (RULES, ACROSS_RULES):
        codes = [rule.code for rule in rules]
        assert codes == sorted(set(codes))


def test_metrics_that_the_monitor_is_said_to_export_are_those_it_counts() -> None:
    counted = {name for name, metric in METRICS.items() if metric.family is Family.PROPORTION} | {"f1_score"}
    assert counted == set(SHARES)
