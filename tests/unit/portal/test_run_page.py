"""The page of a run: whole, safe, the same every time, and still a page where its record is damaged."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import pytest

from mlops_gitops.pipeline.run_report import RunReport, RunStatus
from mlops_gitops.portal.run_page import run_page
from mlops_gitops.portal.run_record import history_file, read_run
from tests.unit.portal import sample
from tests.unit.portal.reading import read


def test_a_whole_page_is_one_closed_file_without_scripts_or_addresses():
    page = run_page(sample.run())
    found = read(page)
    assert found.open_tags == []
    assert found.mismatched == []
    assert found.loads == []
    assert found.handlers == []
    assert "script" not in found.tags
    assert len(found.ids) == len(set(found.ids))
    assert "default-src 'none'" in page
    assert len(page.encode()) < 300_000


def test_the_same_record_gives_the_same_bytes_in_any_process():
    program = (
        "import hashlib; from tests.unit.portal import sample; from mlops_gitops.portal.run_page import run_page; "
        "print(hashlib.sha256(run_page(sample.run()).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".", "TZ": zone},
            check=True,
            capture_output=True,
        ).stdout
        for seed, zone in (("0", "UTC"), ("7", "Asia/Tokyo"))
    }
    assert len(digests) == 1


def test_every_picture_says_in_words_what_it_shows():
    pictures = read(run_page(sample.run())).pictures
    assert len(pictures) > 15
    assert all(picture.get("aria-label") for picture in pictures)
    told = " ".join(str(picture["aria-label"]) for picture in pictures)
    assert "574 positives found, 53 missed, 32 false alarms, 62,341 negatives left alone" in told
    assert "recall 0.915 [0.891,\u00a00.935], limit ≥\u00a00.85: met" in told


def test_what_is_read_first():
    text = read(run_page(sample.run())).text
    assert "fraud-detection · run 1" in text
    assert "passed" in text
    assert "gates met 13 of 13" in text
    assert "found · 91.5 %" in text
    assert "22.4 ms ≤ 100 ms" in text
    assert "close: the interval reaches below the limit" in text  # F1 0.931 [0.916, 0.945] ≥ 0.92
    assert "Weakest part of the data: merchant_category=travel, F1 0.880 on 5,120 rows." in text


def test_hostile_names_stay_text():
    plain = sample.run(project=sample.HOSTILE)
    plain["stages"][1]["result"]["details"]["importance"] = {sample.HOSTILE: 1.0}
    plain["stages"][3]["result"]["summary"] = sample.HOSTILE
    plain["dirty"] = [sample.HOSTILE]
    found = read(run_page(plain))
    assert "script" not in found.tags
    assert found.mismatched == []
    assert found.tags.count("style") == 1
    assert sample.HOSTILE in found.text


def test_a_failed_run_says_why_and_marks_the_gate():
    plain = sample.run() | {"status": "FAILED", "reason": "model_testing: recall 0.840 not ≥ 0.85"}
    testing = plain["stages"][3]["result"]
    testing["status"], testing["reason"] = "failed", "recall 0.840 not ≥ 0.85"
    testing["gates"][0] |= {"measured": 0.84, "low": 0.81, "high": 0.87, "passed": False}
    found = read(run_page(plain))
    assert "failed: a gate was missed" in found.text
    assert "recall 0.840 not ≥ 0.85" in found.text
    assert "gates met 12 of 13" in found.text
    assert "missed" in [picture["aria-label"] for picture in found.pictures]


def test_a_run_that_has_just_begun_tells_what_is_missing():
    plain = RunReport("fraud-detection", 3, "", ("projects/a",), "2026-03-02T10:00:00", RunStatus.RUNNING).to_plain()
    text = read(run_page(plain)).text
    assert "running" in text
    assert "No commit holds what ran: the work tree had changes in projects/a." in text
    for sentence in ("no gate was judged", "quality was not measured", "left no history", "no version"):
        assert sentence in text


@pytest.mark.parametrize(
    "damage",
    [
        {"stages": None},
        {"stages": ["a word"]},
        {"stages": [{"result": None}]},
        {"stages": [{"result": {"stage": "model_testing", "gates": [{}, None], "details": {"cases": [{}, 3]}}}]},
        {"history": [{"iteration": 0}, {"train_loss": math.nan, "validation_loss": "x"}]},
        {"released": "v1", "started_at": "yesterday", "duration_s": math.inf, "status": 7},
    ],
)
def test_a_damaged_record_still_gives_a_page(damage: dict[str, Any]):
    found = read(run_page(sample.run() | damage))
    assert found.mismatched == []
    assert "fraud-detection" in found.text


def test_an_empty_record_gives_a_page():
    assert "unknown project · run ?" in read(run_page({})).text


def test_numbers_that_are_none_are_said_to_be_none():
    plain = sample.run()
    plain["stages"][3]["result"]["gates"][0] |= {"measured": math.nan, "low": None, "high": None, "passed": False}
    assert "not a number" in read(run_page(plain)).text


def test_where_the_losses_lie():
    assert history_file(sample.run()) == ".mlops-gitops/cache/model_training/ab/history.json"
    assert history_file({"stages": [{"result": {"stage": "model_training"}, "outputs": None}]}) is None
    assert history_file({}) is None


def test_reading_keeps_what_is_there():
    record = read_run(sample.run(4, 2))
    assert (record.run_id, record.commit[:7], len(record.stages)) == ("fraud-detection/4", "4e1c9b2", 5)
    assert record.stages[0].cached
    assert record.stages[3].gates[0].low == 0.891
    assert len(record.history) == 90
