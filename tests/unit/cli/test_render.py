"""``render`` and ``render --check`` on the command line: what is told, and what every verb does after a kill."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_gitops.adapters.locks import FileLocks
from mlops_gitops.adapters.rendered_tree import STAGING, RenderedTreeOnDisk
from mlops_gitops.cli.main import main
from mlops_gitops.compiler.schemas import schemas
from tests.factory import on_disk
from tests.kill_points import in_child

SERVICE = "rendered/fraud-detection/staging/serving/service.yaml"
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs a command there: exit code, standard output, standard error."""
    on_disk(tmp_path)
    assert main(["render", "--root", str(tmp_path)]) == 0
    capsys.readouterr()

    def run(*words: str) -> tuple[int, str, str]:
        code = main([*words, "--root", str(tmp_path)])
        return code, *capsys.readouterr()

    return run


def test_json_says_what_differs_as_its_schema_says(said: Said, tmp_path: Path) -> None:
    import jsonschema

    (tmp_path / SERVICE).write_text((tmp_path / SERVICE).read_text().replace("port: 80", "port: 81"))
    (tmp_path / "rendered/stray.txt").write_text("?\n")
    code, out, _ = said("render", "--check", "--format", "json")
    document = json.loads(out)
    jsonschema.validate(document, schemas()["check.schema.json"])
    assert code == 1
    assert [(one["path"], one["kind"]) for one in document["differences"]] == [
        (SERVICE, "hand_edited"),
        ("rendered/stray.txt", "stale"),
    ]
    assert "-      port: 81\n" in document["differences"][0]["diff"]
    said("render")
    code, out, _ = said("render", "--check", "--format", "json")
    assert code == 0
    assert json.loads(out)["differences"] == []


def test_a_format_without_check_is_refused(said: Said) -> None:
    code, _, error = said("render", "--format", "json")
    assert code == 2
    assert "--format is for --check" in error


@pytest.mark.parametrize("verb", [("validate",), ("render", "--check"), ("explain", "fraud-detection", "serving")])
def test_every_verb_first_completes_or_undoes_what_was_killed(
    said: Said, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    config = tmp_path / "projects/fraud-detection/mlops_config.yaml"
    config.write_text(config.read_text().replace("recall: 0.85", "recall: 0.88"))
    copied = shutil.copytree(tmp_path, tmp_path.with_name(f"{tmp_path.name} copied"))
    total, _, _ = in_child(lambda: main(["render", "--root", str(copied)]) and None, copied)
    _, _, killed = in_child(lambda: main(["render", "--root", str(tmp_path)]) and None, tmp_path, total - 20)
    assert killed
    assert (tmp_path / STAGING).exists()
    assert said(*verb)[0] in (0, 1)
    assert not (tmp_path / STAGING).exists()


def test_a_render_at_work_is_waited_for_and_not_disturbed(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlops_gitops.cli.render.LOCK_TIMEOUT_S", 0.1)
    RenderedTreeOnDisk(tmp_path).stage("fraud-detection", {"half": b"done\n"})
    with FileLocks(tmp_path / ".mlops-gitops/locks").hold("render", "render", 1.0, lambda text: None):
        assert said("validate")[0] == 0
        for words in (["render"], ["render", "--check"]):
            code, _, error = said(*words)
            assert code == 4
            assert "render is locked by `render`" in error
        assert (tmp_path / STAGING).exists()
