"""The inference log, written and read back on a real disk."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mlops_gitops.adapters.inference_log import JsonLinesInferenceHistory, JsonLinesInferenceLog
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.inference import InferenceChunk

NOON = datetime(2026, 2, 27, 12, tzinfo=UTC)


def chunk(request_id: str, rows: int = 1, *, minutes: float = 0, version: int = 1, **features: list) -> InferenceChunk:
    features = features or {"amount": [float(row) for row in range(rows)]}
    time = NOON + timedelta(minutes=minutes)
    return InferenceChunk(time, request_id, version, [0.25] * rows, [0] * rows, features)


def write(folder: Path, *chunks: InferenceChunk) -> None:
    log = JsonLinesInferenceLog(folder, "cards")
    assert all(log.append(one) for one in chunks)
    log.close()
    assert log.dropped_rows() == 0


def read(folder: Path, since: float = -1e6, until: float = 1e6):
    history = JsonLinesInferenceHistory(folder)
    return history.read("cards", NOON + timedelta(minutes=since), NOON + timedelta(minutes=until))


def test_what_is_written_is_read_as_columns(tmp_path: Path) -> None:
    write(tmp_path, chunk("a", 2), chunk("b", 1, minutes=1, version=2, amount=[7.5], country=["DE"]))
    rows = read(tmp_path)
    assert rows.row_ids == ["a/0", "a/1", "b/0"]
    assert rows.features == {"amount": [0.0, 1.0, 7.5], "country": [None, None, "DE"]}
    assert (rows.model_versions, rows.scores, rows.predictions) == ([1, 1, 2], [0.25] * 3, [0] * 3)
    assert rows.times[2] == NOON + timedelta(minutes=1)
    assert (len(rows), rows.damaged_lines) == (3, 0)


def test_days_are_files_and_the_window_is_half_open(tmp_path: Path) -> None:
    write(tmp_path, *(chunk(f"r{hour}", minutes=60 * hour) for hour in range(0, 48, 6)))
    assert sorted(path.name for path in (tmp_path / "cards").iterdir()) == [
        "2026-02-27.jsonl", "2026-02-28.jsonl", "2026-03-01.jsonl",
    ]  # fmt: skip
    assert read(tmp_path, 6 * 60, 24 * 60).row_ids == ["r6/0", "r12/0", "r18/0"]
    assert len(read(tmp_path, 1e5, 2e5)) == 0


def test_a_torn_line_costs_itself_only(tmp_path: Path) -> None:
    write(tmp_path, chunk("a"))
    path = tmp_path / "cards" / "2026-02-27.jsonl"
    with path.open("a") as file:
        file.write('{"time": "2026-02-27T12:00:0')
    write(tmp_path, chunk("b"))
    with path.open("a") as file:
        file.write('[]\n{"time": 3}\n\xff\n{"time"')
    rows = read(tmp_path)
    assert rows.row_ids == ["a/0", "b/0"]
    assert rows.damaged_lines == 5


def test_columns_of_unequal_length_are_damage(tmp_path: Path) -> None:
    write(tmp_path, chunk("a"))
    with (tmp_path / "cards" / "2026-02-27.jsonl").open("a") as file:
        file.write(json.dumps(chunk("b", 2).to_plain() | {"features": {"amount": [1.0]}}) + "\n")
    assert (read(tmp_path).row_ids, read(tmp_path).damaged_lines) == (["a/0"], 1)


def test_a_full_queue_drops_at_once_and_counts(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    pipe = tmp_path / "cards" / "2026-02-27.jsonl"
    os.mkfifo(pipe)
    holder = os.open(pipe, os.O_RDWR)
    try:
        # A pipe that nobody reads is the slowest disk there is.
        log = JsonLinesInferenceLog(tmp_path, "cards", max_waiting_rows=12_000)
        taken = [log.append(chunk(str(number), 5000)) for number in range(6)]
        assert taken[:2] == [True, True]
        assert taken.count(False) == 4
        assert log.dropped_rows() == 20_000
    finally:
        os.set_blocking(holder, False)
        for _ in range(1000):
            try:
                os.read(holder, 1 << 16)
            except BlockingIOError:
                break
        os.close(holder)


def test_a_disk_that_cannot_be_written_costs_rows_not_answers(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cards").write_text("a file where the folder should be")
    log = JsonLinesInferenceLog(tmp_path, "cards")
    log.append(chunk("a", 3))
    log.append(chunk("b", 2))
    log.close()
    assert log.dropped_rows() == 5
    assert capfd.readouterr().err.count("warning: the inference log cannot be written") == 1
    assert log.append(chunk("late")) is False


def test_a_log_that_cannot_be_read_is_trouble_outside(tmp_path: Path) -> None:
    (tmp_path / "cards" / "2026-02-27.jsonl").mkdir(parents=True)
    with pytest.raises(OutsideError, match="cannot be read"):
        read(tmp_path)


def test_no_log_yet_is_no_rows(tmp_path: Path) -> None:
    assert len(read(tmp_path)) == 0
