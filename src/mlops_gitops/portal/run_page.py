"""The page of one run: did it pass, by how much, how long did it take, and where does the result come from?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlops_gitops.portal import evidence_panels, gate_panels, numbers, run_panels
from mlops_gitops.portal.blocks import Page, Panel, Section, arrange
from mlops_gitops.portal.drawing import Mark
from mlops_gitops.portal.page import render_page
from mlops_gitops.portal.run_record import RunRecord, read_run

_ENDS = {
    "SUCCESS": (Mark.MET, "passed"),
    "FAILED": (Mark.MISSED, "failed: a gate was missed"),
    "ERROR": (Mark.MISSED, "broke off"),
    "RUNNING": (Mark.IDLE, "running"),
}


def run_page(run: Mapping[str, Any]) -> str:
    """The page of a run's record (``RunReport.to_plain()``); ``history`` in it, where there, gives the losses."""
    record = read_run(run)
    return render_page(
        Page(
            title=f"{record.project or 'unknown project'} · run {run_number(record)}",
            kicker="pipeline run",
            lead=numbers.flowing(record.reason) or _released(record),
            badge=_ENDS.get(record.status, (Mark.IDLE, record.status.lower() or "unknown")),
            warning=_dirty(record),
            facts=tuple(pair for pair in _facts(record) if pair[1]),
            sections=(
                Section(
                    "quality", "Quality", "Measured on rows that the model never saw.", arrange(quality_panels(record))
                ),
                Section("stages", "Stages", "", (run_panels.stages_panel(record),)),
                Section("evidence", "Evidence", "", arrange(further_panels(record))),
            ),
        )
    )


def quality_panels(record: RunRecord) -> tuple[Panel, ...]:
    """Decisions, learning, and all gates."""
    return (
        run_panels.confusion_panel(record),
        run_panels.training_panel(record),
        gate_panels.gates_panel(record),
    )


def further_panels(record: RunRecord) -> tuple[Panel, ...]:
    """What else was tested, and where the version comes from."""
    return (
        evidence_panels.cases_panel(record),
        evidence_panels.fairness_panel(record),
        evidence_panels.features_panel(record),
        run_panels.origin_panel(record),
    )


def run_number(record: RunRecord) -> str:
    """The number in a run's identifier."""
    return record.run_id.rpartition("/")[2] or "?"


def _released(record: RunRecord) -> str:
    deployed = record.stage("model_deployment")
    if deployed is not None and deployed.status == "passed":
        return numbers.flowing(deployed.summary)
    return f"Registered as version {record.released.get('version', '?')}." if record.released else ""


def _dirty(record: RunRecord) -> str:
    if not record.dirty:
        return ""
    shown = ", ".join(record.dirty[:5]) + (f" and {len(record.dirty) - 5} more" if len(record.dirty) > 5 else "")
    return f"No commit holds what ran: the work tree had changes in {shown}."


def _facts(record: RunRecord) -> tuple[tuple[str, str], ...]:
    gates = [gate for stage in record.stages for gate in stage.gates]
    version = record.released.get("version")
    return (
        ("version", f"v{version}" if version is not None else "none registered"),
        ("gates met", f"{sum(gate.passed for gate in gates)} of {len(gates)}" if gates else "none judged"),
        ("took", numbers.seconds(record.duration_s) if record.duration_s else ""),
        ("started", numbers.minute(record.started_at)),
        ("commit", record.commit[:12]),
    )
