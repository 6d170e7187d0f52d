"""Rules about environments on one machine: what only a cluster can give is told, never taken for granted."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic, Severity


def gives_what_is_asked(subject: Subject) -> Iterator[Diagnostic]:
    """MG255."""
    local = [name for name in subject.environments if subject.is_local(name)]
    for section in ("training", "serving") if local else ():
        # Only a written count is a wish: Keras's default of one device simply is not rendered there.
        path = (section, "accelerator", "count")
        devices = getattr(subject.spec, f"{section}_devices")()
        if devices.count and subject.wrote(*path):
            stands = "stands" if len(local) == 1 else "stand"
            yield Diagnostic(
                "MG255",
                f"{', '.join(local)} {stands} on one machine, which hands out no {devices.resource}",
                subject.spans.value(path),
                Severity.WARNING,
                help=f"none is rendered there; to say so, write {'.'.join(path)} 0 in "
                f"{subject.folder}/environments/{local[0]}.yaml",
            )
