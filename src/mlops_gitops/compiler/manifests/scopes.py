"""Kinds that lie in no namespace: they belong to all projects of a cluster, so no project may bring them.

A kind is one of an API group: a `Node` of somebody's own is not Kubernetes'.  Of groups that are not listed nothing is
known, and their kinds are taken as kinds that lie in a namespace.
"""

from __future__ import annotations

_KUBERNETES = frozenset(
    str.split(
        "APIService CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding ClusterTrustBundle"
        " ComponentStatus CustomResourceDefinition DeviceClass DeviceTaintRule FlowSchema GatewayClass IPAddress"
        " IngressClass MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration Namespace"
        " Node PersistentVolume PodSecurityPolicy PriorityClass PriorityLevelConfiguration ResourceSlice RuntimeClass"
        " ServiceCIDR StorageClass StorageVersionMigration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
        " ValidatingWebhookConfiguration VolumeAttachment VolumeAttributesClass VolumeSnapshotClass"
    )
)
# Of operators that machine learning platforms often have.
_OPERATORS = {
    "cert-manager.io": ("ClusterIssuer",),
    "external-secrets.io": ("ClusterExternalSecret", "ClusterSecretStore"),
    "kueue.x-k8s.io": ("AdmissionCheck", "ClusterQueue", "Cohort", "ResourceFlavor", "WorkloadPriorityClass"),
    "kyverno.io": ("ClusterPolicy",),
    "nvidia.com": ("ClusterPolicy",),
    "serving.kserve.io": ("ClusterServingRuntime", "ClusterStorageContainer"),
    "trainer.kubeflow.org": ("ClusterTrainingRuntime",),
}


def is_cluster_scoped(group: str, kind: str) -> bool:
    """Whether a kind is known to lie in no namespace."""
    of_kubernetes = "." not in group or group.endswith(".k8s.io")
    return (of_kubernetes and kind in _KUBERNETES) or kind in _OPERATORS.get(group, ())
