"""``explain FILE:LINE``: what went into a line of a rendered file, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mlops_gitops.cli.main import main
from mlops_gitops.compiler.schemas import schemas
from tests.factory import CONFIG, FILES, PLATFORM, PROJECT, on_disk

FOLDER = "rendered/fraud-detection/production"
TEXT = FILES[CONFIG] + "stack:\n  serving: fastapi\nproject:\n  owners: ['@team']\n"
OVERLAY = "serving:\n  resources:\n    memory: 3Gi\n"
RELEASE = f"{PROJECT}/releases/production.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    place = on_disk(tmp_path, {CONFIG: TEXT, f"{PROJECT}/environments/production.yaml": OVERLAY})
    monkeypatch.chdir(place)
    assert main(["render"]) == 0
    capsys.readouterr()
    return place


def line_of(file: str, text: str) -> str:
    lines = Path(file).read_text(encoding="utf-8").split("\n")
    return f"{file}:{next(number for number, line in enumerate(lines, start=1) if text in line)}"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["explain", *arguments])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


@pytest.mark.usefixtures("root")
def test_a_line_tells_its_key_and_all_its_layers(capsys: pytest.CaptureFixture[str]) -> None:
    place = line_of(f"{FOLDER}/serving/deployment.yaml", "memory:")
    code, text = said(capsys, place)
    assert code == 0
    assert text.splitlines() == [
        place,
        '  |               memory: "3Gi"',
        "  serving.resources.memory = 3Gi",
        "    Memory request and limit.",
        "      projects/fraud-detection/environments/production.yaml:3:13  3Gi  <- counts",
        "      default                                                     1Gi  overridden",
    ]


@pytest.mark.usefixtures("root")
def test_a_place_with_a_column_is_a_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    place = line_of(f"{FOLDER}/serving/deployment.yaml", "memory:")
    assert said(capsys, f"{place}:16")[1] == said(capsys, place)[1]
    assert said(capsys, f"./{place}")[1] == said(capsys, place)[1]


@pytest.mark.usefixtures("root")
def test_keys_of_the_platform_are_found_in_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, line_of(f"{FOLDER}/serving/deployment.yaml", "namespace:"))[1]
    assert "environments.production.namespace in projects/platform.yaml = ml\n" in text
    where = FILES[PLATFORM].split("\n").index("    namespace: ml") + 1
    assert f"projects/platform.yaml:{where}:16  ml  <- counts" in text
    text = said(capsys, line_of("rendered/_platform/production/namespace.yaml", "name: ml"))[1]
    assert "environments.production.namespace in projects/platform.yaml = ml\n" in text


@pytest.mark.usefixtures("root")
def test_a_threshold_in_an_expression(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, line_of(f"{FOLDER}/monitoring/prometheus-rules.yaml", "< 0.85"))[1]
    assert "testing.thresholds.recall = 0.85\n" in text
    where = TEXT.split("\n").index("    recall: 0.85") + 1
    assert f"{CONFIG}:{where}:13  0.85  <- counts" in text


@pytest.mark.usefixtures("root")
def test_a_number_in_json_in_yaml(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, line_of(f"{FOLDER}/serving/config.yaml", "latency_ms"))[1]
    assert "serving.slo.latency = 100ms\n" in text


@pytest.mark.usefixtures("root")
def test_a_line_that_no_key_went_into_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, line_of(f"{FOLDER}/serving/deployment.yaml", "apiVersion"))
    assert code == 0
    assert "mlops-gitops writes this line itself, among the files for serving: no key of yours went into it" in text


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("text", ["image-placeholder", "@sha256:0000"])
def test_a_placeholder_of_an_image_says_what_it_waits_for(capsys: pytest.CaptureFixture[str], text: str) -> None:
    code, answer = said(capsys, line_of(f"{FOLDER}/serving/deployment.yaml", text))
    assert code == 0
    assert "image that has none yet: set it below `images` in projects/platform.yaml" in answer


@pytest.mark.usefixtures("root")
def test_a_block_without_a_key_tells_those_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    place = line_of(f"{FOLDER}/serving/deployment.yaml", "matchLabels:")
    line = int(place.rsplit(":", 1)[1])
    assert said(capsys, place)[1].splitlines()[-1] == f"    below it: the project's name (lines {line + 1}, {line + 2})"


@pytest.mark.usefixtures("root")
def test_of_a_large_block_the_first_keys_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = said(capsys, line_of(f"{FOLDER}/serving/deployment.yaml", "spec:"))
    below = [line for line in text.splitlines() if line.startswith("    below it: ")]
    assert len(below) == 9
    assert below[0].startswith("    below it: serving.rollout_timeout (line ")
    assert "more key" in below[-1]


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (f"{FOLDER}/serving/deployment.yaml", "name: fraud-detection-serving", "the folder projects/fraud-detection/"),
        (f"{FOLDER}/serving/deployment.yaml", "environment: production", f"{PLATFORM}:"),
        (f"{FOLDER}/training/job.yaml", "data-digest:", "the pointer to the data, projects/fraud-detection/"),
        (f"{FOLDER}/training/job.yaml", "code-digest:", "projects/fraud-detection/**/*.py"),
        (f"{FOLDER}/training/job.yaml", "config-digest:", "the digest of the configuration = sha256:"),
        ("rendered/_platform/production/namespace.yaml", "environment: production", f"{PLATFORM}:"),
        (
            "rendered/_platform/ci/triggers.yml",
            "pipeline:fraud-detection",
            "the name of fraud-detection = fraud-detection",
        ),
        ("CODEOWNERS", "/projects/fraud-detection/ ", f"{CONFIG}:"),
    ],
)
def test_names_digests_and_owners(capsys: pytest.CaptureFixture[str], file: str, text: str, expected: str) -> None:
    code, answer = said(capsys, line_of(file, text))
    assert code == 0
    assert expected in answer


@pytest.mark.parametrize(
    ("file", "target"),
    [
        (f"{FOLDER}/serving/service.yaml", "serving"),
        (f"{FOLDER}/monitoring/tests/alerts.yml", "monitoring"),
        ("rendered/fraud-detection/ci/pipeline.yml", "ci"),
        ("rendered/_platform/production/namespace.yaml", "platform"),
        ("rendered/_platform/ci/triggers.yml", "ci"),
    ],
)
@pytest.mark.usefixtures("root")
def test_the_target_that_writes_a_line(capsys: pytest.CaptureFixture[str], file: str, target: str) -> None:
    assert json.loads(said(capsys, f"{file}:1", "--format", "json")[1])["target"] == target


def test_a_deleted_file_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / FOLDER / "serving/deployment.yaml").unlink()
    code, text = said(capsys, f"{FOLDER}/serving/deployment.yaml:20")
    assert code == 2
    assert "is not there" in text
    assert "it was deleted" in text


@pytest.mark.usefixtures("root")
def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("memory:", "kind:", "image:"):
        place = line_of(f"{FOLDER}/serving/deployment.yaml", text)
        answer = json.loads(said(capsys, place, "--format", "json")[1])
        Draft202012Validator(schemas()["explain_line.schema.json"]).validate(answer)
        assert f"{answer['file']}:{answer['line']}" == place
        assert text in answer["text"]
        assert bool(answer["keys"]) == (text != "kind:")


def test_an_edited_file_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = root / FOLDER / "serving/deployment.yaml"
    file.write_text("# mine\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    code, text = said(capsys, f"{FOLDER}/serving/deployment.yaml:20")
    assert code == 4
    assert "the file is not what was rendered" in text
    assert "mlops-gitops render" in text


def test_changed_sources_are_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / CONFIG).write_text(TEXT.replace("recall: 0.85", "recall: 0.86"), encoding="utf-8")
    text = said(capsys, line_of(f"{FOLDER}/monitoring/prometheus-rules.yaml", "< 0.85"))[1]
    assert "testing.thresholds.recall = 0.86\n" in text
    assert "the sources have changed since this was rendered" in text


def test_a_comment_makes_nothing_stale(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / CONFIG).write_text("# three\n# more\n# lines\n" + TEXT, encoding="utf-8")
    text = said(capsys, line_of(f"{FOLDER}/monitoring/prometheus-rules.yaml", "< 0.85"))[1]
    where = TEXT.split("\n").index("    recall: 0.85") + 4
    assert f"{CONFIG}:{where}:13  0.85  <- counts" in text
    assert "changed since" not in text


def test_sources_that_do_not_compile_are_shown(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / CONFIG).write_text(TEXT.replace("recall: 0.85", "recal: 0.85"), encoding="utf-8")
    code, text = said(capsys, f"{FOLDER}/serving/deployment.yaml:20")
    assert code == 1
    assert "MG210" in text


def test_a_damaged_record_knows_no_file(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "rendered/fraud-detection/provenance.json").write_text("{", encoding="utf-8")
    code, text = said(capsys, f"{FOLDER}/serving/deployment.yaml:20")
    assert code == 2
    assert "is no rendered file" in text


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((f"{FOLDER}/serving/deployment.yaml:0",), "has no line 0"),
        ((f"{FOLDER}/serving/deployment.yaml:9999",), "has no line 9999"),
        ((f"{FOLDER}/serving/nothing.yaml:3",), "is no rendered file"),
        ((f"{FOLDER}/serving/nothing.yaml:3",), "rendered there: config.yaml, deployment.yaml, "),
        ((f"{CONFIG}:3",), "is no rendered file"),
        ((f"{PLATFORM}:3",), "is no rendered file"),
        (("rendered:3",), "is no rendered file"),
        (("rendered/fraud-detection/provenance.json:3",), "is no rendered file"),
        (("../elsewhere.yaml:3",), "lies outside of the repository"),
        ((f"{FOLDER}/serving/deployment.yaml:3", "--environment", "production"), "is of one environment already"),
        ((f"{FOLDER}/serving/deployment.yaml",), "names no line"),
        ((f"{FOLDER}/serving/deployment.yaml:x",), "names no line"),
    ],
)
def test_what_is_no_line(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str) -> None:
    code, text = said(capsys, *arguments)
    assert code == 2
    assert expected in text


def test_what_may_be_a_secret_is_not_shown(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = "Zq8Lw2Xv9Kt4Mb7Ny3Rc6Pd1Fh5Gj0SuTaEo"
    (root / CONFIG).write_text(f"{TEXT}serving:\n  env: [{{name: SEED, value: {random}}}]\n", encoding="utf-8")
    assert main(["render"]) == 0
    capsys.readouterr()
    place = line_of(f"{FOLDER}/serving/deployment.yaml", random)
    for arguments in ([place], [place, "--format", "json"]):
        code, text = said(capsys, *arguments)
        assert code == 0, text
        assert "***" in text
        assert random not in text
