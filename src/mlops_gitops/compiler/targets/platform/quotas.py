"""Limits of a namespace: what a container gets that asks for nothing, and how many devices all may hold at once."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_gitops.compiler.targets.platform.owner import head
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import EnvironmentSettings, PlatformSpec
from mlops_gitops.spec.resources import ACCELERATORS, is_accelerator


def limits(settings: EnvironmentSettings, environment: str) -> dict[str, Plain]:
    """For containers that say nothing; all that is rendered from a configuration says it.

    No default limit of CPU: it would slow down every container that leaves it out on purpose.
    """
    body = head("v1", "LimitRange", "defaults", (settings.namespace, environment, "limits"))
    bounded: dict[str, Plain] = {"memory": "512Mi", "ephemeral-storage": "1Gi"}
    body["spec"] = {"limits": [{"type": "Container", "defaultRequest": {"cpu": "100m", **bounded}, "default": bounded}]}
    return body


def quota(platform: PlatformSpec, environment: str, projects: Sequence[Summary]) -> dict[str, Plain] | None:
    """The environment's budget of devices as the cluster enforces it; nothing without a budget.

    A quota counts each resource by itself, so it is the last fence and not the whole budget: that all kinds together
    stay within is checked before anything is merged.
    """
    total = platform.policy.gpu_budget.total.get(environment)
    if total is None:
        return None
    asked = {resource for one in projects for resource in one.gpus.get(environment, {})}
    described = {resource for resource in (*platform.nodes, *platform.prices) if is_accelerator(resource)}
    settings = platform.environments[environment]
    body = head("v1", "ResourceQuota", "devices", (settings.namespace, environment, "limits"))
    resources = sorted({*ACCELERATORS, *asked, *described})
    body["spec"] = {"hard": {f"requests.{resource}": str(total) for resource in resources}}
    return body
