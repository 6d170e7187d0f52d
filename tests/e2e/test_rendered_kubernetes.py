"""Every object of this repository's rendered tree against the published schemas of the Kubernetes versions we name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[2]
VERSIONS = tuple(f"1.{minor}" for minor in range(29, 37))
# Custom resources have no published built-in schema.
CUSTOM = frozenset({"PrometheusRule"})


def rendered_objects() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.relative_to(ROOT)}:{body['kind']}", body)
        for path in sorted((ROOT / "rendered").glob("*/*/**/*.yaml"))
        for body in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]


def test_there_is_a_training_job_and_a_deployment_to_judge() -> None:
    kinds = {body["kind"] for _, body in rendered_objects()}
    assert {"Job", "Deployment", "Service", "ConfigMap", "PersistentVolumeClaim"} <= kinds


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(version: str) -> None:
    for name, body in rendered_objects():
        if body["kind"] not in CUSTOM:
            try:
                kubernetes_validate.validate(body, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                pytest.fail(f"{name} is not valid for Kubernetes {version}: {error.message}")


def test_a_wrong_object_is_not_valid() -> None:
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"portz": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(body, "1.34", strict=True)
