"""Kinds that lie in no namespace: they belong to all projects of a cluster, so no project may bring them."""

from __future__ import annotations

CLUSTER_SCOPED = frozenset(
    str.split(
        "APIService CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding ClusterTrustBundle"
        " ComponentStatus CustomResourceDefinition DeviceClass DeviceTaintRule FlowSchema IPAddress IngressClass"
        " MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration Namespace Node"
        " PersistentVolume PodSecurityPolicy PriorityClass PriorityLevelConfiguration ResourceSlice RuntimeClass"
        " ServiceCIDR StorageClass StorageVersionMigration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
        " ValidatingWebhookConfiguration VolumeAttachment VolumeAttributesClass"
        # Of operators that machine learning platforms often have.
        " AdmissionCheck ClusterExternalSecret ClusterIssuer ClusterPolicy ClusterQueue ClusterSecretStore"
        " ClusterServingRuntime ClusterStorageContainer ClusterTrainingRuntime Cohort GatewayClass ResourceFlavor"
        " WorkloadPriorityClass"
    )
)
