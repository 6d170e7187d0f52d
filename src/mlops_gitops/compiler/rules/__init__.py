"""Cross-field rules: each one pure function with a code and a page in ``docs/rules/``.  This list is all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mlops_gitops.compiler.rules import (
    alerting,
    ci,
    columns,
    devices,
    fairness,
    gates,
    keras,
    measured,
    metrics,
    one_machine,
    overlays,
    ownership,
    promises,
    repeats,
    retention,
    runtime,
    schedules,
    serving,
    stack,
    stages,
    timeouts,
    training,
    triggers,
    unused,
    variables,
    windows,
)
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
    Rule("MG213", "a gate is on a number that some stage measures", measured.gates_measured),
    Rule("MG214", "a gate can fail", gates.can_bind),
    Rule("MG215", "a metric of the project's own has a name of its own", metrics.custom_is_new),
    Rule("MG216", "a gate can be met", gates.can_be_met),
    Rule("MG217", "a gate is no laxer than the promise it tests", promises.gates_keep_promises),
    Rule("MG218", "what is inside ends before what is around it", timeouts.fit_together),
    Rule("MG219", "a scheduled run ends before the next one starts", schedules.leaves_time),
    Rule("MG220", "an alert channel has a receiver", alerting.has_receiver),
    Rule("MG221", "alerts and notifications reach somebody", alerting.somebody_is_told),
    Rule("MG222", "a list names each thing once", repeats.listed_once),
    Rule("MG223", "a critical alert goes up before a warning", alerting.critical_goes_up_first),
    Rule("MG224", "an environment variable has one value", variables.have_one_value),
    Rule("MG225", "an environment variable's name is free", variables.are_free),
    Rule("MG226", "training settings fit the framework", training.fits_framework),
    Rule("MG227", "a setting is of something that is switched on", unused.settings_used),
    Rule("MG228", "the split's shares make a whole", training.split_is_whole),
    Rule("MG229", "a canary's traffic rises", serving.canary_rises),
    Rule("MG230", "autoscaling has room above the least replicas", serving.scaling_has_room),
    Rule("MG231", "a trigger has something that fires it", triggers.can_fire),
    Rule("MG232", "a priority class is one of the platform's", training.priority_exists),
    Rule("MG233", "a watched metric is exported", metrics.exported),
    Rule("MG234", "a sensitive attribute tells groups apart", columns.groups_are_groups),
    Rule("MG236", "a monitoring window holds enough rounds", windows.hold_rounds),
    Rule("MG237", "nothing is dropped that governance must keep", retention.keeps_enough),
    Rule("MG238", "a high risk class has a reason", ownership.risk_has_reason),
    Rule("MG239", "a project of high risk has owners", ownership.high_risk_is_owned),
    Rule("MG240", "model_testing has tests to run", stages.testing_tests),
    Rule("MG244", "a service level can be kept and measured", promises.can_be_kept),
    Rule("MG245", "replicas can take the promised load", promises.load_can_be_taken),
    Rule("MG246", "a batch is shared evenly by all workers", keras.batch_is_shared),
    Rule("MG247", "patience runs out before the epochs do", keras.patience_runs_out),
    Rule("MG248", "a model has features to see", columns.model_sees_something),
    Rule("MG249", "an identifier is no feature", columns.identifiers_are_no_features),
    Rule("MG250", "a request meets its limit", devices.request_meets_limit),
    Rule("MG251", "an accelerator is one that is known", devices.accelerator_known),
    Rule("MG252", "a pod asks for one kind of device, in one place", devices.one_kind_of_device),
    Rule("MG253", "the accelerator is the one that the stack names", devices.acceleration_agrees),
    Rule("MG254", "a TPU has a node that it fits", devices.tpu_can_be_placed),
    Rule("MG255", "one machine is not asked for what a cluster gives", one_machine.gives_what_is_asked),
    Rule("MG260", "a serving setting has an effect with the chosen runtime", runtime.honours_settings),
    Rule("MG261", "a serving runtime runs on the environment's cluster", runtime.fits_cluster),
    Rule("MG262", "an escalation level leads somewhere", alerting.escalation_leads_somewhere),
    Rule("MG265", "an error budget's window can be watched", promises.window_can_be_watched),
    Rule("MG270", "a stage fits into a job of its CI system", ci.jobs_fit),
    Rule("MG271", "CI can keep artifacts as long as is wanted", ci.artifacts_last),
    Rule("MG301", "a written tool is one that is rendered", stack.rendered),
    Rule("MG303", "a remedy is one that exists", stack.remedy_exists),
)
