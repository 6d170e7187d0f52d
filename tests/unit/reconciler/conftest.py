"""Small objects to reconcile."""

from collections.abc import Callable
from typing import Any

import pytest

from mlops_gitops.records.labels import PROJECT
from mlops_gitops.records.resource import Resource

API = {"Deployment": "apps/v1", "Job": "batch/v1"}
Make = Callable[..., Resource]


@pytest.fixture
def make() -> Make:
    def resource(kind: str, name: str, project: str = "fraud", **spec: Any) -> Resource:
        metadata = {"name": name, "namespace": "ml-models", "labels": {PROJECT: project}}
        return Resource.of({"apiVersion": API.get(kind, "v1"), "kind": kind, "metadata": metadata, "spec": spec})

    return resource
