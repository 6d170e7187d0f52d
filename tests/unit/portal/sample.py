"""A run, a verdict and a history as the product's own records write them: what the pages are tried on."""

from __future__ import annotations

import json
from typing import Any

from mlops_gitops.modeltests.cases import Case
from mlops_gitops.modeltests.suite import CaseResult, CaseStatus, Finding
from mlops_gitops.pipeline.gates import at_least, at_most
from mlops_gitops.pipeline.run_report import RunReport, RunStatus, StageRun
from mlops_gitops.portal.story import CommitEntry, Story
from mlops_gitops.records.canonical import digest_of
from mlops_gitops.records.release import ReleasedModel
from mlops_gitops.records.stage_result import StageResult, StageStatus
from mlops_gitops.records.trailers import Trailer
from mlops_gitops.records.verdict import (
    ColumnDrift,
    FormerComparison,
    MetricChange,
    Outcome,
    Verdict,
    VerdictSeverity,
)
from mlops_gitops.spec.testing import TestCategory

HOSTILE = "<script>alert('x')</script> & \"quoted\" --> </style>"
IMPORTANCE = {"device_age_days": 1.0, "amount_ratio_percent": 0.995, "country": 0.688, "failed_logins_24h": 0.0}


def run(number: int = 1, version: int = 1, project: str = "fraud-detection") -> dict[str, Any]:
    """A run that passed, as ``run.json`` holds it, with the losses of its training."""
    report = RunReport(
        project=project,
        number=number,
        commit="4e1c9b2f00d1e4a7b8c9d0e1f2a3b4c5d6e7f809",
        dirty=(),
        started_at="2026-03-02T10:04:09+00:00",
        status=RunStatus.SUCCESS,
        stages=(_validation(), _features(), _training(), _testing(), _monitoring()),
        ended_at="2026-03-02T10:05:00+00:00",
        duration_s=51.2,
        released=model(version, f"{project}/{number}"),
    )
    plain: dict[str, Any] = json.loads(json.dumps(report.to_plain()))
    return plain | {"history": history()}


def model(version: int, run_id: str) -> ReleasedModel:
    return ReleasedModel(
        version=version,
        digest=digest_of(["model", version]),
        data_digest="md5:0123456789abcdef0123456789abcdef",
        code_digest=digest_of("code"),
        environment_digest=digest_of("environment"),
        config_digest=digest_of("config"),
        run=run_id,
        trained_at_commit="4e1c9b2f00d1e4a7b8c9d0e1f2a3b4c5d6e7f809",
    )


def history() -> list[dict[str, float]]:
    return [
        {"iteration": i, "train_loss": 0.06 * 0.93**i + 0.005, "validation_loss": 0.06 * 0.93**i + 0.0055 + 3e-5 * i}
        for i in range(90)
    ]


def _validation() -> StageRun:
    gates = (at_least("quality_score", 0.983, 0.9), at_most("reports_failed", 0, 0))
    return StageRun(StageResult("data_validation", StageStatus.PASSED, "quality 0.983 ≥ 0.90", gates), cached=True)


def _features() -> StageRun:
    result = StageResult(
        "feature_engineering",
        StageStatus.PASSED,
        "3 of 4 features kept   rows 294,000 / 63,000 / 63,000",
        (at_least("weakest_kept_importance", 0.688, 0.1), at_least("features_kept", 3, 1)),
        details={"importance": IMPORTANCE, "kept": [name for name, value in IMPORTANCE.items() if value > 0.1]},
    )
    return StageRun(result, duration_s=6.4)


def _training() -> StageRun:
    result = StageResult(
        "model_training",
        StageStatus.PASSED,
        "f1 0.956 (naive baseline 0.011)   train/validation gap -0.6 %   90 iterations",
        (at_least("gain_over_baseline", 89.4, 0.1), at_most("overfit_gap", -0.006, 0.1)),
        metrics={"threshold": 0.257},
    )
    outputs = {"history": ".mlops-gitops/cache/model_training/ab/history.json"}
    return StageRun(result, duration_s=24.0, outputs=outputs)


def _testing() -> StageRun:
    gates = (
        at_least("recall", 0.915, 0.85, (0.891, 0.935)),
        at_least("f1_score", 0.931, 0.92, (0.916, 0.945)),
        at_most("false_positive_rate", 0.00051, 0.01, (0.00036, 0.00072)),
        at_most("age_band_accuracy_gap", 0.0008, 0.1),
        at_most("artifact_findings", 0, 0),
    )
    quality = Finding(
        details={
            "confusion": {"tp": 574, "fp": 32, "tn": 62341, "fn": 53},
            "worst_slice": {"name": "merchant_category=travel", "rows": 5120, "positives": 61, "f1": 0.88},
        }
    )
    groups = {"18-24": {"rows": 9000, "accuracy": 0.9984, "positive_rate": 0.0101},
              "60+": {"rows": 12000, "accuracy": 0.9992, "positive_rate": 0.0092}}  # fmt: skip
    fairness = Finding(details={"attribute": "age_band", "groups": groups})
    cases = (
        CaseResult(Case("model_quality", TestCategory.MODEL, "every threshold"), CaseStatus.PASSED, quality, 0.7),
        CaseResult(Case("fairness_age_band", TestCategory.FAIRNESS, "groups fare alike"), CaseStatus.PASSED, fairness),
        CaseResult(Case("endpoint", TestCategory.INFERENCE, "it answers fast"), CaseStatus.NOT_RUN, Finding(),
                   reason="nothing serves before deployment"),
    )  # fmt: skip
    details = {"cases": [one.to_plain() for one in cases]}
    result = StageResult("model_testing", StageStatus.PASSED, "2 of 3 pass   f1 0.931", gates, details=details)
    return StageRun(result, duration_s=14.1, warnings=("endpoint was not run",))


