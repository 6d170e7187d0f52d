"""Rules about training: what fits the framework, shares that make a whole, a priority that exists."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.suggest import unknown
from mlops_gitops.diagnostics import Diagnostic

_ROUNDING = 1e-6


def fits_framework(subject: Subject) -> Iterator[Diagnostic]:
    """MG226."""
    training = subject.spec.training
    if training.framework == "keras":
        return
    todo = "set training.framework to keras, or drop it"
    if subject.wrote("training", "fitting"):
        message = "training.fitting is for Keras; scikit-learn takes training.parameters"
        yield Diagnostic("MG226", message, subject.spans.key(("training", "fitting")), help=todo)
    if training.workers > 1:
        message = f"{training.workers} workers train together only with Keras"
        yield Diagnostic("MG226", message, subject.spans.value(("training", "workers")), help=todo)


def split_is_whole(subject: Subject) -> Iterator[Diagnostic]:
    """MG228."""
    split = subject.spec.training.split
    total = split.train + split.validation + split.test
    if abs(total - 1) > _ROUNDING:
        shares = f"train {split.train:g}, validation {split.validation:g} and test {split.test:g}"
        yield Diagnostic(
            "MG228",
            f"{shares} are {total:g} together, not 1",
            subject.spans.key(("training", "split")),
            help="write all three shares, so that they make up all rows",
        )


def priority_exists(subject: Subject) -> Iterator[Diagnostic]:
    """MG232."""
    wanted, known = subject.spec.training.priority_class, subject.platform.priority_classes
    if wanted is not None and wanted not in known:
        yield Diagnostic(
            "MG232",
            unknown("priority class", wanted, known),
            subject.spans.value(("training", "priority_class")),
            help=f"priority_classes of projects/platform.yaml: {', '.join(known) or 'none'}",
        )
