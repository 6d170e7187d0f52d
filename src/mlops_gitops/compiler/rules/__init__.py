"""Cross-field rules: each one pure function with a code and a page in ``docs/rules/``.  This list is all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mlops_gitops.compiler.rules import alerting, fairness, gates, metrics, overlays, stack, stages
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Rule:
    """A code, what it watches in one line, and the function that finds violations."""

    code: str
    title: str
    check: Callable[[Subject], Iterator[Diagnostic]]


RULES: tuple[Rule, ...] = (
    Rule("MG201", "stages stand in lifecycle order, once each", stages.in_order),
    Rule("MG202", "a stage is one that runs today", stages.supported),
    Rule("MG203", "options belong to stages of the pipeline", stages.options_used),
    Rule("MG204", "no stage outlasts the whole run's written timeout", stages.timeouts_fit),
    Rule("MG205", "test categories are run by a model_testing stage", stages.tests_run),
    Rule("MG206", "a sensitive attribute is a column of the data contract", fairness.attributes_exist),
    Rule("MG207", "a fairness test has groups to compare", fairness.has_groups),
    Rule("MG208", "an overlay changes only what differs by environment", overlays.by_environment),
    Rule("MG209", "what a stage needs is made by an earlier one", stages.prerequisites),
    Rule("MG210", "a metric is one the metric table knows", metrics.known),
    Rule("MG211", "a threshold lies in its metric's range", metrics.in_range),
    Rule("MG212", "a metric is thresholded under one name only", metrics.named_once),
    Rule("MG214", "a gate can fail", gates.can_bind),
    Rule("MG220", "an alert channel has a receiver", alerting.has_receiver),
    Rule("MG301", "a written tool is one that is rendered", stack.rendered),
    Rule("MG303", "a remedy is one that exists", stack.remedy_exists),
)
