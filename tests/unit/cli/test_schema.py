"""``schema``: listed, printed, written, and compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlops_gitops.cli.main import main
from mlops_gitops.compiler.schemas import schemas
from tests.factory import on_disk


def test_names_and_one_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    names = capsys.readouterr().out.split()
    assert names == [name.removesuffix(".schema.json") for name in schemas()]
    for name in ("platform", "platform.schema.json", "projects/platform.yaml"):
        assert main(["schema", name]) == 0
        assert "clusters" in json.loads(capsys.readouterr().out)["properties"]


def test_write_then_check_then_edit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = ["--root", str(on_disk(tmp_path))]
    assert main(["schema", *root, "--check"]) == 1
    assert "schemas/release.schema.json: missing" in capsys.readouterr().out
    assert main(["schema", *root, "--write"]) == 0
    assert main(["schema", *root, "--check"]) == 0
    (tmp_path / "schemas/release.schema.json").write_text("{}\n")
    assert main(["schema", *root, "--check"]) == 1
    assert "schemas/release.schema.json: outdated" in capsys.readouterr().out
    assert main(["schema", *root, "--write"]) == 0
    assert f"1 written, {len(schemas()) - 1} unchanged" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["schema", "plattform"], ["schema", "platform", "--check"]])
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "do:" in capsys.readouterr().err
