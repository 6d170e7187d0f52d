"""The example of docs/language.md is a real one: its files compile, and its answers are what the command says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from mlops_gitops.cli.main import main
from mlops_gitops.compiler.source import read_source
from mlops_gitops.spec.scalars import Cron, Duration, Entrypoint, Fraction, Quantity, Retention
from tests.factory import on_disk

PAGE = (Path(__file__).parents[2] / "docs/language.md").read_text(encoding="utf-8")
WRITTEN = dict(re.findall(r"^`([\w/.-]+\.yaml)`\n\n```yaml\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE))
SAID = re.findall(r"^\$ mlops-gitops (.*?)\n(.*?)(?=^\$ |```)", PAGE, re.DOTALL | re.MULTILINE)
TYPES = {
    "duration": Duration,
    "retention": Retention,
    "quantity": Quantity,
    "share": Fraction,
    "schedule": Cron,
    "entrypoint": Entrypoint,
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert len(WRITTEN) == 3
    return on_disk(tmp_path_factory.mktemp("page"), WRITTEN)


@pytest.mark.parametrize(("command", "answer"), SAID, ids=[command for command, _ in SAID])
def test_an_answer_is_the_real_one(root: Path, capsys: pytest.CaptureFixture[str], command: str, answer: str) -> None:
    assert main([*command.split(), "--root", str(root)]) == 0
    assert capsys.readouterr().out.rstrip("\n") == answer.rstrip("\n")


def test_there_are_answers() -> None:
    assert len(SAID) >= 2


@pytest.mark.parametrize("kind", TYPES)
def test_the_examples_of_scalars_are_read(kind: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {kind} |")]
    for example in re.findall(r"`([^`]+)`", row.split("|")[3]):
        data = read_source("page", f"- {example}\n".encode())
        assert data.diagnostics == ()
        assert isinstance(data.data, list)
        TypeAdapter(TYPES[kind]).validate_python(data.data[0])
