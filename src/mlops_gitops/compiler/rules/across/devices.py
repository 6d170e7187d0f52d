"""Rules about accelerators of all projects together."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.diagnostics import Diagnostic

_SHOWN = 5


def total_kept(repository: Repository) -> Iterator[Diagnostic]:
    """MG409: told at the project that asks for most, with the others beside it."""
    for environment, budget in repository.platform.policy.gpu_budget.total.items():
        asked = {one.name: sum(one.gpus.get(environment, {}).values()) for one in repository.summaries}
        total = sum(asked.values())
        if total <= budget:
            continue
        ranked = sorted((name for name in asked if asked[name]), key=lambda name: (-asked[name], name))
        most = next(one for one in repository.summaries if one.name == ranked[0])
        rest = [f"{name} {asked[name]}" for name in ranked[:_SHOWN]]
        more = f" and {len(ranked) - _SHOWN} more" if len(ranked) > _SHOWN else ""
        yield Diagnostic(
            "MG409",
            f"all projects together may ask for {total} accelerators in {environment}; policy allows {budget}",
            most.span("training.accelerator.count", environment) or most.span("training.accelerator", environment),
            file=f"{most.folder}/mlops_config.yaml",
            help="ask for less, or ask the platform team for a larger budget",
            related=(
                f"asked for by {', '.join(rest)}{more}",
                f"policy says so at {repository.spans.value(('policy', 'gpu_budget', 'total', environment))}",
            ),
        )
