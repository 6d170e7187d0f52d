"""Worker processes by ``fork``: they have the program, its imports and all that was read so far, and start in no time.

Work is handed out in small portions through one pipe that all workers read, so that a slow item delays nobody else.
A worker whose parent is gone stops at its next portion; a parent that stops listening kills its workers.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.workers import Item, Result

_MOST_PROCESSES = 8
# Fewer items than this are done sooner than a worker is started.
_WORTH_IT = 24
_PORTION = 8
_NUMBER_BYTES = 4
# A pipe holds 64 KiB without a reader, and all portions' numbers are written before the first worker starts.
_MOST_PORTIONS = 16_000


@dataclass(slots=True)
class _Worker:
    process: int
    stream: int
    received: bytearray = field(default_factory=bytearray)


class ForkedWorkers:
    """As many processes as this one may use processors."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)

    def map(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """See ``Workers.map``."""
        if self._processes < 2 or len(items) < _WORTH_IT:
            yield from map(work, items)
            return
        size = max(_PORTION, -(-len(items) // _MOST_PORTIONS))
        portions = [items[start : start + size] for start in range(0, len(items), size)]
        numbers = _filled_pipe(len(portions))
        gc.collect()
        gc.freeze()  # What is there now is never freed: the workers need not look at it, nor copy its pages.
        workers = [_start(work, portions, numbers) for _ in range(self._processes)]
        os.close(numbers)
        try:
            done = dict[int, list[Result]]()
            answers = _answers(workers)
            for number in range(len(portions)):
                while number not in done:
                    answered, results = next(answers)
                    done[answered] = results
                yield from done.pop(number)
        finally:
            gc.unfreeze()
            _end(workers)


def _filled_pipe(count: int) -> int:
    """A pipe to read portion numbers from; it ends when all are taken."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(number.to_bytes(_NUMBER_BYTES, "big") for number in range(count)))
    os.close(writing)
    return reading


def _start(work: Callable[[Any], Any], portions: Sequence[Sequence[Any]], numbers: int) -> _Worker:
    reading, writing = os.pipe()
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _run(work, portions, numbers, writing, parent)
    os.close(writing)
    return _Worker(process, reading)


def _run(
    work: Callable[[Any], Any], portions: Sequence[Sequence[Any]], numbers: int, answers: int, parent: int
) -> NoReturn:
    """A worker's life; nothing of it may reach the parent's streams or exit handlers."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        while (taken := os.read(numbers, _NUMBER_BYTES)) and os.getppid() == parent:
            number = int.from_bytes(taken, "big")
            _send(answers, (number, [work(item) for item in portions[number]]))
    except BaseException as error:
        error.add_note("".join(traceback.format_exception(error)))
        with suppress(OSError):
            _send(answers, error)
    finally:
        os._exit(0)


def _send(stream: int, answer: object) -> None:
    content = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    left = memoryview(len(content).to_bytes(8, "big") + content)
    while left:
        left = left[os.write(stream, left) :]


def _answers(workers: Sequence[_Worker]) -> Iterator[tuple[int, Any]]:
    """What the workers send, as it comes; raises what one of them raised."""
    open_streams = {worker.stream: worker for worker in workers}
    while open_streams:
        for stream in select.select(list(open_streams), [], [])[0]:
            worker = open_streams[stream]
            content = os.read(stream, 1 << 20)
            if not content:
                del open_streams[stream]
            worker.received += content
            yield from _whole(worker.received)
    raise OutsideError(
        "a worker process ended before its work",
        why="it was killed, maybe for want of memory",
        todo="try again; the old files are all there",
    )


def _whole(received: bytearray) -> Iterator[tuple[int, Any]]:
    while len(received) >= 8:
        end = 8 + int.from_bytes(received[:8], "big")
        if len(received) < end:
            return
        answer = pickle.loads(memoryview(received)[8:end])  # noqa: S301 - from a process that we forked
        del received[:end]
        if isinstance(answer, BaseException):
            raise answer
        yield answer


def _end(workers: Sequence[_Worker]) -> None:
    """Workers that are through have ended already; of the others nobody wants anything more."""
    for worker in workers:
        os.close(worker.stream)
        try:
            os.kill(worker.process, signal.SIGKILL)
        except ProcessLookupError:
            continue
        finally:
            os.waitpid(worker.process, 0)
