"""What policy says of accelerators: how many one project may ask for in an environment."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic


def budget_kept(subject: Subject) -> Iterator[Diagnostic]:
    """MG408."""
    allowed = subject.platform.policy.gpu_budget.per_project.get(subject.environment)
    settings = subject.platform.environments.get(subject.environment)
    if allowed is None or settings is None or subject.platform.clusters[settings.cluster].kind == "local":
        return  # One machine without a cluster hands out no devices.
    wanted = subject.spec.most_devices()
    if sum(wanted.values()) > allowed:
        listed = " and ".join(f"{count} {resource}" for resource, count in sorted(wanted.items()))
        yield Diagnostic(
            "MG408",
            f"the project may ask for {listed} in {subject.environment}; policy allows {allowed}",
            subject.first_written(
                ("training", "accelerator", "count"),
                ("training", "workers"),
                ("serving", "accelerator", "count"),
                ("training", "framework"),
            ),
            help="ask for less, or ask the platform team for a larger budget or a waiver",
            related=(subject.policy_place("gpu_budget", "per_project", subject.environment),),
        )
