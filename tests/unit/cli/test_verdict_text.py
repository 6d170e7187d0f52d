"""A verdict for people: each thing is said once, aligned, with the limit in the terms of the configuration."""

from __future__ import annotations

from dataclasses import replace

from mlops_gitops.cli.verdict_text import verdict_text
from mlops_gitops.detector.wording import drift_reason, former_reason, regression_reason
from mlops_gitops.records.verdict import (
    ColumnDrift,
    FormerComparison,
    MetricChange,
    Outcome,
    Verdict,
    VerdictSeverity,
)

RECALL = MetricChange(
    name="recall", baseline=0.91, current=0.844, absolute=-0.066, relative=-0.0725, low=-0.091, high=-0.054,
    p_value=0.0001, threshold=0.025, exceeds_threshold=True, significant=True, regressed=True, test="score",
    baseline_samples=400, current_samples=500,
)  # fmt: skip
RATE = replace(
    RECALL, name="false_positive_rate", baseline=0.0, current=0.004, absolute=0.004, relative=None, low=-0.001,
    high=0.009, p_value=0.4, threshold=0.01, exceeds_threshold=False, significant=False, regressed=False,
)  # fmt: skip
AMOUNT = ColumnDrift("amount", "number", 0.2137, 0.31, 1e-9, True, "medium")
COUNTRY = ColumnDrift("country", "category", 0.12, 0.2, 1e-9, True, "small")
SCORE = ColumnDrift("score", "score", 0.3, 0.4, 1e-9, True, "large")
QUIET = ColumnDrift("age", "number", 0.01, 0.001, 0.8, False, "none")
FORMER = FormerComparison(11, "recall", 0.844, 0.91, 0.0004, True)

VERDICT = Verdict(
    project="fraud-detection",
    environment="production",
    model_version=12,
    model_digest="sha256:" + "7" * 64,
    outcome=Outcome.FAILED,
    severity=VerdictSeverity.HIGH,
    rows=833_400,
    labelled_rows=4_112,
    metrics=(RECALL, RATE),
    columns=(AMOUNT, COUNTRY, SCORE, QUIET),
    former=FORMER,
    reasons=(
        regression_reason(RECALL, 2),
        drift_reason([AMOUNT, COUNTRY, SCORE], 4),
        "precision cannot be judged: it rests on 3 rows.",
        former_reason(12, FORMER),
    ),
)


def test_the_whole():
    assert verdict_text(VERDICT).splitlines() == [
        "FAILED  fraud-detection v12 in production: 833,400 rows, 4,112 labelled · severity high",
        "  recall               0.9100 → 0.8440    -7.2% (limit 2.5 %)  [-0.0910, -0.0540] at 95 %  "
        "regressed, p < 0.001 after correction",
        "  false_positive_rate  0.0000 → 0.0040  +0.0040 (limit 0.01)  [-0.0010, +0.0090] at 95 %",
        "  amount   D = 0.2137  PSI 0.310  drifted: medium effect",
        "  country  V = 0.1200  PSI 0.200  drifted: small effect",
        "  score    D = 0.3000  PSI 0.400  drifted: large effect",
        "  3 of 4 columns drifted",
        "  Version 11 is better on the same rows: recall 0.910 against 0.844 of version 12, p < 0.001 (McNemar).",
        "  · precision cannot be judged: it rests on 3 rows.",
    ]


def test_nothing_of_note_is_two_lines():
    quiet = replace(
        VERDICT, outcome=Outcome.PASSED, severity=VerdictSeverity.NONE, labelled_rows=0, metrics=(), columns=(QUIET,),
        former=None, reasons=(),
    )  # fmt: skip
    assert verdict_text(quiet).splitlines() == [
        "PASSED  fraud-detection v12 in production: 833,400 rows · severity none",
        "  0 of 1 columns drifted",
    ]


def test_too_little_to_say_anything():
    few = replace(VERDICT, metrics=(), columns=(), former=None, reasons=("30 rows are needed.",))
    assert verdict_text(few).splitlines()[1:] == ["  · 30 rows are needed."]


def test_significant_without_regression():
    assert "  significant, p < 0.001 after correction" in verdict_text(
        replace(VERDICT, metrics=(replace(RECALL, regressed=False),))
    )
