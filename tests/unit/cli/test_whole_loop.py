"""The verbs that train, serve and judge, as a user types them: one small project, run once for all these tests.

Eight thousand rows and mild gates: what is looked at is what the command line does, not how good the model is.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml

from mlops_gitops.cli.main import main

PROJECT = "fraud-detection"
STAGING = ("--environment", "staging")
PROGRAM = [sys.executable, "-m", "mlops_gitops.cli.main"]
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str


class Shop:
    """The repository; called with the words of a command.

    In this process where nothing has to be killed, for each one of its own would import all heavy packages again.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}

    def start(self, *words: object, folder: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*PROGRAM, *map(str, words)],
            cwd=folder or self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def alone(self, *words: object, folder: Path | None = None) -> Told:
        """In a process of its own."""
        process = self.start(*words, folder=folder)
        out, err = process.communicate(timeout=180)
        return Told(process.returncode, out, err)

    def __call__(self, *words: object, root: Path | None = None) -> Told:
        out, err = io.StringIO(), io.StringIO()
        with as_found(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main([*map(str, words), "--root", str(root or self.root)])
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else 1
        assert "Traceback" not in err.getvalue()
        return Told(code, out.getvalue(), err.getvalue())

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.check_output(command, cwd=self.root, env=self.environment, text=True).strip()

    def runs(self) -> int:
        return len(list((self.root / f".mlops-gitops/runs/{PROJECT}").iterdir()))


@contextlib.contextmanager
def as_found() -> Iterator[None]:
    """A project's code is loaded under names like `data`: none of it stays for the next test."""
    path, modules, bytecode = list(sys.path), set(sys.modules), sys.dont_write_bytecode
    try:
        yield
    finally:
        sys.path[:], sys.dont_write_bytecode = path, bytecode
        for name in {"data", "model", "simulate"} & (set(sys.modules) - modules):
            del sys.modules[name]


def make_small(root: Path) -> None:
    """Less data, its pointer anew, and gates that any model meets."""
    folder = root / "projects" / PROJECT
    data = folder / "data/transactions.csv"
    subprocess.run(
        [sys.executable, "simulate.py", str(data), "--rows", "8000"], cwd=folder, check=True, capture_output=True
    )
    content = data.read_bytes()
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    pointer = f"outs:\n- md5: {md5}\n  size: {len(content)}\n  hash: md5\n  path: {data.name}\n"
    data.with_name(f"{data.name}.dvc").write_text(pointer)
    config = folder / "mlops_config.yaml"
    text = re.sub(r"(accuracy|precision|recall|f1_score): 0\.\d+", r"\1: 0.2", config.read_text())
    text = re.sub(r"false_positive_rate: 0\.\d+", "false_positive_rate: 0.5", text)
    # A machine that runs other tests at the same time answers when it can.
    config.write_text(f"{text}serving:\n  slo:\n    latency: 5s\n")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("shop") / "platform"
    made = Shop(root)
    assert main(["init", str(root)]) == 0
    make_small(root)
    assert made("render").code == 0
    made.git("config", "user.name", "A. Author")
    made.git("config", "user.email", "author@localhost")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "Start")
    told = made.alone("run", PROJECT)
    try:
        assert told.code == 0, told.out + told.err
        yield made
    finally:
        made("reconcile", *STAGING, "--stop")


