"""``explain``: pages by code, and values with the chain of layers they came through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mlops_gitops.cli.main import main
from mlops_gitops.compiler.schemas import schemas
from tests.factory import CONFIG, FILES, PLATFORM, PROJECT, on_disk

OVERLAY = """\
testing:
  thresholds:
    recall: 0.9
    f1_score: null
serving:
  slo:
    latency: 50ms
  replicas: null
  env:
    LOG_LEVEL: {value: debug}
    REGION: null
"""
DEFAULTS = """\
defaults:
  serving:
    replicas: 3
    slo:
      latency: 80ms
    env:
      - {name: LOG_LEVEL, value: info}
      - {name: REGION, value: eu}
  training:
    framework: keras
"""
CHANGES = {
    PLATFORM: FILES[PLATFORM] + DEFAULTS,
    CONFIG: FILES[CONFIG] + "serving:\n  replicas: 2\n",
    f"{PROJECT}/environments/production.yaml": OVERLAY,
}
# The lines that the factory's own files have.
SET, WRITTEN = (len(FILES[path].splitlines()) for path in (PLATFORM, CONFIG))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return on_disk(tmp_path, CHANGES)


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
    projects/fraud-detection/environments/production.yaml:3:13  0.9   <- counts
    projects/fraud-detection/mlops_config.yaml:11:13            0.85  overridden
"""
    )


