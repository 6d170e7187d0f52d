"""Work in several processes gives what work in one gives, and whatever goes wrong there is raised here."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from mlops_gitops.adapters.workers import ForkedWorkers
from mlops_gitops.diagnostics import OutsideError, RefusedError
from mlops_gitops.ports.workers import Inline


def square(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def test_results_come_in_the_order_of_the_items() -> None:
    results = list(ForkedWorkers(3).map(square, range(1000)))
    assert [result for result, _ in results] == [result for result, _ in Inline().map(square, range(1000))]
    assert os.getpid() not in {process for _, process in results}


def test_a_few_items_are_not_worth_a_process() -> None:
    assert {process for _, process in ForkedWorkers(3).map(square, range(5))} == {os.getpid()}
    assert {process for _, process in ForkedWorkers(1).map(square, range(100))} == {os.getpid()}


def test_large_results_and_many_items_go_through() -> None:
    assert [len(one) for one in ForkedWorkers(2).map(lambda size: b"x" * size, [3_000_000] * 30)] == [3_000_000] * 30
    assert sum(1 for _ in ForkedWorkers(2).map(square, range(200_000))) == 200_000


def test_an_error_is_raised_here_with_its_fields_and_its_traceback() -> None:
    def work(number: int) -> int:
        if number == 77:
            raise RefusedError("no", where="here", why="so", todo="that")
        return number

    with pytest.raises(RefusedError) as raised:
        list(ForkedWorkers(2).map(work, range(100)))
    assert (raised.value.where, raised.value.why, raised.value.todo) == ("here", "so", "that")
    assert "in work" in raised.value.__notes__[0]


def test_a_worker_that_is_killed_is_told() -> None:
    def work(number: int) -> int:
        if number == 50:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(OutsideError, match="ended before its work"):
        list(ForkedWorkers(2).map(work, range(100)))


def test_who_stops_listening_leaves_no_process(tmp_path: Path) -> None:
    def work(number: int) -> int:
        (tmp_path / str(os.getpid())).touch()
        return number

    results = ForkedWorkers(2).map(work, range(100_000))
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    for path in tmp_path.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name), 0)


def test_a_worker_whose_parent_is_gone_stops(tmp_path: Path) -> None:
    ready = tmp_path / "ready"

    def work(number: int) -> int:
        (tmp_path / f"worker {os.getpid()}").touch()
        ready.touch()
        while os.getppid() == parent_of_workers:
            pass
        return number

    parent_of_workers = os.fork()
    if parent_of_workers == 0:
        parent_of_workers = os.getpid()
        list(ForkedWorkers(2).map(work, range(100)))
        os._exit(1)
    while not ready.exists():
        pass
    os.kill(parent_of_workers, signal.SIGKILL)
    os.waitpid(parent_of_workers, 0)
    workers = [int(path.name.split()[1]) for path in tmp_path.glob("worker *")]
    for _ in range(10_000_000):
        if not any(Path(f"/proc/{worker}").exists() for worker in workers):
            return
    raise AssertionError("a worker goes on for ever")
