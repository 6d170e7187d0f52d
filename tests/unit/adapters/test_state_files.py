"""State survives crashes: records whole or not at all, ledgers append-only, damage named."""

from pathlib import Path

import pytest

from mlops_gitops.adapters.state_files import StateFiles, write_bytes
from mlops_gitops.diagnostics import OutsideError


def test_records_round_trip(tmp_path: Path) -> None:
    state = StateFiles(tmp_path)
    assert state.read("inventory/staging") is None
    state.write("inventory/staging", {"owned": ["ä"]})
    assert state.read("inventory/staging") == {"owned": ["ä"]}
    state.remove("inventory/staging")
    state.remove("inventory/staging")
    assert state.read("inventory/staging") is None


def test_a_failed_write_leaves_the_old_record_and_no_rubbish(tmp_path: Path) -> None:
    state = StateFiles(tmp_path)
    state.write("one", {"value": 1})
    with pytest.raises(TypeError):
        state.write("one", {"value": object()})
    assert state.read("one") == {"value": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["one.json"]


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(b'{"owned": [')
    with pytest.raises(OutsideError, match="damaged") as caught:
        StateFiles(tmp_path).read("one")
    assert caught.value.where == str(tmp_path / "one.json")


def test_a_folder_that_cannot_be_made_is_trouble_outside(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError, match="cannot be written"):
        write_bytes(tmp_path / "file" / "below", b"")


def test_a_torn_line_is_left_out_and_swallows_nothing(tmp_path: Path) -> None:
    state = StateFiles(tmp_path)
    state.append("ledger/staging", {"commit": "a"})
    with (tmp_path / "ledger/staging.jsonl").open("a") as file:
        file.write('{"commit": "torn')
    state.append("ledger/staging", {"commit": "b"})
    assert [line["commit"] for line in state.lines("ledger/staging")] == ["a", "b"]
    assert state.lines("ledger/none") == ()
