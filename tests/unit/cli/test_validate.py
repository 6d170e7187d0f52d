"""``validate`` as an editor, a hook and a CI job call it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from mlops_gitops.cli.main import main
from tests.factory import CONFIG, FILES, PLATFORM, PROJECT, Content, on_disk

OTHER = "projects/credit"
FINDING = f"{CONFIG}:11:13: error[MG104]"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two projects: the usual one, and one in which something is wrong."""
    files: dict[str, Content] = {path.replace(PROJECT, OTHER): text for path, text in FILES.items() if PROJECT in path}
    wrong = {f"{OTHER}/mlops_config.yaml": FILES[CONFIG].replace("recall: 0.85", "recall: high")}
    place = on_disk(tmp_path / "top" / "ml", files | wrong)
    (place / "README.md").write_text("read me\n")
    monkeypatch.chdir(place)
    return place


def given(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))


@pytest.mark.parametrize(
    ("words", "code", "projects"),
    [
        ([], 1, 2),
        ([CONFIG], 0, 1),
        ([f"{PROJECT}/data_contract.yaml", f"./{PROJECT}/model.py", "fraud-detection", f"{PROJECT}/"], 0, 1),
        ([f"{OTHER}/data_contract.yaml"], 1, 1),
        ([CONFIG, f"{OTHER}/model.py"], 1, 2),
        ([PLATFORM], 1, 2),
        ([CONFIG, PLATFORM], 1, 2),
    ],
)
def test_files_stand_for_their_projects(
    root: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, projects: int
) -> None:
    assert main(["validate", *words, "--format", "json"]) == code
    assert json.loads(capsys.readouterr().out)["projects"] == projects


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["README.md"], "`README.md` is of no project"),
        (["rendered/x.yaml"], "there is no file `rendered/x.yaml`"),
        (["no.yaml"], "there is no file `no.yaml`"),
        ([f"{PROJECT}/no.yaml"], f"there is no file `{PROJECT}/no.yaml`"),
        (["../elsewhere.yaml"], "lies outside of the repository"),
        (["/etc/passwd"], "lies outside of the repository"),
        (["projects"], "is a folder"),
        ([f"{PROJECT}/data"], "is a folder"),
        (["."], "is a folder"),
        ([""], "no project ``"),
        (["frad-detection"], "did you mean `fraud-detection`?"),
        (["-"], "nothing says what it is"),
        (["-", CONFIG, "--stdin-filename", CONFIG], "`-` stands alone"),
        (["--stdin-filename", CONFIG], "is for `-`"),
        (["-", "--stdin-filename", "/etc/passwd"], "lies outside of the repository"),
        (["-", "--stdin-filename", "README.md"], "`README.md` is of no project"),
        (["-", "--stdin-filename", PROJECT], "is a folder"),
        (["-", "--stdin-filename", "projects/new/"], "is a folder"),
        (["--limit", "0"], "is no whole number from 1"),
        (["--limit", "-1"], "is no whole number from 1"),
        (["--limit", "many"], "is no whole number from 1"),
        (["--format", "xml"], "invalid choice"),
    ],
)
def test_wrong_use(root: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    (root.parent / "elsewhere.yaml").write_text("")
    try:
        code = main(["validate", *words])
    except SystemExit as stop:
        code = int(str(stop.code))
    told = capsys.readouterr()
    assert code == 2
    assert said in told.err
    assert told.out == ""


def test_generated_files_are_told_apart(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = root / "rendered" / "fraud-detection" / "provenance.json"
    place.parent.mkdir(parents=True)
    place.write_text("{}")
    assert main(["validate", str(place)]) == 2
    assert "its sources stand below projects/" in capsys.readouterr().err


def test_standard_input_stands_for_a_file(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, FILES[CONFIG].replace("recall: 0.85", "recall: high"))
    assert main(["validate", "-", "--stdin-filename", CONFIG]) == 1
    assert capsys.readouterr().out.startswith(f"{FINDING} `testing.thresholds.recall` must be a number")
    assert (root / CONFIG).read_text() == FILES[CONFIG]


def test_a_good_text_hides_what_is_wrong_on_disk(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, FILES[CONFIG])
    monkeypatch.chdir(root / OTHER)
    assert main(["validate", "-", "--stdin-filename", "mlops_config.yaml"]) == 0
    assert capsys.readouterr().out == "no findings in 1 project.\n"


def test_a_file_that_is_not_there_yet_may_be_given(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, "testing:\n  threshold: {}\n")
    assert main(["validate", "-", "--stdin-filename", f"{PROJECT}/environments/staging.yaml"]) == 1
    assert f"{PROJECT}/environments/staging.yaml:2:3: error[MG103]" in capsys.readouterr().out


def test_the_platforms_file_from_standard_input_is_all_projects(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, FILES[PLATFORM].replace("cluster: cloud", "cluster: clout"))
    assert main(["validate", "-", "--stdin-filename", PLATFORM]) == 1
    assert "2 errors in 2 projects" in capsys.readouterr().out


def test_endless_input_is_cut(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, "#" * 5_000_000)
    assert main(["validate", "-", "--stdin-filename", CONFIG]) == 1
    assert "at most 1,048,576 are read" in capsys.readouterr().out


@pytest.mark.parametrize("style", ["text", "json", "sarif", "codequality", "github"])
def test_a_limit_holds_in_every_format(root: Path, capsys: pytest.CaptureFixture[str], style: str) -> None:
    keys = "".join(f"key_{number}: 1\n" for number in range(300))
    (root / CONFIG).write_text(FILES[CONFIG] + keys)
    assert main(["validate", "fraud-detection", "--format", style, "--limit", "7"]) == 1
    told = capsys.readouterr()
    assert told.out.count("key_") - told.out.count("key_ is") in range(7, 15)
    assert "… and 293 more findings (293 × MG103)" in (told.out if style == "text" else told.err)


def test_ci_formats_name_files_from_the_top_of_the_git_repository(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root.parent / ".git").mkdir()
    main(["validate", "--format", "codequality"])
    (issue,) = json.loads(capsys.readouterr().out)
    assert issue["location"]["path"] == f"ml/{OTHER}/mlops_config.yaml"
    main(["validate", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["findings"][0]["file"] == f"{OTHER}/mlops_config.yaml"
