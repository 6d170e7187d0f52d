"""A plan as a report for other programs."""

from __future__ import annotations

from dataclasses import asdict

from mlops_gitops.plan.change import Plan, ProjectPlan
from mlops_gitops.records.plan_report import PlanReport


def as_report(plan: Plan) -> PlanReport:
    """The report; projects without a change are left out."""
    return PlanReport.model_validate(
        {
            "base": plan.base,
            "head": plan.head,
            "empty": plan.empty,
            "projects": [_project(one) for one in plan.projects if not one.quiet],
            "objects": asdict(plan.objects),
            "devices": [
                {
                    "environment": one.environment,
                    "resource": one.resource,
                    "before": one.before,
                    "after": one.after,
                    "limit": one.limit,
                    "cost_per_hour_before": one.cost_before,
                    "cost_per_hour_after": one.cost_after,
                }
                for one in plan.devices
            ],
            "findings": {
                "new": [asdict(one) for one in plan.new_findings],
                "fixed": [asdict(one) for one in plan.fixed_findings],
            },
            "live": None if plan.live is None else [asdict(one) for one in plan.live],
        }
    )


def _project(plan: ProjectPlan) -> dict[str, object]:
    return {
        "project": plan.project,
        "former": plan.former or None,
        "only_compiler": plan.only_compiler,
        "changes": [{**asdict(change), "effect": change.effect.value} for change in plan.changes],
        "objects": {environment: asdict(counts) for environment, counts in plan.objects.items()},
    }
