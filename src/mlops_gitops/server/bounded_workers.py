"""Threads that score, behind a bounded queue, so that the event loop stays free to say that the server is alive.

When more is asked than can be scored in time, the honest answer is an early "busy": a queue without bound would turn
each answer into a late one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


class Busy(Exception):
    """As many jobs as allowed are running or waiting."""


class BoundedWorkers:
    """``threads`` workers that take at most ``limit`` jobs, running ones included."""

    def __init__(self, threads: int, limit: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="score")
        self._limit = limit
        self._pending = 0
        self._lock = threading.Lock()

    @property
    def pending(self) -> int:
        """Jobs that run or wait now."""
        return self._pending

    async def run(self, job: Callable[[], Result]) -> Result:
        """The job's result, or what it raised; raises ``Busy`` at once where there is no room."""
        with self._lock:
            if self._pending >= self._limit:
                raise Busy
            self._pending += 1
        future = self._pool.submit(job)
        # The callback, not this coroutine, counts down: a client that leaves does not stop its job.
        future.add_done_callback(self._count_down)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Drop what waits; running jobs end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _count_down(self, _future: Future[Any]) -> None:
        with self._lock:
            self._pending -= 1
