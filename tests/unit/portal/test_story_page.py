"""The page of a story: history, verdict, runs and steps, each of them dispensable."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlops_gitops.portal.charts.drift import DriftLimits
from mlops_gitops.portal.distributions import Distribution
from mlops_gitops.portal.story import CommitEntry, Story
from mlops_gitops.portal.story_page import story_page
from tests.unit.portal import sample
from tests.unit.portal.reading import Found, read


@pytest.fixture(scope="module")
def found() -> Found:
    return read(story_page(sample.story()))


def test_it_is_one_closed_file_that_loads_nothing(found: Found):
    assert (found.open_tags, found.mismatched, found.loads, found.handlers) == ([], [], [], [])
    assert "script" not in found.tags
    assert len(found.ids) == len(set(found.ids))


def test_it_is_small_and_the_same_every_time():
    page = story_page(sample.story())
    assert page == story_page(sample.story())
    assert len(page.encode()) < 300_000


def test_the_history_is_drawn_and_told(found: Found):
    strip = next(str(picture["aria-label"]) for picture in found.pictures if "commits" in str(picture["aria-label"]))
    assert strip == "6 commits, 1 by the bot; staging served nothing, then v1, then v2, then v1"
    assert "Roll fraud-detection in staging back to v1 bot" in found.text
    assert "2026-03-02 09:19:09 UTC" in found.text  # told in UTC wherever the commit was made
    assert "severity high" in found.text


def test_the_verdict_is_told_worst_first(found: Found):
    assert "failed, severity high" in found.text
    assert "recall fell from 0.931 to 0.492" in found.text
    labels = [str(picture["aria-label"]) for picture in found.pictures]
    assert "recall from 0.931 to 0.492, limit 0.903: regressed" in labels
    assert "v1: 0.917" in labels
    drifted = [label for label in labels if label.endswith("drifted") and "PSI" in label]
    assert [label.partition(":")[0] for label in drifted] == [
        "merchant_category", "device_trust", "score", "amount_cents",
    ]  # fmt: skip
    assert "beyond the limit, but it may be chance" in found.text  # the false-positive rate


def test_each_run_has_its_own_part(found: Found):
    assert {"run-1", "run-2"} <= set(found.ids)
    assert "Run 2: version 2" in found.text


def test_the_limits_of_the_project_are_drawn():
    story = replace(sample.story(), drift_limits=DriftLimits(0.2, 0.25))
    assert "device_trust: D 0.163 of a limit 0.2, PSI 0.148 of a limit 0.25: drifted" in story_page(story)


def test_shapes_are_shown_where_they_are_given(found: Found):
    assert "The columns that moved most" not in found.text
    shape = Distribution("country", ("DE", "US"), (0.9, 0.1), (0.5, 0.5), 100, 80)
    text = read(story_page(replace(sample.story(), distributions=(shape,)))).text
    assert "The columns that moved most" in text
    assert "shares of rows by value, 100 rows before, 80 now" in text


def test_an_empty_story_says_what_it_lacks():
    found = read(story_page(Story("nothing yet")))
    for sentence in ("No commit was recorded.", "No batch was judged.", "No run was recorded.", "No step was timed."):
        assert sentence in found.text
    assert found.mismatched == []


def test_a_damaged_verdict_is_said_to_be_damaged():
    odd_number = sample.verdict_plain()
    odd_number["metrics"][0]["baseline"] = "0.9"
    for plain in ({}, {"outcome": "FAILED"}, sample.verdict_plain() | {"severity": "odd"}, odd_number):
        text = read(story_page(replace(sample.story(), verdict=plain))).text
        assert "The verdict's record cannot be read." in text


def test_a_verdict_without_labels_shows_drift_alone():
    plain = sample.verdict_plain() | {"metrics": [], "former": None, "labelled_rows": 0}
    text = read(story_page(replace(sample.story(), verdict=plain))).text
    assert "No metric was judged" in text
    assert "Drift: 2 of 4 columns" in text


def test_hostile_commits_stay_text():
    hostile = sample.HOSTILE
    trailers = {"Mlops-Environment": hostile, "Mlops-Model-Version": "1", "Mlops-Run": hostile}
    entry = CommitEntry(hostile, "not a time", hostile, hostile, trailers)
    found = read(story_page(Story(hostile, commits=(entry,), facts=((hostile, hostile),))))
    assert "script" not in found.tags
    assert found.tags.count("style") == 1
    assert found.mismatched == []


def test_a_long_history_is_drawn_from_its_end_and_told_whole():
    many = tuple(replace(one, sha=f"{n}{one.sha}") for n in range(5) for one in sample.commits())
    found = read(story_page(Story("long", commits=many)))
    assert "The picture shows the last 16 of 30 commits." in found.text
    assert found.text.count("Raise the recall gate to 0.88") == 5
