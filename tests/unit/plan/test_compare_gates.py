"""What a change is said to mean: gates, and devices with what they cost."""

from __future__ import annotations

import pytest

from mlops_gitops.plan.change import Change, DeviceTotal, Effect
from tests.factory import FILES, PLATFORM, edited
from tests.unit.plan.comparing import BOTH, CLOUD, Changes, added, changes, config, plan


@pytest.mark.parametrize(
    ("after", "text", "effect", "note"),
    [
        (config(("f1_score: 0.92", "f1_score: 0.85")), "f1_score 0.92 → 0.85", Effect.WEAKER, ""),
        (config(("rate: 0.01", "rate: 0.02")), "false_positive_rate 0.01 → 0.02", Effect.WEAKER, ""),
        (config(("rate: 0.01", "rate: 0.005")), "false_positive_rate 0.01 → 0.005", Effect.TIGHTER, ""),
        (config(("recall: 0.85", "recall: 0.88")), "recall 0.85 → 0.88", Effect.TIGHTER, ""),
        (config(("recall: 0.85", "recall: 0.8500001")), "recall 0.85 → 0.8500001", Effect.TIGHTER, ""),
        (config(("    recall: 0.85\n", "")), "recall 0.85 → none", Effect.WEAKER, "gate removed"),
        (config(("    recall", "    accuracy: 0.9\n    recall")), "accuracy 0.9", Effect.TIGHTER, "new gate"),
        (config(("[model_test]", "[model_test, data_test]")), "data_test", Effect.TIGHTER, "new test"),
        (
            config(("monitoring:", "monitoring:\n  regression_detection:\n    performance_threshold: 0.1\n")),
            "regression_detection performance_threshold 0.05 → 0.1",
            Effect.WEAKER,
            "",
        ),
        (
            config(("monitoring:", "monitoring:\n  max_attack_success: 0.1\n")),
            "max_attack_success 0.2 → 0.1",
            Effect.TIGHTER,
            "",
        ),
        (added("serving:\n  slo:\n    latency: 200ms\n"), "slo latency 100ms → 200ms", Effect.WEAKER, ""),
        (added("serving:\n  slo:\n    availability: 0.9999\n"), "slo availability 0.999 → 0.9999", Effect.TIGHTER, ""),
        (
            config(("  stages:", "  stage_options:\n    model_training:\n      max_overfit_gap: 0.3\n  stages:")),
            "model_training max_overfit_gap 0.1 → 0.3",
            Effect.WEAKER,
            "",
        ),
        (
            config(("  stages:", "  stage_options:\n    model_monitoring:\n      max_latency_p95: 1s\n  stages:")),
            "model_monitoring max_latency_p95 1s",
            Effect.TIGHTER,
            "new gate",
        ),
    ],
)
def test_a_gate_is_said_to_be_weaker_or_tighter(after: Changes, text: str, effect: Effect, note: str) -> None:
    gates = [change for change in changes(after) if change.area == "gate"]
    assert gates == [Change("gate", text, effect, note, BOTH)]


def test_a_test_that_is_no_longer_run_weakens() -> None:
    before = config(("[model_test]", "[model_test, data_test, security_test]"))
    after = config(("[model_test]", "[model_test, data_test]"))
    assert changes(after, before) == [Change("gate", "security_test", Effect.WEAKER, "no longer run", BOTH)]


def test_another_name_of_a_metric_is_no_other_gate() -> None:
    assert changes(config(("    f1_score: 0.92", "    f1: 0.92"))) == []


def test_devices_come_with_their_price() -> None:
    found = changes(added("training:\n  accelerator:\n    count: 6\n"))
    text = "nvidia.com/gpu 0 → 6"
    assert (found[0].effect, found[0].note) == (
        Effect.REPLACED,
        "what it asks for changed: same training; a running one is kept to its end",
    )
    assert found[1] == Change("training", text, Effect.CHANGED, "+6 devices (+19.20 an hour while it runs)", CLOUD)
    policy = {PLATFORM: FILES[PLATFORM] + "policy:\n  gpu_budget:\n    total: {production: 4}\n"}
    totals = plan({**policy, **added("training:\n  accelerator:\n    count: 6\n")}, policy).devices
    assert totals == (DeviceTotal("production", "nvidia.com/gpu", 0, 6, 4, 0.0, 19.2),)


def test_devices_without_a_price() -> None:
    prices = edited(PLATFORM, ("prices:\n  nvidia.com/gpu: 3.20\n", ""))
    found = changes({**prices, **added("training:\n  accelerator:\n    count: 1\n")}, prices)
    assert found[1].note == "+1 device"


def test_workers_count_as_often_as_they_are() -> None:
    keras = "  framework: keras\n  accelerator: {count: 2}\n"
    found = changes(added(f"training:\n{keras}  workers: 4\n"), added(f"training:\n{keras}"))
    text = "nvidia.com/gpu 2 → 8 (4 workers)"
    assert Change("training", text, Effect.CHANGED, "+6 devices (+19.20 an hour while it runs)", CLOUD) in found


def test_devices_that_serve_cost_always() -> None:
    found = changes(added("serving:\n  replicas: 3\n  accelerator: {resource: nvidia.com/gpu, count: 1}\n"))
    note = "+3 devices (+9.60 an hour always)"
    assert Change("serving", "nvidia.com/gpu 0 → 3 (3 replicas)", Effect.CHANGED, note, CLOUD) in found
