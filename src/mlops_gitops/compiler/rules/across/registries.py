"""Rules about image registries: what is pulled comes from where policy allows."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.diagnostics import Diagnostic


def allowed(repository: Repository) -> Iterator[Diagnostic]:
    """MG403."""
    allowed, registry = repository.platform.policy.allowed_registries, repository.platform.registry
    if allowed and not any(_below(registry, one) for one in allowed):
        yield Diagnostic(
            "MG403",
            f"images are pulled from `{registry}`, which policy does not allow",
            repository.spans.value(("registry",)),
            help=f"allowed: {', '.join(allowed)}, and all below them",
            related=(f"policy says so at {repository.spans.value(('policy', 'allowed_registries'))}",),
        )


def _below(registry: str, allowed: str) -> bool:
    """Whole parts of the path count: `host/ml` is not below `host/m`."""
    return f"{registry.rstrip('/')}/".startswith(f"{allowed.rstrip('/')}/")
