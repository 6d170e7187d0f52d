"""What verbs of CI jobs need: the discussion of a merge request, where alerts go, and what the job's variables say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mlops_gitops.ports.alert_sink import AlertSink
    from mlops_gitops.ports.discussion import Discussion


def discussion() -> Discussion:
    """The discussion of the merge request that this job runs for; raises ``UsageError`` where there is none."""
    from mlops_gitops.adapters.forge.surroundings import discussion

    return discussion(os.environ)


def alert_sink(url: str) -> AlertSink:
    """The Alertmanager at a base URL."""
    from mlops_gitops.adapters.alertmanager import Alertmanager

    return Alertmanager(url)


def run_url() -> str:
    """The page of this job's run; empty outside of CI."""
    from mlops_gitops.adapters.forge.surroundings import run_url

    return run_url(os.environ)


def now() -> datetime:
    """The time, in UTC."""
    from mlops_gitops.adapters.system_clock import SystemClock

    return SystemClock().now()
