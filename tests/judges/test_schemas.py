"""Every object, rendered for each Kubernetes version that a cluster may declare, against that version's schemas."""

from __future__ import annotations

import pytest

from tests.judges import judges
from tests.judges.documents import objects_for, tree_names
from tests.judges.judges import VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("tree", tree_names())
def test_every_object_is_valid(tree: str, version: str) -> None:
    judges.kubernetes_schemas(objects_for(tree, version), version)


WRONG = [
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"portz": []}},
    {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "x"},
        "spec": {"group": []},
    },
    {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "x"}, "spec": {}},
    {"apiVersion": "example.com/v1", "kind": "Nobodys", "metadata": {"name": "x"}},
]


@pytest.mark.parametrize("body", WRONG, ids=lambda body: body["kind"])
def test_a_wrong_object_is_not_valid(body: dict[str, object]) -> None:
    with pytest.raises(AssertionError, match="not valid for Kubernetes"):
        judges.kubernetes_schemas([body], "1.34")
