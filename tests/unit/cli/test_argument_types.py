"""Values that are read while the command line is parsed."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

import pytest

from mlops_gitops.cli.argument_types import duration_s, moment, new_file, port, version, version_number


@pytest.mark.parametrize(("text", "seconds"), [("60s", 60.0), ("5m", 300.0), ("500ms", 0.5), ("PT15M", 900.0)])
def test_durations_are_seconds(text, seconds):
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "abc", "-1s", "0s", "1e9d", "nan"])
def test_what_is_no_duration(text):
    with pytest.raises(argparse.ArgumentTypeError, match=f"`{text}` is not a duration"):
        duration_s(text)


def test_moments_have_a_zone():
    assert moment("2026-11-25T08:30:00Z") == datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    assert moment("2026-11-25T08:30:00") == moment("2026-11-25T08:30:00Z")
    assert moment("2026-11-25T08:30:00+02:00") == moment("2026-11-25T08:30:00Z") - timedelta(hours=2)
    assert moment("") is None  # a variable that a CI system does not set


@pytest.mark.parametrize("text", ["now", "25.11.2026", "$CI_PIPELINE_CREATED_AT", "1764059400", "2026-13-01"])
def test_what_is_no_moment(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is no date and time"):
        moment(text)


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("9090", 9090), ("65535", 65535)])
def test_ports(text, number):
    assert port(text) == number


@pytest.mark.parametrize("text", ["", "-1", "65536", "http", "²", "1.0", "٣"])
def test_what_is_no_port(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is no port"):
        port(text)


@pytest.mark.parametrize(("text", "number"), [("2", 2), ("v2", 2), ("v012", 12), ("999999", 999999)])
def test_versions(text, number):
    assert version(text) == version_number(text) == number


@pytest.mark.parametrize("text", ["", "v", "²", "٣", "-1", "2.0", "vv2", "main", "1234567", "HEAD~1"])
def test_what_is_no_version(text):
    assert version_number(text) is None
    with pytest.raises(argparse.ArgumentTypeError, match="write 2 or v2"):
        version(text)


def test_a_file_that_can_be_written(tmp_path):
    assert new_file(str(tmp_path / "new.json")) == tmp_path / "new.json"
    (tmp_path / "old.json").touch()
    assert new_file(str(tmp_path / "old.json")) == tmp_path / "old.json"


def test_a_file_that_cannot(tmp_path):
    with pytest.raises(argparse.ArgumentTypeError, match="is a folder"):
        new_file(str(tmp_path))
    with pytest.raises(argparse.ArgumentTypeError, match="there is no folder"):
        new_file(str(tmp_path / "missing" / "new.json"))
