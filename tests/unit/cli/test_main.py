"""The one place where errors become exit codes: each class of outcome, and never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_gitops.cli import main as program
from mlops_gitops.cli.main import VERBS, main
from tests.factory import CONFIG, PROJECT, edited, on_disk


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlops_gitops.cli.main", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)


def test_findings_are_the_answer_of_validate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = on_disk(tmp_path, edited(CONFIG, ("recall: 0.85", "recall: high")))
    assert main(["validate", "--root", str(root)]) == 1
    captured = capsys.readouterr()
    assert "error[MG104]" in captured.out
    assert captured.err == ""
    assert sorted(path.name for path in root.iterdir()) == ["projects"]


def test_findings_stop_render_before_it_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = on_disk(tmp_path, edited(CONFIG, ("recall: 0.85", "recall: high")))
    assert main(["render", "--root", str(root)]) == 1
    captured = capsys.readouterr()
    assert "1 error in 1 project. Nothing was written." in captured.err
    assert captured.out == ""
    assert not (root / "rendered").exists()


def test_render_then_check_then_a_hand_edit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = str(on_disk(tmp_path))
    assert main(["render", "--root", root]) == 0
    assert main(["render", "--root", root, "--check"]) == 0
    service = tmp_path / "rendered/fraud-detection/staging/serving/service.yaml"
    service.write_text(service.read_text().replace("port: 80\n", "port: 81\n"))
    capsys.readouterr()
    assert main(["render", "--root", root, "--check"]) == 1
    assert "rendered/fraud-detection/staging/serving/service.yaml: edited by hand" in capsys.readouterr().out
    assert "port: 81" in service.read_text()


def test_warnings_do_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weak = edited(CONFIG, ("    f1_score: 0.92", "    precision: 0.9\n    f1_score: 0.8"))
    assert main(["validate", "--root", str(on_disk(tmp_path, weak))]) == 0
    assert "1 warning in 1 project.\n" in capsys.readouterr().out


def test_json_holds_every_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = on_disk(tmp_path, edited(CONFIG, ("recall: 0.85", "recal: 0.85")))
    assert main(["validate", "--root", str(root), "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["code"], found["severity"], found["file"]) == ("MG210", "error", CONFIG)
    assert (found["line"], found["column"], found["end_column"]) == (11, 5, 10)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["validate", "nothing"], "no project `nothing`"),
        (["validate", "--root", "elsewhere"], "holds no folder `projects`"),
        (["validate", "/etc/passwd"], "lies outside of the repository"),
        (["plan"], "git"),
    ],
)
def test_wrong_use_is_told_in_three_words(tmp_path: Path, arguments: list[str], expected: str) -> None:
    done = run(on_disk(tmp_path), *arguments)
    assert done.returncode in (2, 3)
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert "do:" in done.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["no-such-verb"], ["validate", "--no-such-flag"], ["render", "--check", "x", "--y"]]
)
def test_argparse_says_two_as_well(tmp_path: Path, arguments: list[str]) -> None:
    assert run(on_disk(tmp_path), *arguments).returncode == 2


def test_a_file_names_its_project(tmp_path: Path) -> None:
    root = on_disk(tmp_path)
    for name in ("fraud-detection", CONFIG, PROJECT, str(root / PROJECT / "model.py")):
        assert run(root, "validate", name).stdout == "no findings in 1 project.\n"


def test_a_folder_below_the_root_is_good_enough(tmp_path: Path) -> None:
    assert run(on_disk(tmp_path) / PROJECT, "validate").returncode == 0


def test_a_reader_that_goes_away_is_no_trouble(tmp_path: Path) -> None:
    root = on_disk(tmp_path)
    command = f"{sys.executable} -m mlops_gitops.cli.main schema mlops_config | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=root, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "{\n0\n"
    assert done.stderr == ""


def test_a_bug_leaves_a_report_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(arguments: list[str]) -> int:
        raise ZeroDivisionError(f"on {arguments[0]}")

    monkeypatch.setattr(program, "_dispatch", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert main(["validate"]) == 70
    captured = capsys.readouterr().err
    assert "a bug in mlops-gitops: ZeroDivisionError: on validate" in captured
    assert "Traceback" not in captured
    (report,) = tmp_path.glob("mlops-gitops-bug-*.txt")
    assert "Traceback" in report.read_text()


def test_an_interrupt_is_said_in_one_word(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "_dispatch", interrupted)
    assert main(["validate"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_trouble_with_the_disk_is_trouble_outside(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(arguments: list[str]) -> int:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr(program, "_dispatch", full)
    assert main(["render"]) == 3
    assert capsys.readouterr().err.startswith("somewhere: error: No space left on device\n")


def test_every_verb_of_the_table_says_what_it_takes(tmp_path: Path) -> None:
    missing = [verb for verb in VERBS if not (Path(program.__file__).parent / f"{verb}.py").is_file()]
    assert missing == []
    shown = run(tmp_path, "--help").stdout
    assert all(f"  {verb} " in shown for verb in VERBS)
