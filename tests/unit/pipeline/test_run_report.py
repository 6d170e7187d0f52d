"""End status, exit codes and the lines of a run."""

import pytest

from mlops_gitops.diagnostics import ExitCode
from mlops_gitops.pipeline.run_report import (
    RunReport,
    RunStatus,
    StageRun,
    duration_text,
    end_status,
    stage_line,
)
from mlops_gitops.records.stage_result import StageResult, StageStatus


def stage(status, code=ExitCode.DONE, **more):
    return StageRun(StageResult("model_testing", status, "9 of 9 pass", reason="why"), exit_code=code, **more)


def test_trouble_outweighs_a_missed_gate():
    passed, failed = stage(StageStatus.PASSED), stage(StageStatus.FAILED, ExitCode.ANSWER_NO)
    refused = stage(StageStatus.ERROR, ExitCode.REFUSED)
    assert end_status([passed]) == (RunStatus.SUCCESS, "")
    assert end_status([passed, failed]) == (RunStatus.FAILED, "model_testing: why")
    assert end_status([failed, refused])[0] is RunStatus.ERROR


@pytest.mark.parametrize(
    ("status", "codes", "expected"),
    [
        (RunStatus.SUCCESS, [ExitCode.DONE], 0),
        (RunStatus.FAILED, [ExitCode.DONE, ExitCode.ANSWER_NO], 1),
        (RunStatus.ERROR, [ExitCode.DONE, ExitCode.REFUSED, ExitCode.OUTSIDE], 4),
    ],
)
def test_exit_code(status, codes, expected):
    stages = tuple(stage(StageStatus.PASSED, code) for code in codes)
    assert RunReport("p", 1, "c", (), "", status, stages).exit_code == expected


def test_lines():
    assert stage_line(stage(StageStatus.PASSED, cached=True)) == "  model_testing        cached        9 of 9 pass"
    assert stage_line(stage(StageStatus.PASSED, duration_s=72)) == "  model_testing        1m 12s        9 of 9 pass"
    assert stage_line(stage(StageStatus.FAILED)) == "  model_testing        FAILED        why"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.44, "0.4s"), (9.96, "10s"), (59.4, "59s"), (59.6, "1m 0s"), (3725, "1h 2m")]
)
def test_duration(seconds, text):
    assert duration_text(seconds) == text
