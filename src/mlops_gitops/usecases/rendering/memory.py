"""What one run remembers of the last: where it is kept, and how the files are held against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlops_gitops.ports.render_cache import RenderCache
from mlops_gitops.ports.tree_stamps import TreeStamps
from mlops_gitops.records.canonical import digest_of
from mlops_gitops.records.summary import Summary
from mlops_gitops.usecases.rendering.known import Known

_KNOWN, _SUMMARIES = "known", "summaries"


@dataclass(slots=True)
class Memory:
    """The cache and the stamps belong to one tree."""

    cache: RenderCache
    stamps: TreeStamps
    _known: Known | None = None

    def known(self) -> Known:
        """What the last run left; nothing where that is lost."""
        if self._known is None:
            self._known = Known.of_plain(self.cache.load(_KNOWN))
        return self._known

    def summaries(self) -> dict[str, Any]:
        """The last summaries as plain data, by project."""
        found = self.cache.load(_SUMMARIES)
        return found if isinstance(found, dict) else {}

    def keep(self, known: Known, summaries: dict[str, Any] | None) -> None:
        """For the next run.  Summaries first: one that fits no digest is made anew, one that is missing too."""
        if summaries is not None:
            self.cache.save(_SUMMARIES, summaries)
        self.cache.save(_KNOWN, known.plain())


def summary_of(plain: Any, digest: str) -> Summary | None:
    """A summary from plain data, where it is the one of that digest."""
    if not isinstance(plain, dict) or digest_of(plain) != digest:
        return None
    try:
        return Summary.of_plain(plain)
    except TypeError:
        return None
