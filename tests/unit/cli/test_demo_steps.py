"""The demo on a machine that is too slow for what its project promises: only the runs themselves are played."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlops_gitops.cli.demo_scratch import PROJECT, Scratch
from mlops_gitops.cli.demo_steps import OVERLAY, Told, second_version, slow_answers_ms, start
from mlops_gitops.diagnostics import AnswerNo


def run_record(stage: str, **measured: float) -> dict[str, Any]:
    """A run whose last stage is ``stage``; its gates hold up to 100."""
    gates = [
        {"name": name, "measured": value, "limit": 100, "sign": "≤", "low": None, "high": None, "passed": value <= 100}
        for name, value in measured.items()
    ]
    testing = {"stage": "model_testing", "gates": []}
    stages = [{"result": testing}, {"result": {"stage": stage, "gates": gates}}]
    return {"released": {"version": 1}, "stages": stages}


class Played(Scratch):
    """A scratch repository whose runs of the pipeline end as they are told; all else is real."""

    def __init__(self, folder: Path, *runs: dict[str, Any] | None) -> None:
        super().__init__(folder)
        self.runs, self.commands = list(runs), []

    def command(self, *arguments: str, answer: int = 0, show: bool = True) -> str:
        self.commands.append(arguments[0])
        return self._play() if arguments[0] == "run" else super().command(*arguments, answer=answer, show=show)

    def _play(self) -> str:
        record = self.runs.pop(0)
        if record is None:
            raise AnswerNo("data_validation did not pass")
        number = self.commands.count("run")
        file = self.folder / ".mlops-gitops" / "runs" / PROJECT / str(number) / "run.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(record), encoding="utf-8")
        if not all(gate["passed"] for gate in record["stages"][-1]["result"]["gates"]):
            raise AnswerNo("model_monitoring did not pass")
        return ""


def test_a_slow_machine_promises_less_by_a_commit_and_goes_on(tmp_path: Path) -> None:
    slow, fine = (run_record("model_monitoring", latency_p95_ms=value, error_rate=0) for value in (281.5, 90))
    scratch, told = Played(tmp_path, slow, fine), Told()
    start(scratch, told)
    second_version(scratch, told)
    assert "latency: 900ms" in (tmp_path / OVERLAY).read_text(encoding="utf-8")
    assert scratch.git("log", "-1", "--format=%s").strip() == "Promise answers in 900 ms where this machine serves"
    assert scratch.git("status", "--porcelain") == ""
    assert "is what the sources mean" in scratch.command("render", "--check")
    assert ("slow machine", "latency promised in staging: 900 ms") in told.facts
    assert told.runs == [fine]


@pytest.mark.parametrize("record", [None, run_record("model_monitoring", latency_p95_ms=281, error_rate=101)])
def test_anything_else_that_fails_stops_the_demo(tmp_path: Path, record: dict[str, Any] | None) -> None:
    scratch = Played(tmp_path, record)
    start(scratch, Told())
    with pytest.raises(AnswerNo):
        second_version(scratch, Told())
    assert scratch.commands.count("run") == 1
    assert not (tmp_path / OVERLAY).exists()


def test_still_too_slow_for_the_new_promise_stops_it(tmp_path: Path) -> None:
    scratch = Played(tmp_path, *(run_record("model_monitoring", latency_p95_ms=value) for value in (281, 1100)))
    start(scratch, Told())
    with pytest.raises(AnswerNo):
        second_version(scratch, Told())
    assert scratch.commands.count("run") == 2


@pytest.mark.parametrize(
    ("record", "measured"),
    [
        (run_record("model_monitoring", latency_p95_ms=281, error_rate=0), 281),
        (run_record("model_monitoring", latency_p95_ms=99), None),
        (run_record("model_monitoring", error_rate=101), None),
        (run_record("model_testing", latency_p95_ms=281), None),
        (None, None),
    ],
)
def test_slow_is_what_fails_by_its_latency_alone(record: dict[str, Any] | None, measured: float | None) -> None:
    assert slow_answers_ms(record) == measured
