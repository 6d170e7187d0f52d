"""The table of removed API versions: against what is known of Kubernetes' history, and where its warnings begin."""

from __future__ import annotations

import pytest

from mlops_gitops.compiler.manifests.removed_apis import REMOVALS
from mlops_gitops.spec.platform import KUBERNETES_VERSIONS
from tests.factory import PLATFORM, PROJECT, Content, compiled, edited


@pytest.mark.parametrize(
    ("api", "kind", "removed", "replacement"),
    [
        ("extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
        ("extensions/v1beta1", "Deployment", 16, "apps/v1"),
        ("apps/v1beta2", "StatefulSet", 16, "apps/v1"),
        ("networking.k8s.io/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
        ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", 22, "rbac.authorization.k8s.io/v1"),
        ("batch/v1beta1", "CronJob", 25, "batch/v1"),
        ("policy/v1beta1", "PodDisruptionBudget", 25, "policy/v1"),
        ("policy/v1beta1", "PodSecurityPolicy", 25, ""),
        ("discovery.k8s.io/v1beta1", "EndpointSlice", 25, "discovery.k8s.io/v1"),
        ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25, "autoscaling/v2"),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26, "autoscaling/v2"),
        ("storage.k8s.io/v1beta1", "CSIStorageCapacity", 27, "storage.k8s.io/v1"),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", 32, "flowcontrol.apiserver.k8s.io/v1"),
    ],
)
def test_it_says_what_is_known(api: str, kind: str, removed: int, replacement: str) -> None:
    found = REMOVALS[api, kind]
    assert (found.removed, found.replacement) == (removed, replacement)


def test_what_stands_in_a_place_stays() -> None:
    for (api, kind), found in REMOVALS.items():
        assert found.deprecated < found.removed, f"{api} {kind}"
        assert found.replacement != api
        assert (found.replacement, kind) not in REMOVALS, f"{api} {kind} is sent to {found.replacement}, which goes too"


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_a_finding_begins_with_the_version(version: str) -> None:
    claim = "apiVersion: resource.k8s.io/v1beta1\nkind: ResourceClaim\nmetadata: {name: one}\n"
    cluster = edited(PLATFORM, ("    context: cloud", f'    context: cloud\n    kubernetes_version: "{version}"'))
    changes: dict[str, Content] = {**cluster, f"{PROJECT}/manifests/claim.yaml": claim}
    found = [one for one in compiled(changes).findings.diagnostics if one.code == "MG257"]
    deprecated = REMOVALS["resource.k8s.io/v1beta1", "ResourceClaim"].deprecated
    assert [one.severity.value for one in found] == (["warning"] if int(version[2:]) >= deprecated else [])
