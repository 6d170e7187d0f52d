"""Unit tests of the alerts, for ``promtool test rules``: each alert has a case that fires and one that does not.

Three scenes: everything is bad, everything is just well enough, nothing is there at all.  They are read beside a file
``rules.yml`` that holds the ``spec`` of the PrometheusRule.  An alert that is firing is a sample of `ALERTS`, which is
asked for by name and severity.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from mlops_gitops.compiler.targets.monitoring.alert import Alert, alert_name
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project

RULES_FILE = "rules.yml"
# Long enough for rates over any of the burn rates' windows to have samples; longer adds nothing.
_LEAST_MINUTES = 30
# More evaluations than this make a test slow without making it better.
_EVALUATIONS = 240


def rule_tests(project: Project, alerts: Sequence[Alert]) -> dict[str, Plain]:
    """The document that promtool reads."""
    step = _step_minutes(alerts)
    end = _end_minutes(alerts, step)
    present = [one for one in alerts if not one.absent]
    bad, good = _samples(one.bad for one in alerts), _samples(one.good for one in alerts)
    # What is absent in one scene is there in the others, well.
    bad = {**_samples(one.good for one in alerts if one.absent), **bad}
    return {
        "rule_files": [RULES_FILE],
        "evaluation_interval": f"{step}m",
        "tests": [
            _scene(
                "everything is bad", bad, end, [*_patient(alerts), *(_firing(project, one, end) for one in present)]
            ),
            _scene("everything is just well enough", good, end, [_quiet(end)]),
            _scene("nothing is there", {}, end, [_firing(project, one, end) for one in alerts if one.absent]),
        ],
    }


def _step_minutes(alerts: Sequence[Alert]) -> int:
    return max(1, math.ceil(_wait(alerts) / timedelta(minutes=_EVALUATIONS)))


def _end_minutes(alerts: Sequence[Alert], step: int) -> int:
    """An alert fires at the second evaluation after its hold time at the latest, and so does its escalation."""
    return max(_LEAST_MINUTES, math.ceil(_wait(alerts) / timedelta(minutes=1))) + 6 * step


def _wait(alerts: Sequence[Alert]) -> timedelta:
    plain = max((one.hold for one in alerts if "escalation" not in one.labels), default=timedelta(0))
    return plain + max((one.hold for one in alerts if "escalation" in one.labels), default=timedelta(0))


def _samples(many: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {series: values for samples in many for series, values in samples.items()}


def _scene(name: str, samples: Mapping[str, str], end: int, cases: list[Plain]) -> dict[str, Plain]:
    series: list[Plain] = [
        {"series": one, "values": f"{values}x{end}" if "+" in values else f"{values}+0x{end}"}
        for one, values in samples.items()
    ]
    return {"name": name, "interval": "1m", "input_series": series, "promql_expr_test": cases}


def _firing(project: Project, alert: Alert, end: int) -> dict[str, Plain]:
    labels = f'alertname="{alert_name(project, alert)}",alertstate="firing",severity="{alert.severity}"'
    return {
        "expr": f"count(ALERTS{{{labels}}})",
        "eval_time": f"{end}m",
        "exp_samples": [{"labels": "{}", "value": alert.fires}],
    }


def _patient(alerts: Sequence[Alert]) -> Iterator[dict[str, Plain]]:
    """A minute before the first of them may, no alert has gone up, however long the others have been firing."""
    waits = [one.hold for one in alerts if "escalation" in one.labels]
    if waits and (minutes := math.ceil(min(waits) / timedelta(minutes=1)) - 1) > 0:
        firing = 'ALERTS{alertstate="firing",escalation!=""}'
        yield {"expr": firing, "eval_time": f"{minutes}m", "exp_samples": []}


def _quiet(end: int) -> dict[str, Plain]:
    return {"expr": 'ALERTS{alertstate="firing"}', "eval_time": f"{end}m", "exp_samples": []}
