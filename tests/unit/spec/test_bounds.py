"""The least and the most that a time or a number may be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mlops_gitops.spec.project import ProjectSpec
from tests import any_spec

BASE: dict[str, Any] = {"pipeline": {"stages": ["model_training"]}, "testing": {}, "monitoring": {}, "alerting": {}}


@pytest.mark.parametrize(
    ("path", "below", "least", "most", "above"),
    [
        ("pipeline.timeout", "999ms", "1s", "30d", "721h"),
        ("pipeline.stage_options.model_training.timeout", "999ms", "1s", "30d", "721h"),
        ("pipeline.stage_options.model_deployment.timeout", "1ms", "1s", "720h", "31d"),
        ("testing.case_timeout", "999ms", "1s", "30d", "721h"),
        ("serving.rollout_timeout", "999ms", "1s", "30d", "721h"),
        ("serving.canary.interval", "999ms", "1s", "1w", "8d"),
        ("monitoring.interval", "999ms", "PT1S", "7d", "169h"),
        ("alerting.escalation_policy.warning", "59s", "1m", "7d", "169h"),
        ("alerting.escalation_policy.critical", "500ms", "60s", "7d", "10081m"),
        ("serving.replicas", 0, 1, 1000, 1001),
        ("serving.autoscaling.max_replicas", 0, 1, 1000, 100000),
    ],
)
def test_ends_are_in_and_what_is_beyond_them_is_out(
    path: str, below: object, least: object, most: object, above: object
) -> None:
    def spec(value: object) -> ProjectSpec:
        return ProjectSpec.model_validate(any_spec.changed(BASE, [(tuple(path.split(".")), value)]))

    assert spec(least) != spec(most)
    for value in (below, above):
        with pytest.raises(ValidationError):
            spec(value)
