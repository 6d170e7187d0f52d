"""Rules about how Keras fits: every worker has rows, and patience runs out before the epochs do."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.spans import Path
from mlops_gitops.diagnostics import Diagnostic, Severity

_FITTING = ("training", "fitting")


def batch_is_shared(subject: Subject) -> Iterator[Diagnostic]:
    """MG246."""
    training = subject.spec.training
    batch, workers = training.fitting.batch_size, training.workers
    if training.framework != "keras" or batch % workers == 0:
        return
    if batch < workers:
        message, severity = f"a batch of {batch} rows leaves some of {workers} workers without a row", Severity.ERROR
    else:
        message, severity = f"a batch of {batch} rows is not shared evenly by {workers} workers", Severity.WARNING
    span = subject.first_written((*_FITTING, "batch_size"), ("training", "workers"))
    todo = f"batch_size counts the rows of all workers: choose a multiple of {workers}"
    yield Diagnostic("MG246", message, span, severity, help=todo)


def patience_runs_out(subject: Subject) -> Iterator[Diagnostic]:
    """MG247."""
    fitting = subject.spec.training.fitting
    if subject.spec.training.framework != "keras":
        return
    stop, slow, most = fitting.early_stopping_patience, fitting.learning_rate_patience, fitting.max_epochs
    if stop >= most:
        why = f"early stopping waits {stop} epochs, and there are {most}: it never stops anything"
        yield _finding(subject, why, ("early_stopping_patience", "max_epochs"))
    elif slow >= stop:
        why = f"the learning rate falls after {slow} epochs without gain, but fitting stops after {stop}"
        yield _finding(subject, why, ("learning_rate_patience", "early_stopping_patience"))


def _finding(subject: Subject, why: str, fields: tuple[str, str]) -> Diagnostic:
    first, second = ((*_FITTING, field) for field in fields)
    places: tuple[Path, Path] = (first, second)
    return Diagnostic(
        "MG247",
        why,
        subject.first_written(*places),
        Severity.WARNING,
        help=f"make {fields[0]} less than {fields[1]}",
        related=subject.origin(*(second if subject.wrote(*first) else first)),
    )