@pytest.fixture(scope="module")
def batches(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good rows, and every way in which a batch can be wrong."""
    folder = tmp_path_factory.mktemp("batches")
    rows = pd.read_csv(shop.root / f"projects/{PROJECT}/data/transactions.csv")
    few = rows.tail(200)
    rows.to_csv(folder / "good.csv", index=False)
    few.drop(columns="is_fraud").to_csv(folder / "unlabelled.csv", index=False)
    few.assign(is_fraud=None).to_csv(folder / "blank.csv", index=False)
    few.assign(is_fraud=7).to_csv(folder / "strange.csv", index=False)
    few.assign(amount_cents="abc").to_csv(folder / "words.csv", index=False)
    few.assign(time="noon").to_csv(folder / "noon.csv", index=False)
    few.assign(merchant_category="zzz").to_csv(folder / "category.csv", index=False)
    few.drop(columns=["region", "amount_cents"]).to_csv(folder / "lacking.csv", index=False)
    few.head(0).to_csv(folder / "header.csv", index=False)
    few.head(1).to_csv(folder / "one.csv", index=False)
    (folder / "empty.csv").write_bytes(b"")
    (folder / "binary.csv").write_bytes(bytes(range(256)))
    return folder


def test_a_run_releases_and_serves(shop):
    (row, _) = json.loads(shop("status", "--format", "json").out)
    assert (row["version"], row["health"], row["drift"]) == (1, "healthy", 0)
    assert row["running"] == row["wanted"] == shop.git("rev-parse", "HEAD")
    assert shop.git("log", "-1", "--format=%an %s") == "mlops-gitops-bot Release fraud-detection v1 to staging"
    assert shop("status", "--exit-code").code == 0
    assert shop("model", "list", PROJECT).out.startswith("v1 ")
    report = shop.root / f".mlops-gitops/runs/{PROJECT}/1/report.html"
    assert report.read_text().lower().startswith("<!doctype html>")


def test_a_run_of_what_is_made_is_quick_and_says_so(shop):
    told = shop.alone("run", PROJECT, "--to", "model_testing", folder=shop.root / "projects" / PROJECT)
    assert told.code == 0
    assert re.findall(r"^  (\w+) +cached ", told.out, re.MULTILINE) == [
        *("data_validation", "feature_engineering", "model_training", "model_testing")
    ]
    assert f"report: {shop.root}/.mlops-gitops/runs/{PROJECT}/" in told.out
    dry = shop("run", PROJECT, "--dry-run")
    assert dry.out.count("cached") == 4
    assert dry.out.count("would run") == 2


def test_a_stage_by_its_key(shop):
    rendered = yaml.safe_load((shop.root / "rendered/fraud-detection/staging/training/job.yaml").read_text())
    command = rendered["spec"]["template"]["spec"]["containers"][0]
    words = [*command.get("command", []), *command.get("args", [])]
    assert words[:4] == ["mlops-gitops", "stage", PROJECT, "model_training"]
    assert shop(*words[1:]).code == 0
    told = shop("stage", PROJECT, "model_training", "--key", "sha256:" + "0" * 64)
    assert told.code == 2
    assert "the work tree is not the one that this training was rendered for" in told.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run", "fraud-detecton"), "did you mean `fraud-detection`?"),
        (("run", PROJECT, "--environment", "stagin"), "did you mean `staging`?"),
        (("run", PROJECT, "--environment", "production"), "target `kubernetes` of environment production is not"),
        (("stage", PROJECT, "model_deployment", "--environment", "production"), "end before it with --to STAGE"),
        (("run", PROJECT, "--from", "model_testing", "--to", "data_validation"), "comes after"),
        (("stage", PROJECT, "model_packaging"), "model_packaging"),
        (("stage", PROJECT, "nothing"), "invalid choice: 'nothing'"),
        (("run", "../.."), "lies outside of the repository"),
        (("run", ""), "no project ``"),
        (("run",), "required: PROJECT"),
    ],
)
def test_wrong_runs_start_nothing(shop, words, expected):
    before = shop.runs()
    told = shop(*words)
    assert told.code == 2
    assert expected in told.err
    assert shop.runs() == before


def test_good_rows_are_judged(shop, batches, tmp_path):
    kept = tmp_path / "verdict.json"
    told = shop("detect", "regression", PROJECT, *STAGING, "--batch", batches / "good.csv", "--output", kept)
    assert told.code == 0
    assert "fraud-detection v1 in staging: 8,000 rows, 8,000 labelled" in told.out
    assert told.err.startswith("sending 8000 rows to http://127.0.0.1:")
    verdict = json.loads(kept.read_text())
    assert verdict["model_version"] == 1
    # The continuous monitor exports what was measured last.
    log = shop.root / f".mlops-gitops/local/staging/volumes/{PROJECT}-inference-log/{PROJECT}/verdict.json"
    assert json.loads(log.read_text()) == verdict
    drift = shop("detect", "drift", PROJECT, *STAGING, "--batch", batches / "unlabelled.csv", "--format", "json")
    assert json.loads(drift.out)["metrics"] == []
    assert json.loads(log.read_text()) == verdict, "rows without labels say nothing about quality"


@pytest.mark.parametrize(
    ("name", "regression", "drift"),
    [
        ("missing.csv", "there is no such batch", "there is no such batch"),
        ("", "there is no such batch", "there is no such batch"),
        ("empty.csv", "the batch cannot be read", "the batch cannot be read"),
        ("binary.csv", "the batch cannot be read", "the batch cannot be read"),
        ("noon.csv", "the batch cannot be read", "the batch cannot be read"),
        ("lacking.csv", "region", "region"),
        ("header.csv", "the batch is empty", "the batch is empty"),
        ("unlabelled.csv", "the data lacks the columns is_fraud", None),
        ("blank.csv", "no row of the batch has a value in the label column", None),
        ("strange.csv", "holds values that the data contract does not allow\n  why: 7", None),
        ("words.csv", "a number is expected", "column amount_cents is not numeric"),
        ("category.csv", "unknown category", None),
        ("one.csv", None, None),
    ],
)
def test_batches_of_every_kind(shop, batches, name, regression, drift):
    for action, expected in (("regression", regression), ("drift", drift)):
        told = shop("detect", action, PROJECT, *STAGING, "--batch", batches / name)
        if expected is None:
            assert told.code in (0, 1), told.err
            assert told.out != ""
        else:
            assert (told.code, told.out) == (2, ""), told.err
            assert expected in told.err


def test_wrong_detections(shop, batches):
    good = ("--batch", batches / "good.csv")
    for words, expected in (
        ((PROJECT, *STAGING), "required: --batch"),
        (("nope", *STAGING, *good), "no project `nope`"),
        ((PROJECT, "--environment", "stagin", *good), "did you mean `staging`?"),
        ((PROJECT, "--environment", "production", *good), "has no version released to production"),
        ((PROJECT, *STAGING, *good, "--output", "no/such/file.json"), "there is no folder `no/such`"),
        ((PROJECT, *STAGING, *good, "--output", "."), "is a folder"),
    ):
        told = shop("detect", "drift", *words)
        assert (told.code, told.out) == (2, ""), told.err
        assert expected in told.err


def test_the_monitor_once(shop):
    told = shop("monitor", PROJECT, *STAGING)
    assert told.code == 0
    assert json.loads(told.out)["model_version"] == 1
    told = shop("monitor", PROJECT, "--environment", "production", "--watch")
    assert told.code == 2


def test_stopped_twice_and_started_again(shop, batches):
    for _ in range(2):
        told = shop("reconcile", *STAGING, "--stop")
        assert (told.code, told.out) == (0, "nothing runs in staging any more; a reconcile starts it again\n")
    told = shop("status", "--exit-code")
    assert told.code == 1
    assert "its supervisor was stopped or killed" in told.out
    told = shop("detect", "regression", PROJECT, *STAGING, "--batch", batches / "good.csv")
    assert told.code == 3
    assert "the endpoint did not answer" in told.err
    drift = shop("detect", "drift", PROJECT, *STAGING, "--batch", batches / "good.csv")
    assert drift.code == 0, "drift needs nothing that serves"
    assert shop("reconcile", *STAGING).code == 0
    assert shop("reconcile", *STAGING).out == f"{json_count(shop)} unchanged\n"
    assert shop("status", "--exit-code").code == 0


def json_count(shop: Shop) -> int:
    return len(json.loads(shop("reconcile", *STAGING, "--dry-run", "--format", "json").out)["changes"])


def test_an_interrupt_leaves_nothing_half_done(shop):
    """The run's record says so, its children are gone, and the next run goes on from the cache."""
    process = shop.start("run", PROJECT, "--force", "--to", "model_training")
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, first + out + err
    assert err.endswith("interrupted\n")
    number = int(re.search(r"run (\d+)", first)[1])  # type: ignore[index]
    record = json.loads((shop.root / f".mlops-gitops/runs/{PROJECT}/{number}/run.json").read_text())
    assert (record["status"], record["reason"]) == ("ERROR", "interrupted")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert shop("run", PROJECT, "--to", "model_training").code == 0


def test_a_damaged_package_is_refused(shop, batches):
    (package,) = (path for path in (shop.root / ".mlops-gitops/models").iterdir() if path.is_dir())
    baseline = package / "baseline.npz"
    whole = baseline.read_bytes()
    baseline.chmod(0o644)
    try:
        baseline.write_bytes(b"junk")
        for words in (
            ("detect", "drift", PROJECT, *STAGING, "--batch", batches / "good.csv"),
            ("monitor", PROJECT, *STAGING),
        ):
            told = shop(*words)
            assert (told.code, told.out) == (4, "")
            assert "baseline.npz was changed" in told.err
        aside = package.with_name("aside")
        package.rename(aside)
        told = shop("detect", "drift", PROJECT, *STAGING, "--batch", batches / "good.csv")
        assert told.code == 3
        assert "the model store lacks package" in told.err
        aside.rename(package)
    finally:
        baseline.write_bytes(whole)


def test_uncommitted_work_is_trained_but_never_deployed(shop):
    config = shop.root / f"projects/{PROJECT}/mlops_config.yaml"
    before = config.read_text()
    try:
        config.write_text(before.replace("recall: 0.2", "recall: 0.3"))
        told = shop("run", PROJECT)
        assert told.code == 4
        assert "+ uncommitted changes" in told.out
        assert "refused: uncommitted changes in projects/fraud-detection/mlops_config.yaml" in told.out
    finally:
        config.write_text(before)
    assert shop.git("status", "--porcelain") == ""


def test_a_copy_elsewhere_starts_from_nothing_it_does_not_have(shop, tmp_path, batches):
    """A clone has git and nothing of this machine: it says what is missing."""
    clone = tmp_path / "clone"
    shop.git("clone", "--quiet", str(shop.root), str(clone))
    told = shop("detect", "drift", PROJECT, *STAGING, "--batch", batches / "good.csv", root=clone)
    assert told.code == 3
    assert "the model store lacks package" in told.err
    told = shop("detect", "regression", PROJECT, *STAGING, "--batch", batches / "good.csv", root=clone)
    assert told.code == 3
    assert "nothing serves fraud-detection in staging\n  do:  mlops-gitops reconcile" in told.err
    shutil.rmtree(clone)
