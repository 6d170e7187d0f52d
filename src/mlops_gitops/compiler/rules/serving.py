"""Rules about serving: a canary's traffic grows, autoscaling has room."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import known_items, until_unknown
from mlops_gitops.diagnostics import Diagnostic


def canary_rises(subject: Subject) -> Iterator[Diagnostic]:
    """MG229."""
    for index, _ in known_items(subject.spec.serving.canary.steps):
        yield from until_unknown(_rises(subject, index))


def _rises(subject: Subject, index: int) -> Iterator[Diagnostic]:
    steps = subject.spec.serving.canary.steps
    if index and steps[index] <= steps[index - 1]:
        yield Diagnostic(
            "MG229",
            f"canary step {steps[index]} % comes after {steps[index - 1]} %",
            subject.spans.value(("serving", "canary", "steps", index)),
            help="a new version's share of the traffic rises with every step",
        )


def scaling_has_room(subject: Subject) -> Iterator[Diagnostic]:
    """MG230."""
    least, most = subject.spec.serving.replicas, subject.spec.serving.autoscaling.max_replicas
    if most is not None and most < least:
        yield Diagnostic(
            "MG230",
            f"at most {most} replicas are fewer than the least, {least}",
            subject.spans.value(("serving", "autoscaling", "max_replicas")),
            help="raise max_replicas, or lower serving.replicas",
            related=subject.origin("serving", "replicas"),
        )
