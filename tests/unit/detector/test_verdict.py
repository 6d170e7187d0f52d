"""The word, its severity and its reasons."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_gitops.detector.baseline import Baseline, build_baseline
from mlops_gitops.detector.confusion import Confusion
from mlops_gitops.detector.rules import Rules
from mlops_gitops.detector.verdict import Batch, Subject, judge, primary_metrics, with_former
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.records.canonical import canonical_json
from mlops_gitops.records.verdict import FormerComparison, Outcome, Verdict, VerdictSeverity
from mlops_gitops.spec.project import ProjectSpec

SUBJECT = Subject("fraud-detection", "staging", 2, "sha256:" + "0" * 64)
REFERENCE = {
    "pipeline": {"stages": ["model_training"]},
    "testing": {
        "thresholds": {
            "accuracy": 0.95,
            "precision": 0.90,
            "recall": 0.85,
            "f1_score": 0.92,
            "false_positive_rate": 0.01,
        }
    },
    "monitoring": {
        "metrics": ["accuracy", "precision", "recall", "f1_score", "inference_latency_p95", "throughput"],
        "regression_detection": {"performance_threshold": 0.03, "statistical_significance": 0.05},
    },
    "alerting": {},
}


def rules(**sections):
    return Rules.of(ProjectSpec.model_validate({**REFERENCE, **sections}))


def baseline(confusion):
    """A baseline of normal features and the given counts."""
    random = np.random.default_rng(1)
    rows = confusion.rows
    labels = np.zeros(rows)
    made = build_baseline({"x": random.normal(size=rows)}, {"x": "float"}, random.random(rows), labels, 0.5)
    return Baseline(made.columns, made.scores, 0.5, confusion)


FRAUD = baseline(Confusion(570, 30, 59_370, 30))  # recall and precision 0.95
EVEN = baseline(Confusion(9_500, 500, 9_500, 500))


def batch(confusion, shift=0.0):
    random = np.random.default_rng(2)
    rows = confusion.rows if confusion else 2_000
    return Batch(rows, {"x": random.normal(shift, 1.0, rows)}, random.random(rows), confusion)


def word(against, confusion, shift=0.0, **sections):
    verdict = judge(SUBJECT, against, batch(confusion, shift), rules(**sections))
    # The evidence of a remedy is canonical JSON: no NaN, no numpy types, and it reads back the same.
    canonical_json(verdict.to_plain())
    assert Verdict.from_plain(verdict.to_plain()) == verdict
    return verdict


def test_the_same_again_passes():
    verdict = word(FRAUD, Confusion(285, 15, 29_685, 15))
    assert (verdict.outcome, verdict.severity, verdict.reasons) == (Outcome.PASSED, VerdictSeverity.NONE, ())
    assert (verdict.rows, verdict.labelled_rows) == (30_000, 30_000)
    assert [change.name for change in verdict.metrics] == [
        "accuracy",
        "precision",
        "recall",
        "f1_score",
        "false_positive_rate",
    ]
    assert [column.name for column in verdict.columns] == ["x", "score"]


def test_a_fall_of_recall_fails_high_where_frauds_are_rare():
    verdict = word(FRAUD, Confusion(310, 16, 29_584, 90))
    assert (verdict.outcome, verdict.severity) == (Outcome.FAILED, VerdictSeverity.HIGH)
    assert verdict.reasons[0].startswith(
        ("recall fell from 0.950 to 0.775 (−18.4 %, limit 3 %), p < 0.001", "f1_score")
    )
    assert any("recall 0.775 misses its gate ≥ 0.85, p < 0.001" in reason for reason in verdict.reasons)
    assert any(
        "Positives are 0.013 of the labelled rows, 0.010 in the baseline" in reason for reason in verdict.reasons
    )


@pytest.mark.parametrize(
    ("false_alarms", "outcome", "severity"),
    [
        (500, Outcome.PASSED, VerdictSeverity.NONE),
        # 4 % more accuracy errors than the limit: accuracy is primary where both classes are common.
        (1_500, Outcome.FAILED, VerdictSeverity.HIGH),
    ],
)
def test_accuracy_is_primary_where_both_classes_are_common(false_alarms, outcome, severity):
    none = {"thresholds": {}}
    verdict = word(EVEN, Confusion(9_500, false_alarms, 10_000 - false_alarms, 500), testing=none)
    assert (verdict.outcome, verdict.severity) == (outcome, severity)


def test_a_small_regression_of_another_metric_is_medium():
    monitoring = {"metrics": ["recall"], "regression_detection": {"performance_threshold": 0.03}}
    verdict = word(EVEN, Confusion(9_120, 500, 9_500, 880), testing={"thresholds": {}}, monitoring=monitoring)
    assert (verdict.outcome, verdict.severity) == (Outcome.FAILED, VerdictSeverity.MEDIUM)
    twice = word(EVEN, Confusion(8_900, 500, 9_500, 1_100), testing={"thresholds": {}}, monitoring=monitoring)
    assert (twice.outcome, twice.severity) == (Outcome.FAILED, VerdictSeverity.HIGH)


def test_a_significant_change_short_of_the_threshold_warns():
    verdict = word(EVEN, Confusion(9_350, 650, 9_350, 650), testing={"thresholds": {}})
    assert (verdict.outcome, verdict.severity) == (Outcome.WARNING, VerdictSeverity.LOW)
    assert "within the limit of 3 %" in " ".join(verdict.reasons)


def test_a_significant_gain_passes():
    verdict = word(EVEN, Confusion(9_800, 200, 9_800, 200), testing={"thresholds": {}})
    assert verdict.outcome is Outcome.PASSED
    assert any(change.significant for change in verdict.metrics)


def test_drift_alone_warns():
    verdict = word(FRAUD, Confusion(285, 15, 29_685, 15), shift=0.8)
    assert (verdict.outcome, verdict.severity) == (Outcome.WARNING, VerdictSeverity.LOW)
    (reason,) = verdict.reasons
    assert reason.startswith("1 of 2 columns drifted: x (D 0.3")


def test_without_labels_only_drift_is_judged():
    quiet, moved = word(FRAUD, None), word(FRAUD, None, shift=0.8)
    assert (quiet.outcome, quiet.metrics, quiet.labelled_rows) == (Outcome.PASSED, (), 0)
    assert moved.outcome is Outcome.WARNING


def test_a_broken_gate_fails_without_a_regression():
    """Released at recall 0.84 against a gate of 0.95 (which was raised since)."""
    poor = baseline(Confusion(504, 30, 59_370, 96))
    verdict = word(poor, Confusion(252, 15, 29_685, 48), testing={"thresholds": {"recall": 0.95}})
    assert (verdict.outcome, verdict.severity) == (Outcome.FAILED, VerdictSeverity.HIGH)
    assert not any(change.regressed for change in verdict.metrics)


def test_a_gate_that_is_missed_by_chance_is_only_mentioned():
    verdict = word(FRAUD, Confusion(285, 15, 29_685, 15), testing={"thresholds": {"recall": 0.955}})
    assert verdict.outcome is Outcome.PASSED
    assert "misses its gate ≥ 0.955, which may be chance" in verdict.reasons[0]


def test_too_few_rows_on_either_side():
    for against, current in (
        (FRAUD, Confusion(1, 0, 28, 0)),
        (baseline(Confusion(5, 0, 20, 0)), Confusion(50, 0, 50, 0)),
    ):
        verdict = word(against, current)
        assert (verdict.outcome, verdict.severity) == (Outcome.NOT_ENOUGH_DATA, VerdictSeverity.NONE)
        assert (verdict.metrics, verdict.columns) == ((), ())
        assert "30 on either side are needed" in verdict.reasons[0]


def test_too_few_frauds_is_not_enough_data_and_never_passed():
    verdict = word(FRAUD, Confusion(11, 1, 987, 1))
    assert verdict.outcome is Outcome.NOT_ENOUGH_DATA
    assert "recall cannot be judged: it rests on 12 rows, on 600 in the baseline, and needs 30." in verdict.reasons
    assert {change.name for change in verdict.metrics} == {"accuracy", "false_positive_rate"}


def test_drift_is_told_even_where_metrics_lack_rows():
    assert word(FRAUD, Confusion(11, 1, 987, 1), shift=0.8).outcome is Outcome.WARNING


def test_a_model_that_calls_nothing_positive_fails():
    verdict = word(FRAUD, Confusion(0, 0, 29_700, 300))
    assert (verdict.outcome, verdict.severity) == (Outcome.FAILED, VerdictSeverity.HIGH)
    assert any(reason.startswith("precision cannot be judged") for reason in verdict.reasons)


def test_one_class_only():
    verdict = word(FRAUD, Confusion(0, 15, 30_000, 0))
    assert verdict.outcome is Outcome.NOT_ENOUGH_DATA


def test_primary_metrics():
    assert primary_metrics(Confusion(10, 0, 90, 0)) == {"f1_score", "precision", "recall"}
    assert primary_metrics(Confusion(90, 0, 10, 0)) == {"f1_score", "precision", "recall"}
    assert primary_metrics(Confusion(20, 0, 80, 0)) == {"accuracy"}
    assert primary_metrics(Confusion(10, 0, 90, 0), "accuracy") == {"accuracy"}
    assert primary_metrics(Confusion(20, 0, 80, 0), "f1_score") == {"f1_score", "precision", "recall"}


def test_the_metric_that_the_project_names_is_primary():
    """A small fall of recall is medium where accuracy counts, and high where the project says that recall does."""
    fallen = Confusion(9_150, 500, 9_500, 850)
    assert word(EVEN, fallen, testing={}).severity is VerdictSeverity.MEDIUM
    assert word(EVEN, fallen, testing={"primary_metric": "recall"}).severity is VerdictSeverity.HIGH


def test_the_former_version_gets_a_sentence():
    verdict = word(FRAUD, Confusion(310, 16, 29_584, 90))
    former = FormerComparison(1, "recall", 0.775, 0.93, 1e-9, True)
    told = with_former(verdict, former)
    assert told.former == former
    assert told.reasons[-1] == (
        "Version 1 is better on the same rows: recall 0.930 against 0.775 of version 2, p < 0.001 (McNemar)."
    )
    worse = with_former(verdict, FormerComparison(1, "false_positive_rate", 0.001, 0.0014, 1e-9, False))
    assert "is no better on the same rows: false_positive_rate 0.0014 against 0.0010 of" in worse.reasons[-1]
    close = with_former(verdict, FormerComparison(1, "accuracy", 0.99871, 0.99874, 0.4, False))
    assert "is not significantly better on the same rows: accuracy 0.99874 against 0.99871 of" in close.reasons[-1]


def test_rules_read_the_configuration():
    found = rules()
    assert found.metrics == ("accuracy", "precision", "recall", "f1_score", "false_positive_rate")
    assert found.thresholds["false_positive_rate"] == 0.01
    assert (found.regression.performance_threshold, found.unjudged) == (0.03, ())
    bare = rules(testing={}, monitoring={})
    assert set(bare.metrics) == set(found.metrics)
    assert bare.thresholds == {}
    aliased = rules(testing={"thresholds": {"fpr": 0.02}}, monitoring={"metrics": ["f1", "auc", "latency"]})
    assert aliased.metrics == ("f1_score", "false_positive_rate")
    assert aliased.unjudged == ("roc_auc",)


def test_what_is_not_judged_is_said():
    verdict = word(FRAUD, Confusion(285, 15, 29_685, 15), monitoring={"metrics": ["recall", "roc_auc"]})
    assert verdict.reasons == ("roc_auc is not judged: decisions and labels alone do not answer it.",)


def test_an_unknown_metric_is_an_error():
    with pytest.raises(UsageError, match=r"unknown metric recal$"):
        rules(monitoring={"metrics": ["recal"]})


def test_quiet_batches_are_not_failed():
    """The whole verdict, simulated: no change, 400 times."""
    random = np.random.default_rng(9)
    outcomes = []
    for _ in range(400):
        positives = random.binomial(20_000, 0.01)
        tp, fp = random.binomial(positives, 0.95), random.binomial(20_000 - positives, 30 / 59_400)
        counts = Confusion(tp, fp, 20_000 - positives - fp, positives - tp)
        rows = {"x": random.normal(size=300)}
        outcomes.append(judge(SUBJECT, FRAUD, Batch(300, rows, random.random(300), counts), rules()).outcome)
    assert outcomes.count(Outcome.FAILED) / 400 <= 0.05
    assert outcomes.count(Outcome.PASSED) / 400 >= 0.93