def test_without_an_environment_no_overlay_counts(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "testing.thresholds.recall = 0.85\n" in said(root, capsys, "fraud-detection", "testing.thresholds.recall")[1]


def test_all_four_layers_and_the_default(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(root, capsys, "fraud-detection", "serving.slo.latency", "--environment", "production")[1]
    assert text.splitlines()[2:] == [
        "    projects/fraud-detection/environments/production.yaml:7:14  50ms   <- counts",
        f"    projects/platform.yaml:{SET + 5}:16                                80ms   overridden",
        "    default                                                     100ms  overridden",
    ]


def test_what_is_taken_away_falls_back_to_the_default(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(root, capsys, "fraud-detection", "serving.replicas", "--environment", "production")[1]
    assert text.splitlines()[0] == "serving.replicas = 1 in production"
    assert text.splitlines()[2:] == [
        "    default                                                     1           <- counts",
        "    projects/fraud-detection/environments/production.yaml:8:13  taken away  overridden",
        f"    projects/fraud-detection/mlops_config.yaml:{WRITTEN + 2}:13            2           overridden",
        f"    projects/platform.yaml:{SET + 3}:15                                3           overridden",
    ]


def test_what_is_taken_away_and_has_no_default_is_not_set(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(root, capsys, "fraud-detection", "testing.thresholds.f1_score", "--environment", "production")
    assert code == 0
    assert text.startswith("testing.thresholds.f1_score is not set in production\n")
    assert "production.yaml:4:15  taken away  <- counts\n" in text


@pytest.mark.parametrize("key", ["serving.env[LOG_LEVEL].value", "serving.env[0].value", "serving.env.LOG_LEVEL.value"])
def test_an_item_of_a_keyed_list(root: Path, capsys: pytest.CaptureFixture[str], key: str) -> None:
    text = said(root, capsys, "fraud-detection", key, "--environment", "production")[1]
    assert text.startswith("serving.env[LOG_LEVEL].value = debug in production\n")
    assert "production.yaml:10:24  debug  <- counts" in text
    assert f"platform.yaml:{SET + 7}:34" in text
    assert "REGION" not in said(root, capsys, "fraud-detection", "serving.env", "--environment", "production")[1]


def test_a_section_shows_where_each_key_comes_from(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = said(root, capsys, "fraud-detection", "serving", "--environment", "production")[1].splitlines()
    found = {row.split()[0]: row.split(maxsplit=2)[2] for row in rows[2:]}
    assert found["replicas"] == "default"
    assert found["slo.latency"] == "projects/fraud-detection/environments/production.yaml:7:14"
    assert found["env[LOG_LEVEL].value"] == "projects/fraud-detection/environments/production.yaml:10:24"
    assert found["accelerator.resource"] == "default: follows stack.acceleration: nvidia_gpu"


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("stack.serving", "kserve", "profile enterprise"),
        ("stack.cloud", "none", "profile enterprise, none is supported today"),
        ("pipeline.timeout", "315m", "the larger of 2 h and the sum of the stages' timeouts (315m)"),
        ("training.accelerator.count", "1", "what keras needs"),
        ("training.checkpoints.enabled", "true", "what keras needs"),
        ("training.accelerator.resource", "nvidia.com/gpu", "follows stack.acceleration: nvidia_gpu"),
        ("project.name", "fraud-detection", "the name of its folder"),
        ("pipeline.stage_options.model_monitoring.max_latency_p95", "80ms", "follows serving.slo.latency"),
    ],
)
def test_a_default_that_is_worked_out(
    root: Path, capsys: pytest.CaptureFixture[str], key: str, value: str, why: str
) -> None:
    text = said(root, capsys, "fraud-detection", key)[1]
    assert text.startswith(f"{key} = {value}\n")
    assert f"    default: {why}  {value}  <- counts\n" in text


def test_a_written_value_leaves_the_default_that_would_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = FILES[CONFIG].replace("pipeline:\n", "pipeline:\n  timeout: 8h\n")
    root = on_disk(tmp_path, {CONFIG: text + "stack: {serving: fastapi, profile: startup}\n"})
    told = said(root, capsys, "fraud-detection", "pipeline.timeout")[1]
    assert "mlops_config.yaml:2:12" in told
    assert "(315m)  315m  overridden" in told
    told = said(root, capsys, "fraud-detection", "stack.serving")[1]
    assert "default: profile startup" in told
    assert "overridden" in told


def test_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for key in ("serving.replicas", "serving", "testing.thresholds.f1_score", "pipeline.stages"):
        arguments = ("fraud-detection", key, "--environment", "production", "--format", "json")
        answer = json.loads(said(root, capsys, *arguments)[1])
        Draft202012Validator(schemas()["explain.schema.json"]).validate(answer)
        assert answer["key"] == key
        assert sum(origin["counts"] for origin in answer["origins"]) == (key != "serving")


def test_an_item_of_a_list(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(root, capsys, "fraud-detection", "pipeline.stages[1]")[1]
    assert "mlops_config.yaml:4:7  feature_engineering" in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("fraud-detection", "trainin.seed"), "unknown key `trainin`; did you mean `training`?"),
        (("fraud-detection", "training.sed"), "in `training`: unknown key `sed`; did you mean `seed`?"),
        (("fraud-detection", "pipeline.stages[9]"), "nothing is set at `pipeline.stages[9]`"),
        (("fraud-detection", "testing.thresholds.recal"), "in `testing.thresholds`: unknown key `recal`; did you mean"),
        (("fraud-detection", "serving.env[LOGLEVEL]"), "in `serving.env`: unknown key `LOGLEVEL`; did you mean"),
        (("fraud-detection", "serving.env[LOG_LEVEL].valeu"), "in `serving.env[LOG_LEVEL]`: unknown key `valeu`"),
        (("fraud-detection", ""), "unknown key ``"),
        (("MG214", "--format", "json"), "the page of a code is text"),
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


RANDOM = "Zq8Lw2Xv9Kt4Mb7Ny3Rc6Pd1Fh5Gj0SuTaEo"


def test_what_may_be_a_secret_is_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    env = f"serving:\n  env:\n    - {{name: SEED, value: {RANDOM}}}\n    - {{name: LEVEL, value: info}}\n"
    place = on_disk(tmp_path, {CONFIG: FILES[CONFIG] + env})
    for arguments in (["serving.env[SEED].value"], ["serving"], ["serving.env", "--format", "json"]):
        assert main(["--root", str(place), "explain", "fraud-detection", *arguments]) == 0
        said = capsys.readouterr().out
        assert "***" in said
        assert RANDOM not in said
    assert main(["--root", str(place), "explain", "fraud-detection", "serving.env[LEVEL].value"]) == 0
    assert " = info" in capsys.readouterr().out


def test_what_is_said_to_be_no_secret_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    env = f"serving:\n  env:\n    - name: SEED\n      value: {RANDOM}  # mlops-gitops: not-a-secret a seed\n"
    place = on_disk(tmp_path, {CONFIG: FILES[CONFIG] + env})
    assert main(["--root", str(place), "explain", "fraud-detection", "serving.env[SEED].value"]) == 0
    assert f" = {RANDOM}" in capsys.readouterr().out
