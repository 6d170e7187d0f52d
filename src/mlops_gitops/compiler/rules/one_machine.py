"""Rules about environments on one machine: what only a cluster can give is told, never taken for granted."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.paths import dotted
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


_WHATEVER_THERE_IS = "a process takes what the machine has"
_NO_NODES = "there is one node, and no scheduler"
_NO_QUEUE = "whatever is applied starts at once"
# What a cluster does with a setting and one machine does not.  Replicas, timeouts, retries and variables are honoured
# there; accelerators, autoscaling and canaries have rules of their own.
_OF_CLUSTERS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("training", "workers"), "a Job is one process there"),
    (("training", "schedule"), "nothing starts there by the clock"),
    (("training", "queue"), _NO_QUEUE),
    (("training", "priority_class"), _NO_QUEUE),
    (("training", "shared_memory"), _WHATEVER_THERE_IS),
    (("training", "checkpoints", "storage"), "a claim is a folder there"),
    (("training", "checkpoints", "storage_class"), "a claim is a folder there"),
    *(((section, "resources"), _WHATEVER_THERE_IS) for section in ("training", "serving")),
    *(((section, key), _NO_NODES) for section in ("training", "serving") for key in ("node_selector", "tolerations")),
)


def has_an_effect(subject: Subject) -> Iterator[Diagnostic]:
    """MG302."""
    for path, why in _OF_CLUSTERS:
        if not subject.wrote(*path) or _says_nothing(subject, path) or (span := subject.spans.key(path)) is None:
            continue
        local = _local_alone(subject, span.file)
        if local:
            names = ", ".join(local)
            stands = "is one machine" if len(local) == 1 else "are one machine each"
            yield Diagnostic(
                "MG302",
                f"{dotted(path)} has no effect in {names}, which {stands}: {why}",
                span,
                Severity.WARNING,
                help="drop it, or write it for an environment on a Kubernetes cluster",
            )


def _says_nothing(subject: Subject, path: tuple[str, ...]) -> bool:
    """One worker is what there is anyway."""
    return path == ("training", "workers") and subject.spec.training.workers == 1


def _local_alone(subject: Subject, file: str) -> tuple[str, ...]:
    """The environments that a value in ``file`` is for, where all of them are one machine; else none.

    A setting that one environment's cluster honours is no mistake of the project's, and the platform's defaults are
    for all projects.
    """
    if subject.environment:
        names = [subject.environment] if file == subject.overlay_file else []
    else:
        names = list(subject.platform.environments) if file.startswith(f"{subject.folder}/") else []
    return tuple(names) if all(map(subject.is_local, names)) else ()
