"""A verb that is silent for long says now and then that it is at work, and stops saying so when it is done."""

from __future__ import annotations

import time

import pytest

from mlops_gitops.cli.sign_of_life import sign_of_life


def test_it_speaks_while_work_goes_on_and_not_after(capfd: pytest.CaptureFixture[str]) -> None:
    with sign_of_life("model_training", every_s=0.01):
        while "at work" not in (said := capfd.readouterr().err):
            time.sleep(0.005)
    assert "model_training: still at work after" in said
    capfd.readouterr()
    time.sleep(0.05)
    assert capfd.readouterr().err == ""


def test_work_that_is_soon_done_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with sign_of_life("model_training"):
        pass
    assert capfd.readouterr().err == ""
