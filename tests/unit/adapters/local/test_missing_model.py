"""A release whose model is not on this machine is told before anything is started for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_gitops.adapters.local.target import LocalTarget
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.labels import MODEL_DIGEST, PROJECT
from mlops_gitops.records.resource import Resource


def server(replicas: int) -> Resource:
    metadata = {
        "name": "loans-serving",
        "labels": {PROJECT: "loans"},
        "annotations": {MODEL_DIGEST: "sha256:" + "a" * 64},
    }
    container = {"name": "server", "command": ["true"]}
    spec = {"replicas": replicas, "template": {"spec": {"containers": [container]}}}
    return Resource.of({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})


def test_a_model_that_was_made_elsewhere_is_named(tmp_path: Path) -> None:
    target = LocalTarget(tmp_path, "staging")
    with pytest.raises(OutsideError, match="lacks the released model") as error:
        target.apply(server(1), "c1")
    assert "mlops-gitops run loans" in error.value.why
    assert not list(target.live())
    assert not target.stop_all()


def test_without_replicas_no_model_is_needed(tmp_path: Path) -> None:
    target = LocalTarget(tmp_path, "staging")
    try:
        target.apply(server(0), "c1")
        assert [one.key.name for one in target.live()] == ["loans-serving"]
    finally:
        target.stop_all()
