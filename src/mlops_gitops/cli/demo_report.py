"""The demo's page: the story of its runs, its verdict and its commits, gathered from the scratch repository.

Commits come from git's own log.  The shapes of the columns that drifted are counted anew from what both sides really
are: the baseline inside the judged model's package, and the batch that went through the endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_gitops.cli.demo_scratch import PROJECT
from mlops_gitops.cli.demo_steps import ATTACK, Told
from mlops_gitops.cli.run_history import with_history
from mlops_gitops.diagnostics import OutsideError

if TYPE_CHECKING:
    from mlops_gitops.portal.charts.drift import DriftLimits
    from mlops_gitops.portal.distributions import Distribution
    from mlops_gitops.portal.story import CommitEntry
    from mlops_gitops.ports.repository import Repository

_SHAPES = 6


def write_report(folder: Path, told: Told) -> Path:
    """Write ``report.html`` into the scratch repository; gives its path."""
    from mlops_gitops import wiring
    from mlops_gitops.portal.story import Story
    from mlops_gitops.portal.story_page import story_page

    repository = wiring.repository(folder)
    story = Story(
        title=f"{PROJECT}: from a changed line to a mended service",
        runs=tuple(with_history(folder, run) for run in told.runs),
        verdict=told.verdict,
        commits=tuple(_commits(repository)),
        facts=tuple(told.facts),
        steps=tuple((title, seconds, "") for title, seconds in told.steps),
        drift_limits=_drift_limits(repository),
        distributions=tuple(_distributions(folder, told.verdict)) if told.verdict else (),
    )
    page = folder / "report.html"
    page.write_text(story_page(story), encoding="utf-8")
    return page


def _commits(repository: Repository) -> Iterator[CommitEntry]:
    """The whole history, oldest first."""
    from mlops_gitops import wiring
    from mlops_gitops.portal.story import CommitEntry
    from mlops_gitops.records.trailers import parse_trailers

    bot = wiring.bot(repository)
    for commit in reversed(repository.log(".")):
        yield CommitEntry(
            sha=commit.sha,
            when=commit.committed_at.isoformat(),
            author=commit.author.name,
            subject=commit.subject,
            trailers={key.value: value for key, value in parse_trailers(commit.message).items()},
            is_bot=commit.author.email == bot.email,
        )


def _drift_limits(repository: Repository) -> DriftLimits:
    """The limits that the project's configuration sets."""
    from mlops_gitops import wiring
    from mlops_gitops.portal.charts.drift import DriftLimits
    from mlops_gitops.spec.monitoring import DriftDetection

    project = wiring.committed(repository).project(PROJECT)
    return DriftLimits.of(project.spec.monitoring.drift_detection if project else DriftDetection())


def _distributions(folder: Path, verdict: Mapping[str, Any]) -> Iterator[Distribution]:
    """The columns that moved most, before and now; none where the package or the batch is gone."""
    import pandas as pd

    from mlops_gitops import wiring
    from mlops_gitops.detector.baseline import Baseline
    from mlops_gitops.portal.distributions import distribution

    batch = folder / ATTACK
    try:
        package = wiring.models(folder).path(str(verdict["model_digest"]))
        baseline = Baseline.from_bytes((package / "baseline.npz").read_bytes())
        rows = pd.read_csv(batch)
    except (OutsideError, OSError):
        return
    ordered = sorted(verdict["columns"], key=lambda row: (not row["drifted"], -max(row["statistic"], row["psi"])))
    names = [row["name"] for row in ordered if row["name"] in baseline.columns and row["name"] in rows]
    for name in names[:_SHAPES]:
        yield distribution(name, baseline.columns[name], rows[name])
