"""The history as panels: what was served commit by commit, then every commit with what it carries."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_gitops.portal import legends, numbers
from mlops_gitops.portal.blocks import Entry, Panel
from mlops_gitops.portal.charts.commits import SHOWN, Lane, commit_sign, commit_strip
from mlops_gitops.portal.story import CommitEntry
from mlops_gitops.records.trailers import Trailer

_NOTES = {
    Trailer.ACTION: "action",
    Trailer.ENVIRONMENT: "environment",
    Trailer.VERSION: "model version",
    Trailer.PREVIOUS: "before",
    Trailer.RUN: "run",
    Trailer.SEVERITY: "severity",
    Trailer.EVIDENCE: "evidence",
    Trailer.MODEL: "model",
}


def commit_panels(commits: Sequence[CommitEntry]) -> tuple[Panel, ...]:
    """The strip and the list, both oldest first and with the same numbers."""
    if not commits:
        return (Panel("History", missing="No commit was recorded.", wide=True),)
    first = max(0, len(commits) - SHOWN)
    lanes = [Lane(lane.environment, lane.served[first:]) for lane in _lanes(commits)]
    strip = commit_strip([commit.is_bot for commit in commits[first:]], first + 1, lanes)
    cut = f" The picture shows the last {SHOWN} of {len(commits)} commits." if first else ""
    return (
        Panel(
            "What served, commit by commit",
            note=f"Every change of what runs is a commit; the band below shows the version from then on.{cut}",
            legend=legends.commit_keys(),
            figures=(strip,),
            wide=True,
        ),
        Panel("Every commit", entries=tuple(_entry(number, one) for number, one in enumerate(commits, 1)), wide=True),
    )


def _lanes(commits: Sequence[CommitEntry]) -> list[Lane]:
    """The version that each environment served after each commit, by the commits' trailers."""
    served: dict[str, list[int | None]] = {}
    for position, commit in enumerate(commits):
        for versions in served.values():
            versions.append(versions[-1])
        environment = commit.trailers.get(Trailer.ENVIRONMENT.value)
        version = commit.trailers.get(Trailer.VERSION.value, "")
        if environment and version.isdecimal():
            versions = served.setdefault(environment, [None] * (position + 1))
            versions[-1] = int(version)
    return [Lane(environment, tuple(versions)) for environment, versions in sorted(served.items())]


def _entry(position: int, commit: CommitEntry) -> Entry:
    notes = tuple(
        (word, _short(key, commit.trailers[key.value]))
        for key, word in _NOTES.items()
        if commit.trailers.get(key.value)
    )
    return Entry(
        sign=commit_sign(position, is_bot=commit.is_bot),
        heading=commit.subject,
        meta=f"{commit.author} · {numbers.moment(commit.when)} · {commit.sha[:10]}",
        badge="bot" if commit.is_bot else "",
        notes=notes,
    )


def _short(key: Trailer, value: str) -> str:
    """Digests are long; their first digits find them again."""
    return f"{value[:19]}…" if key in (Trailer.EVIDENCE, Trailer.MODEL) and len(value) > 24 else value
