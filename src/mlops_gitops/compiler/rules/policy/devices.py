"""What policy says of accelerators: how many one project may ask for in an environment."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.devices import devices_of


def budget_kept(subject: Subject) -> Iterator[Diagnostic]:
    """MG408."""
    allowed = subject.platform.policy.gpu_budget.per_project.get(subject.environment)
    if allowed is None:
        return
    wanted = devices_of(subject.spec)
    if wanted.count > allowed:
        yield Diagnostic(
            "MG408",
            f"{subject.project} asks for {wanted} in {subject.environment}; policy allows {allowed}",
            subject.first_written(
                ("training", "accelerator", "count"),
                ("training", "workers"),
                ("serving", "accelerator", "count"),
                ("training", "framework"),
            ),
            help="ask for less, or ask the platform team for a larger budget or a waiver",
            related=(subject.policy_place("gpu_budget", "per_project", subject.environment),),
        )
