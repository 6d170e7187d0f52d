"""Health from an object alone: metadata and status in, a state and a sentence out, nothing fetched.

The rules are those of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus), except that a running Job is *in progress* there
where kstatus calls it current: an apply that says "done" while training still runs would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mlops_gitops.records.health import Health, HealthState

_CURRENT, _IN_PROGRESS, _FAILED = HealthState.CURRENT, HealthState.IN_PROGRESS, HealthState.FAILED
# Kinds that are done once they are accepted: they have no status worth waiting for.
_WITHOUT_STATUS = frozenset({"Service", "ConfigMap", "Secret", "ServiceAccount", "NetworkPolicy", "CronJob"})


def assess(body: Mapping[str, Any]) -> Health:
    """The health of a live object (its full mapping, with ``status``)."""
    metadata, status = body["metadata"], body.get("status") or {}
    if metadata.get("deletionTimestamp"):
        return Health(HealthState.TERMINATING, "is being removed")
    observed = status.get("observedGeneration")
    if observed is not None and observed != metadata.get("generation", observed):
        return Health(_IN_PROGRESS, "the last change is not seen yet")
    rule = _RULES.get(body["kind"])
    if rule:
        return rule(body.get("spec") or {}, status)
    return _generic(status) if body["kind"] not in _WITHOUT_STATUS else Health(_CURRENT)


def _deployment(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Health:
    if "observedGeneration" not in status:
        return Health(_IN_PROGRESS, "no status yet")
    progressing = _condition(status, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return Health(_FAILED, progressing.get("message") or "the roll-out did not finish within its deadline")
    wanted = spec.get("replicas", 1)
    updated, total = status.get("updatedReplicas", 0), status.get("replicas", 0)
    # Old pods are available too, but prove nothing of the new ones.
    available = max(0, min(updated, status.get("availableReplicas", 0) - (total - updated)))
    if updated < wanted:
        return Health(_IN_PROGRESS, f"{updated} of {wanted} new pods started")
    if available < wanted:
        why = f"{available} of {wanted} new pods ready"
        return Health(_IN_PROGRESS, "; ".join(filter(None, (why, progressing.get("message")))))
    if total > wanted:
        return Health(_IN_PROGRESS, f"{total - wanted} old pods are stopping")
    return Health(_CURRENT, f"{wanted} of {wanted} pods ready")


def _job(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Health:
    failed = _condition(status, "Failed")
    if failed.get("status") == "True":
        return Health(_FAILED, failed.get("message") or failed.get("reason") or "failed")
    if _condition(status, "Complete").get("status") == "True":
        return Health(_CURRENT, "completed")
    if spec.get("suspend"):
        return Health(_IN_PROGRESS, "suspended")
    if not status.get("startTime"):
        return Health(_IN_PROGRESS, "not started yet")
    tries = f", {status['failed']} tries failed" if status.get("failed") else ""
    return Health(_IN_PROGRESS, f"running{tries}" if status.get("active") else f"waiting to start{tries}")


def _claim(_spec: Mapping[str, Any], status: Mapping[str, Any]) -> Health:
    phase = status.get("phase", "Pending")
    if phase == "Lost":
        return Health(_FAILED, "its volume is lost")
    return Health(_CURRENT, "bound") if phase == "Bound" else Health(_IN_PROGRESS, f"phase {phase}")


def _namespace(_spec: Mapping[str, Any], status: Mapping[str, Any]) -> Health:
    terminating = status.get("phase") == "Terminating"
    return Health(HealthState.TERMINATING, "is being removed") if terminating else Health(_CURRENT)


def _inference_service(_spec: Mapping[str, Any], status: Mapping[str, Any]) -> Health:
    """KServe starts without any condition, which the general rule would take for done."""
    ready = _condition(status, "Ready")
    if not ready:
        return Health(_IN_PROGRESS, "no status yet")
    if (status.get("modelStatus") or {}).get("transitionStatus") in ("InvalidSpec", "BlockedByFailedLoad"):
        failure = status["modelStatus"].get("lastFailureInfo") or {}
        return Health(_FAILED, failure.get("message") or "the model does not load")
    return _generic(status)


def _generic(status: Mapping[str, Any]) -> Health:
    stalled, reconciling, ready = (_condition(status, name) for name in ("Stalled", "Reconciling", "Ready"))
    if stalled.get("status") == "True":
        return Health(_FAILED, stalled.get("message") or "stalled")
    if reconciling.get("status") == "True":
        return Health(_IN_PROGRESS, reconciling.get("message") or "reconciling")
    if ready and ready.get("status") != "True":
        return Health(_IN_PROGRESS, ready.get("message") or ready.get("reason") or "not ready")
    return Health(_CURRENT)


def _condition(status: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    conditions: list[Mapping[str, Any]] = status.get("conditions") or []
    return next((one for one in conditions if one.get("type") == name), {})


_RULES: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Health]] = {
    "Deployment": _deployment,
    "Job": _job,
    "PersistentVolumeClaim": _claim,
    "Namespace": _namespace,
    "InferenceService": _inference_service,
}
