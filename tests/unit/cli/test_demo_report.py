"""The demo's page, from a real repository with real commits, a real baseline and a real batch."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from mlops_gitops import wiring
from mlops_gitops.cli.demo_report import write_report
from mlops_gitops.cli.demo_steps import ATTACK, Told
from mlops_gitops.cli.run_history import with_history
from mlops_gitops.detector.baseline import build_baseline
from mlops_gitops.records.trailers import Trailer, format_message
from tests.unit.portal import sample
from tests.unit.portal.reading import read


def git(folder: Path, *arguments: str, name: str = "Ada Author", email: str = "ada@example.com") -> None:
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
           for part, value in (("NAME", name), ("EMAIL", email))}  # fmt: skip
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env=os.environ | who | own)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The sample project, one commit by a person, one by the bot."""
    for path, content in wiring.sample_files().items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Start with the <project>")
    bot = wiring.bot(wiring.repository(tmp_path))
    trailers = {Trailer.ACTION: "rollback", Trailer.ENVIRONMENT: "staging", Trailer.VERSION: "1"}
    (tmp_path / "note").write_text("x")
    git(tmp_path, "add", "note")
    message = format_message("Roll back to v1", "", trailers)
    git(tmp_path, "commit", "--quiet", "--message", message, name=bot.name, email=bot.email)
    return tmp_path


def told() -> Told:
    return Told(
        facts=[("planned", "gate recall 0.85 → 0.88")],
        steps=[("A repository", 1.5), ("An attack", 20.0)],
        runs=[sample.run(1, 1), sample.run(2, 2)],
        verdict=sample.verdict_plain(),
    )


def test_the_page_tells_what_git_and_the_demo_hold(scratch: Path):
    page = write_report(scratch, told())
    assert page == scratch / "report.html"
    found = read(page.read_text(encoding="utf-8"))
    assert (found.mismatched, found.loads) == ([], [])
    assert "Start with the <project>" in found.text
    assert "Roll back to v1 bot" in found.text
    assert found.text.index("Start with the <project>") < found.text.index("Roll back to v1 bot")
    assert "staging served nothing, then v1" in found.text
    assert "gate recall 0.85 → 0.88" in found.text
    assert "An attack took 20 s" in found.text
    assert "The columns that moved most" not in found.text  # neither package nor batch is there


def test_the_shapes_are_counted_from_package_and_batch(scratch: Path):
    verdict = sample.verdict_plain()
    package = wiring.state_folder(scratch) / "models" / verdict["model_digest"].removeprefix("sha256:")
    package.mkdir(parents=True)
    random = np.random.default_rng(5)
    labels = np.arange(200) % 2
    columns = {"device_trust": random.normal(60, 10, 200), "merchant_category": ["fuel", "tech"] * 100}
    kinds = {"device_trust": "float", "merchant_category": "category"}
    (package / "baseline.npz").write_bytes(build_baseline(columns, kinds, labels * 0.9, labels, 0.5).to_bytes())
    with (scratch / ATTACK).open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["device_trust", "merchant_category"])
        rows.writerows([80 + i % 7, "gifts"] for i in range(50))
    labels_told = [str(one["aria-label"]) for one in read(write_report(scratch, told()).read_text()).pictures]
    shapes = [label for label in labels_told if "shares of rows by value" in label]
    assert shapes == [
        "merchant_category: shares of rows by value, 200 rows before, 50 now",
        "device_trust: shares of rows by value, 200 rows before, 50 now",
    ]


def test_a_demo_that_told_nothing_has_a_page_too(scratch: Path):
    text = read(write_report(scratch, Told()).read_text(encoding="utf-8")).text
    assert "No batch was judged." in text
    assert "No run was recorded." in text


def test_the_losses_are_read_where_the_run_left_them(tmp_path: Path):
    plain = sample.run() | {"history": []}
    assert with_history(tmp_path, plain)["history"] == []
    file = tmp_path / ".mlops-gitops/cache/model_training/ab/history.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(sample.history()))
    assert len(with_history(tmp_path, plain)["history"]) == 90
