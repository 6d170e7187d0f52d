"""What a rule across projects looks at: the platform's settings, and the summary of every project that compiled."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from mlops_gitops.compiler.spans import NOWHERE, SpanMap
from mlops_gitops.spec.platform import PlatformSpec

if TYPE_CHECKING:
    from mlops_gitops.records.summary import Summary


class Repository(NamedTuple):
    """``names`` are all projects; ``summaries`` only of those that were compiled and have no error of their own.

    Where only some projects are asked for, only they have a summary.
    """

    platform: PlatformSpec
    names: tuple[str, ...]
    summaries: tuple[Summary, ...]
    present: tuple[str, ...] = ()
    """Files of people that may stand in the way of rendered ones."""
    spans: SpanMap = NOWHERE
    """Where the platform's settings stand."""
    as_of: date | None = None
    """The day of the commit that is looked at, where somebody is excused until one."""