def _monitoring() -> StageRun:
    gates = (at_least("healthy", 1, 1), at_most("latency_p95_ms", 22.4, 100, unit="ms"))
    return StageRun(StageResult("model_monitoring", StageStatus.PASSED, "p95 22 ms", gates), duration_s=2.2)


def change(
    name: str, baseline: float, current: float, *, half: float = 0.02, significant: bool = False
) -> MetricChange:
    absolute = current - baseline
    worse = absolute if name == "false_positive_rate" else -absolute
    exceeds = worse >= 0.03 * baseline
    return MetricChange(
        name=name, baseline=baseline, current=current, absolute=absolute, relative=absolute / baseline,
        low=absolute - half, high=absolute + half, p_value=0.0 if significant else 0.4, threshold=0.03,
        exceeds_threshold=exceeds, significant=significant, regressed=exceeds and significant, test="two-proportion z",
        baseline_samples=627, current_samples=1480,
    )  # fmt: skip


def verdict(project: str = "fraud-detection") -> Verdict:
    """What an attack on the second version looks like."""
    return Verdict(
        project=project,
        environment="staging",
        model_version=2,
        model_digest=digest_of(["model", 2]),
        outcome=Outcome.FAILED,
        severity=VerdictSeverity.HIGH,
        rows=30000,
        labelled_rows=30000,
        metrics=(
            change("accuracy", 0.9987, 0.981, half=0.002, significant=True),
            change("precision", 0.954, 0.948),
            change("recall", 0.931, 0.492, half=0.03, significant=True),
            change("f1_score", 0.942, 0.648, half=0.03, significant=True),
            change("false_positive_rate", 0.00045, 0.0006, half=0.0003),
        ),
        columns=(
            ColumnDrift("amount_cents", "number", 0.031, 0.012, 0.0004, False, "none"),
            ColumnDrift("device_trust", "number", 0.163, 0.148, 0.0, True, "small"),
            ColumnDrift("merchant_category", "category", 0.214, 1.31, 0.0, True, "large"),
            ColumnDrift("score", "score", 0.058, 0.02, 0.001, False, "none"),
        ),
        former=FormerComparison(1, "recall", 0.492, 0.917, 0.0, True),
        reasons=(
            "recall fell from 0.931 to 0.492 (−47.2 %, limit 3 %), p < 0.001 after correction over 5 metrics.",
            "2 of 4 columns drifted: merchant_category (V 0.21, PSI 1.31, large), device_trust (D 0.16, PSI 0.15).",
            "Version 1 is better on the same rows: recall 0.917 against 0.492 of version 2, p < 0.001 (McNemar).",
        ),
    )


def commits() -> tuple[CommitEntry, ...]:
    """A person starts and changes, a run releases twice, the bot rolls back."""
    told = (
        ("Start with the fraud-detection project", None, "Ada Author"),
        ("Raise the recall gate to 0.88", None, "Ada Author"),
        ("Release fraud-detection v1 to staging", ("deploy", "1"), "Ada Author"),
        ("Use the vendor's device trust score", None, "Ben Builder"),
        ("Release fraud-detection v2 to staging", ("deploy", "2"), "Ben Builder"),
        ("Roll fraud-detection in staging back to v1", ("rollback", "1"), "mlops-gitops-bot"),
    )
    return tuple(
        CommitEntry(
            sha=f"{position + 1:02d}c0de4b" * 5,
            when=f"2026-03-02T10:{4 + 3 * position:02d}:09+01:00",
            author=author,
            subject=subject,
            trailers=_trailers(*released) if released else {},
            is_bot=author.endswith("bot"),
        )
        for position, (subject, released, author) in enumerate(told)
    )


def _trailers(action: str, version: str) -> dict[str, str]:
    told = {Trailer.ACTION: action, Trailer.ENVIRONMENT: "staging", Trailer.VERSION: version}
    if action == "rollback":
        told |= {Trailer.SEVERITY: "high", Trailer.EVIDENCE: digest_of("evidence"), Trailer.PREVIOUS: "2"}
    return {key.value: value for key, value in told.items()}


def story() -> Story:
    """Two runs, an attack, a roll-back."""
    return Story(
        title="fraud-detection: from a changed line to a mended service",
        runs=(run(1, 1), run(2, 2)),
        verdict=verdict().to_plain(),
        commits=commits(),
        facts=(("planned", "gate recall 0.85 → 0.88  stronger"), ("attacked recall", "0.931 → 0.492 (−47.2 %)")),
        steps=(("A repository", 1.2, ""), ("The change: recall gate 0.85 → 0.88", 4.1, "one line"), ("Run", 58.0, "")),
    )


def verdict_plain() -> dict[str, Any]:
    """The verdict as it is read back from JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(verdict().to_plain()))
    return plain
