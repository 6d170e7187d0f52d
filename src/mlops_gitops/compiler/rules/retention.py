"""Rules about retention: nothing is dropped that governance must keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.scalars import format_duration, keeps_less


def keeps_enough(subject: Subject) -> Iterator[Diagnostic]:
    """MG237."""
    retention, keep = subject.spec.registry.retention, subject.spec.governance.keep
    pairs: tuple[tuple[tuple[str, ...], timedelta | str, str, timedelta | str], ...] = (
        (("registry", "retention", "production"), retention.production, "production_models", keep.production_models),
        (
            ("registry", "retention", "experimental"),
            retention.experimental,
            "experimental_models",
            keep.experimental_models,
        ),
        (("data", "retention"), subject.spec.data.retention, "data", keep.data),
    )
    for path, kept, field, wanted in pairs:
        must: tuple[str, ...] = ("governance", "keep", field)
        if keeps_less(kept, wanted):
            yield Diagnostic(
                "MG237",
                f"{dotted(path)} drops after {shown(kept)} what governance must keep {_for(wanted)}",
                subject.first_written(path, must),
                help=f"keep it {_for(wanted)} at least, or lower {dotted(must)}",
                related=subject.origin(*(must if subject.wrote(*path) else path)),
            )


def shown(retention: timedelta | str) -> str:
    """Days where they are whole, as retentions are usually written."""
    if isinstance(retention, str):
        return retention
    if retention % timedelta(days=1):
        return format_duration(retention)
    return f"{retention // timedelta(days=1)}d"


def _for(wanted: timedelta | str) -> str:
    return "for ever" if isinstance(wanted, str) else f"for {shown(wanted)}"
