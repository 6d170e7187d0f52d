"""``explain``: pages by code, and values with the chain of layers they came through."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_gitops.cli.main import main
from tests.factory import PROJECT, on_disk

OVERLAY = """\
testing:
  thresholds:
    recall: 0.9
    f1_score: null
serving:
  slo:
    latency: 50ms
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return on_disk(tmp_path, {f"{PROJECT}/environments/production.yaml": OVERLAY})


def said(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["explain", "--root", str(root), *arguments])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_a_value_with_an_overlay_shows_all_its_layers(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(root, capsys, "fraud-detection", "testing.thresholds.recall", "--environment", "production")
    assert code == 0
    assert (
        text
        == """\
testing.thresholds.recall = 0.9 in production
  Share of positives found; passes where it is ≥ the limit.
    projects/fraud-detection/environments/production.yaml:3:13  0.9  <- counts
    projects/fraud-detection/mlops_config.yaml:11:13            0.85
"""
    )


def test_without_an_environment_no_overlay_counts(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "testing.thresholds.recall = 0.85\n" in said(root, capsys, "fraud-detection", "testing.thresholds.recall")[1]


def test_a_default_below_an_overlay(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(root, capsys, "fraud-detection", "serving.slo.latency", "--environment", "production")[1]
    assert "production.yaml:7:14  50ms  <- counts\n" in text
    assert text.rstrip().endswith("100ms")


def test_a_section_is_put_together(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(root, capsys, "fraud-detection", "training.resources")[1]
    assert text.startswith('training.resources = {"cpu": "2", "memory": "4Gi", "ephemeral_storage": "10Gi", ')
    assert "counts" not in text


def test_a_tool_that_nobody_chose_follows_the_profile(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(root, capsys, "fraud-detection", "stack.serving")[1]
    assert text.startswith("stack.serving = fastapi\n")
    assert "default of profile enterprise  fastapi  <- counts" in text


def test_an_item_of_a_list(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(root, capsys, "fraud-detection", "pipeline.stages[1]")[1]
    assert "mlops_config.yaml:4:7  feature_engineering" in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("fraud-detection", "trainin.seed"), "unknown key `trainin`; did you mean `training`?"),
        (("fraud-detection", "training.sed"), "in `training`: unknown key `sed`; did you mean `seed`?"),
        (("fraud-detection", "pipeline.stages[9]"), "nothing is set at `pipeline.stages[9]`"),
        (("fraud-detection", "testing.thresholds.f1_score", "--environment", "production"), "nothing is set at"),
        (("fraud-detection", "training.seed", "--environment", "prod"), "unknown environment `prod`"),
        (("fraud", "training.seed"), "no project `fraud`"),
        (("fraud-detection",), "`fraud-detection` is no code of a finding"),
        (("MG999",), "there is no code MG999"),
    ],
)
def test_names_that_are_not_there(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
) -> None:
    code, text = said(root, capsys, *arguments)
    assert code == 2
    assert expected in text


@pytest.mark.parametrize("code", ["MG214", "mg214"])
def test_a_code_prints_its_page(root: Path, capsys: pytest.CaptureFixture[str], code: str) -> None:
    assert said(root, capsys, code)[1].startswith("# MG214: a gate that can never fail\n")
