"""What each kind means on this machine: run, served, kept as files, or only recorded."""

from __future__ import annotations

from mlops_gitops.adapters.local.pod_template import read_template
from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.records.resource import Resource

# Recorded, so that they are counted, diffed and pruned like everything else; the sentence is shown as their health.
WITHOUT_EFFECT = {
    **dict.fromkeys(
        (
            "Namespace",
            "NetworkPolicy",
            "ServiceAccount",
            "Role",
            "RoleBinding",
            "PodDisruptionBudget",
            "HorizontalPodAutoscaler",
            "ResourceQuota",
            "LimitRange",
            "PriorityClass",
            "PrometheusRule",
            "ServiceMonitor",
            "PodMonitor",
        ),
        "recorded; has no effect on this machine",
    ),
    "CronJob": "recorded; its schedule runs on Kubernetes only",
}

_RUN = frozenset({"Deployment", "Job"})
_KEPT = frozenset({"ConfigMap", "PersistentVolumeClaim", "Service"})


def refuse_unsupported(resource: Resource) -> None:
    """Raise ``RefusedError`` for an object that cannot do here what it says; better than to pretend."""
    kind, body = resource.key.kind, resource.body
    if kind == "Secret":
        raise _refused(resource, "secrets are not supported on this machine", "use the kubernetes target for it")
    if kind in _RUN:
        read_template(body["spec"]["template"], str(resource.key))
        if kind == "Job" and (body["spec"].get("parallelism", 1) != 1 or body["spec"].get("completions", 1) != 1):
            raise _refused(resource, "a Job runs as one process here", "set parallelism and completions to 1")
    elif kind == "Service" and not body["spec"].get("selector"):
        raise _refused(resource, "a Service without a selector leads nowhere here", "name the pods' labels")
    elif kind not in _KEPT and kind not in WITHOUT_EFFECT:
        raise _refused(resource, f"the local target cannot run the kind {kind}", "use the kubernetes target for it")


def _refused(resource: Resource, why: str, todo: str) -> RefusedError:
    return RefusedError(f"{resource.key} cannot be applied to this machine", why=why, todo=todo)
