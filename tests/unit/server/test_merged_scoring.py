"""Requests that come together are scored together, and answered as if they had come alone."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlops_gitops.server.batch import Batch
from mlops_gitops.server.merged_scoring import MergedScorer
from mlops_gitops.stages.model_package import InputError, LoadedModel, load_package


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

    async def ask() -> list[np.ndarray | BaseException]:
        scorer = MergedScorer(replace(model, estimator=slow), turns=1)
        first = asyncio.create_task(scorer.score(batches[0]))
        async with asyncio.timeout(20):
            while not slow.sizes:
                await asyncio.sleep(0.005)
            others = [asyncio.create_task(scorer.score(one)) for one in batches[1:]]
            await asyncio.sleep(0)  # each of them waits now
            slow.gate.set()
            answers = await asyncio.gather(first, *others, return_exceptions=True)
        scorer.close()
        return answers

    return asyncio.run(ask()), slow.sizes


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


def test_a_request_without_a_column_fails_alone(model, released) -> None:
    good = batch(released, 0, 2)
    short = replace(good, columns={name: data for name, data in good.columns.items() if name != "country"})
    answers, sizes = ask_together(model, [good, good, short, short])
    assert 'missing column "country"' in str(answers[2])
    assert str(answers[3]) == str(answers[2])
    assert sizes == [2, 2]
    assert answers[1].tolist() == released.scores[:2].tolist()


class Raises:
    """A model whose code raises what is no ordinary failure, on any rows but a single one."""

    def __init__(self, estimator, error: BaseException) -> None:
        self.estimator, self.error = estimator, error

    def predict_proba(self, frame) -> np.ndarray:
        if len(frame) > 1:
            raise self.error
        return self.estimator.predict_proba(frame)


@pytest.mark.parametrize("error", [SystemExit("enough"), KeyboardInterrupt("enough"), StopIteration("enough")])
def test_a_model_that_raises_what_ends_things_ends_nothing(model, released, error) -> None:
    raising = replace(model, estimator=Raises(model.estimator, error))
    answers, sizes = ask_together(raising, [batch(released, 0, 1), batch(released, 5, 1), batch(released, 9, 2)])
    assert [scores.tolist() for scores in answers[:2]] == [[released.scores[row]] for row in (0, 5)]
    assert str(answers[2]) == f"the model's code raised {error!r}"
    assert sizes == [1, 3, 1, 2]


class CannotCast(LoadedModel):
    """A model whose cast has a bug on some rows."""

    def cast(self, columns):
        if len(columns["amount"]) > 1:
            raise LookupError("nobody thought of these rows")
        return super().cast(columns)


def test_rows_that_nobody_thought_of_fail_alone(model, released) -> None:
    buggy = CannotCast(**vars(model))
    answers, sizes = ask_together(buggy, [batch(released, 0, 1), batch(released, 9, 2), batch(released, 5, 1)])
    assert isinstance(answers[1], LookupError)
    assert [answers[place].tolist() for place in (0, 2)] == [[released.scores[row]] for row in (0, 5)]
    assert sizes == [1, 1]


def test_after_its_end_nobody_waits_for_an_answer(model, released) -> None:
    async def ask() -> None:
        scorer = MergedScorer(model, turns=1)
        scorer.close()
        async with asyncio.timeout(20):
            await scorer.score(batch(released, 0, 1))

    with pytest.raises(RuntimeError, match="after shutdown"):
        asyncio.run(ask())


def test_who_gives_up_waiting_leaves_the_others_their_answers(model, released) -> None:
    slow = Slow(model.estimator)

    async def ask() -> tuple[bool, np.ndarray]:
        scorer = MergedScorer(replace(model, estimator=slow), turns=1)
        gone, stays = (asyncio.create_task(scorer.score(batch(released, row, 1))) for row in (0, 1))
        async with asyncio.timeout(20):
            while not slow.sizes:
                await asyncio.sleep(0.005)
            gone.cancel()
            slow.gate.set()
            await asyncio.wait([gone])
            return gone.cancelled(), await stays

    cancelled, scores = asyncio.run(ask())
    assert cancelled
    assert scores.tolist() == released.scores[1:2].tolist()


def test_requests_that_come_one_after_another_in_a_moment_share_a_call(model, released) -> None:
    slow = Slow(model.estimator)
    slow.gate.set()

    async def ask() -> None:
        scorer = MergedScorer(replace(model, estimator=slow), turns=1)
        pair = [batch(released, 0, 1)] * 2
        await asyncio.gather(*(scorer.score(one) for one in pair))
        first = asyncio.create_task(scorer.score(pair[0]))
        await asyncio.sleep(0)  # its turn has begun, and looks whether another comes
        await asyncio.gather(first, scorer.score(pair[1]))

    asyncio.run(ask())
    assert slow.sizes == [2, 2]


def test_two_turns_answer_everybody_once(model, released) -> None:
    slow = Slow(model.estimator)
    slow.gate.set()

    complaints: list[dict[str, Any]] = []

    async def ask() -> list[np.ndarray]:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
        scorer = MergedScorer(replace(model, estimator=slow), turns=2)
        await asyncio.gather(*(scorer.score(batch(released, 0, 1)) for _ in range(4)))
        return await asyncio.gather(*(scorer.score(batch(released, row, 1)) for row in range(20)))

    answers = asyncio.run(ask())
    assert [scores.tolist() for scores in answers] == [[score] for score in released.scores[:20]]
    assert sum(slow.sizes) == 24
    assert complaints == []
