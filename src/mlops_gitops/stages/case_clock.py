"""Keeping a test case's time: an alarm ends a case that takes longer than it may."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType

from mlops_gitops.diagnostics import MlopsError
from mlops_gitops.modeltests.cases import Case
from mlops_gitops.modeltests.suite import Finding


class _TimeIsUp(BaseException):
    """Not an ``Exception``: the code under test must not be able to swallow it by accident."""


def timed(case: Case, run: Callable[[Case], Finding]) -> tuple[Finding, float]:
    """Carry out a case in the main thread; gives its finding and its seconds.

    A case over its time, and one that raises an error of the product's tree, becomes a finding with ``error``.
    """
    begun = time.perf_counter()
    before = signal.signal(signal.SIGALRM, _raise)
    signal.setitimer(signal.ITIMER_REAL, case.timeout_s)
    try:
        finding = run(case)
    except _TimeIsUp:
        finding = Finding(error=f"it took longer than {case.timeout_s:g} s")
    except MlopsError as error:
        finding = Finding(error=": ".join(part for part in (error.what, error.why) if part))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return finding, time.perf_counter() - begun


def _raise(signum: int, frame: FrameType | None) -> None:
    raise _TimeIsUp
