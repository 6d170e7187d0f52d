"""A canary, step by step: which share of the traffic a release gives its version, and which version keeps the rest.

Every step is a commit of the release file, because what serves is what git says.  A new version begins with the first
of the project's shares; promoting the same version again takes the next one, then all of the traffic while the former
version still runs (so that a roll-back finds it warm), and with one more promotion the former version goes.  A
roll-back gives all of the traffic at once to the version that it brings back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.records.release import ALL, Release, ReleasedModel, release_path


def first_share(current: Release | None, steps: Sequence[int], *, back: bool) -> int | None:
    """The share of a version that another one serves before; ``None``: it is alone."""
    if current is None or not steps:
        return None
    return ALL if back else steps[0]


def next_share(share: int, steps: Sequence[int]) -> int | None:
    """What comes after a share: a larger step, all of the traffic, and then it is alone."""
    larger = (step for step in steps if step > share)
    return None if share == ALL else next(larger, ALL)


def stays(current: Release, model: ReleasedModel) -> ReleasedModel:
    """The version that keeps the rest of the traffic when ``model`` comes.

    While a canary is on its way that is still the former version: the one that is on trial was never relied on, unless
    the former one itself is what comes.
    """
    former = current.former
    return former if former is not None and former.digest != model.digest else current.model


def refuse_early(current: Release, since: datetime, now: datetime, interval: timedelta) -> None:
    """Raise ``RefusedError`` where a step has not lasted as long as the project wants it to."""
    if now - since < interval:
        when = (since + interval).strftime("%Y-%m-%d %H:%M %Z").strip()
        raise RefusedError(
            f"v{current.model.version} has had {current.canary} % of the traffic for too short",
            where=release_path(current.project, current.environment),
            why=f"since {since:%Y-%m-%d %H:%M}; serving.canary.interval keeps each step until {when}",
            todo="wait, and look at its alerts and dashboard meanwhile; or roll back",
        )
