"""Which kinds lie in no namespace."""

from __future__ import annotations

import pytest

from mlops_gitops.compiler.manifests.scopes import is_cluster_scoped


@pytest.mark.parametrize(
    ("group", "kind", "expected"),
    [
        ("", "Namespace", True),
        ("policy", "PodSecurityPolicy", True),
        ("rbac.authorization.k8s.io", "ClusterRole", True),
        ("kueue.x-k8s.io", "ClusterQueue", True),
        ("nvidia.com", "ClusterPolicy", True),
        ("kyverno.io", "ClusterPolicy", True),
        ("", "ConfigMap", False),
        ("kueue.x-k8s.io", "LocalQueue", False),
        # Kinds of the same name, of groups that are not Kubernetes'.
        ("example.com", "Node", False),
        ("example.com", "ClusterPolicy", False),
    ],
)
def test_a_kind_is_one_of_its_group(group: str, kind: str, expected: bool) -> None:
    assert is_cluster_scoped(group, kind) is expected
