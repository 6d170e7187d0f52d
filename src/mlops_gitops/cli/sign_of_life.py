"""A line now and then from a verb that may be silent for hours: CI systems end a job that says nothing for one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EVERY_S = 600.0


@contextmanager
def sign_of_life(what: str, every_s: float = EVERY_S) -> Iterator[None]:
    """While the block runs, say every ``every_s`` seconds on standard error that it does."""
    done = threading.Event()
    speaker = threading.Thread(target=_speak, args=(what, every_s, done), daemon=True)
    speaker.start()
    try:
        yield
    finally:
        done.set()
        speaker.join()


def _speak(what: str, every_s: float, done: threading.Event) -> None:
    spoken = 0
    while not done.wait(every_s):
        spoken += 1
        print(f"  {what}: still at work after {spoken * every_s / 60:.0f} min", file=sys.stderr, flush=True)
