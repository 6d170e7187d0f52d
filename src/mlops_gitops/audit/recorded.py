"""What git holds about one change of a release: the input of the audit, gathered by its use case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mlops_gitops.ports.repository import LoggedCommit
from mlops_gitops.records.release import Release
from mlops_gitops.records.trailers import Trailer, parse_trailers


class Proof(Enum):
    """How far a statement carries."""

    PROVED = "proved"
    ASSERTED = "asserted"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """One commit that touched the release file, with what that very commit's tree holds.

    ``release`` is ``None`` where the file is gone or, with ``problem`` saying why, unreadable.  ``before`` is the
    release in the commit's first parent; ``before_known`` is false where that cannot be read.  ``evidence`` holds the
    bytes of the evidence file that the release names, ``None`` without one.  ``rendered`` counts the rendered serving
    files, ``rendered_with_digest`` those of them that carry the released model's digest.
    """

    commit: LoggedCommit
    release: Release | None
    problem: str = ""
    before: Release | None = None
    before_known: bool = True
    evidence: bytes | None = None
    rendered: int = 0
    rendered_with_digest: int = 0

    @property
    def trailers(self) -> dict[Trailer, str]:
        """The product's trailers in the commit's message."""
        return parse_trailers(self.commit.message)
