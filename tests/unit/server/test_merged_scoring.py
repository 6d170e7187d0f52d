"""Requests that come together are scored together, and answered as if they had come alone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from mlops_gitops.server.batch import Batch
from mlops_gitops.server.merged_scoring import MergedScorer
from mlops_gitops.stages.model_package import InputError, load_package


class Slow:
    """The real estimator behind a gate: its first call waits until the others are known to wait."""

    def __init__(self, estimator, refuses: float | None = None) -> None:
        self.estimator, self.refuses = estimator, refuses
        self.gate, self.sizes = threading.Event(), []

    def predict_proba(self, frame) -> np.ndarray:
        self.sizes.append(len(frame))
        assert self.gate.wait(20)
        if self.refuses is not None and (frame["amount"] == self.refuses).any():
            raise ZeroDivisionError("a feature of the project's code")
        return self.estimator.predict_proba(frame)


@pytest.fixture(scope="module")
def model(released):
    return load_package(released.store / released.digest.removeprefix("sha256:"), released.digest)


def batch(released, first: int, rows: int) -> Batch:
    part = released.rows.iloc[first : first + rows]
    return Batch(rows, {tensor["name"]: tensor["data"] for tensor in released.inputs(part)})


def ask_together(model, batches, refuses: float | None = None):
    """Ask the first batch, then the others while it holds the turn; results or errors in order, and call sizes."""
    slow = Slow(model.estimator, refuses)
    scorer = MergedScorer(replace(model, estimator=slow), turns=1)
    with ThreadPoolExecutor(len(batches)) as pool:
        futures = [pool.submit(scorer.score, batches[0])]
        while not slow.sizes:
            threading.Event().wait(0.005)
        for one in batches[1:]:
            waiting = len(scorer._waiting)
            futures.append(pool.submit(scorer.score, one))
            while len(scorer._waiting) == waiting and not futures[-1].done():
                threading.Event().wait(0.005)
        slow.gate.set()
        return [future.exception() or future.result() for future in futures], slow.sizes


def test_what_waits_is_scored_in_one_call_with_the_same_answers(model, released) -> None:
    answers, sizes = ask_together(model, [batch(released, 10 * number, number + 1) for number in range(8)])
    assert sizes == [1, 2 + 3 + 4 + 5 + 6 + 7 + 8]
    for number, scores in enumerate(answers):
        assert scores.tolist() == released.scores[10 * number : 10 * number + number + 1].tolist()


def test_a_call_grows_to_a_bound_and_a_long_request_goes_alone(model, released, monkeypatch) -> None:
    monkeypatch.setattr("mlops_gitops.server.merged_scoring.MAX_MERGED_ROWS", 10)
    answers, sizes = ask_together(model, [batch(released, 0, rows) for rows in (1, 4, 6, 30, 2)])
    assert sizes == [1, 10, 30, 2]
    assert [len(scores) for scores in answers] == [1, 4, 6, 30, 2]


def test_only_the_request_that_breaks_the_model_fails(model, released) -> None:
    bad = float(released.rows["amount"].iloc[20])
    assert bad not in released.rows["amount"].iloc[:20].tolist()
    batches = [batch(released, 0, 1), batch(released, 5, 3), batch(released, 20, 1), batch(released, 9, 2)]
    answers, sizes = ask_together(model, batches, refuses=bad)
    assert sizes == [1, 6, 3, 1, 2]
    assert isinstance(answers[2], ZeroDivisionError)
    assert [answers[place].tolist() for place in (1, 3)] == [
        released.scores[5:8].tolist(), released.scores[9:11].tolist(),
    ]  # fmt: skip


def test_bad_rows_never_reach_the_others(model, released) -> None:
    good = batch(released, 0, 2)
    bad = replace(good, columns={**good.columns, "country": ["DE", "XX"]})
    answers, sizes = ask_together(model, [good, bad, good])
    assert isinstance(answers[1], InputError)
    assert sizes == [2, 2]
    assert answers[2].tolist() == released.scores[:2].tolist()
