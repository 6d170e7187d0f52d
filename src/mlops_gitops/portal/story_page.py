"""The page of a story: what was shown, the commits, the runs, the verdict, and how long each step took."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.portal import numbers, run_panels, verdict_panels
from mlops_gitops.portal.blocks import Page, Panel, Row, Section, arrange
from mlops_gitops.portal.charts.spans import span_charts
from mlops_gitops.portal.commit_panels import commit_panels
from mlops_gitops.portal.drawing import Mark
from mlops_gitops.portal.page import render_page
from mlops_gitops.portal.run_page import further_panels, quality_panels, run_number
from mlops_gitops.portal.run_record import RunRecord, read_run
from mlops_gitops.portal.story import Story
from mlops_gitops.portal.verdict_record import read_verdict


def story_page(story: Story) -> str:
    """The story as one HTML file."""
    return render_page(
        Page(
            title=story.title,
            kicker="a change, all the way through",
            lead=_lead(story),
            facts=story.facts,
            sections=(
                Section("history", "History", "Read from git alone.", commit_panels(story.commits)),
                *_verdict(story),
                *_runs(story),
                Section("steps", "Steps", "", (_steps_panel(story),)),
            ),
        )
    )


def _lead(story: Story) -> str:
    bots = sum(commit.is_bot for commit in story.commits)
    parts = [f"{len(story.commits)} commits, {bots} of them by the bot", f"{len(story.runs)} pipeline runs"]
    if story.steps:
        parts.append(
            f"{numbers.seconds(sum(seconds for _, seconds, _ in story.steps))} from the first step to the last"
        )
    return " · ".join(parts)


def _verdict(story: Story) -> Iterator[Section]:
    if story.verdict is None:
        missing = "No batch was judged."
    elif (verdict := read_verdict(story.verdict)) is None:
        missing = "The verdict's record cannot be read."
    else:
        panels = verdict_panels.verdict_panels(verdict, story.drift_limits, story.distributions)
        yield Section("verdict", "Verdict", "What the detector found in the served answers.", panels)
        return
    yield Section("verdict", "Verdict", "", (Panel("The verdict", missing=missing, wide=True),))


def _runs(story: Story) -> Iterator[Section]:
    if not story.runs:
        yield Section("runs", "Runs", "", (Panel("Runs", missing="No run was recorded.", wide=True),))
    for position, plain in enumerate(story.runs, 1):
        record = read_run(plain)
        panels = (*quality_panels(record), run_panels.stages_panel(record), *further_panels(record))
        yield Section(f"run-{position}", _run_title(record), numbers.flowing(record.reason), arrange(panels))


def _run_title(record: RunRecord) -> str:
    version = record.released.get("version")
    return f"Run {run_number(record)}" + (f": version {version}" if version is not None else "")


def _steps_panel(story: Story) -> Panel:
    if not story.steps:
        return Panel("Steps", missing="No step was timed.", wide=True)
    titles = [title for title, _, _ in story.steps]
    charts = span_charts(titles, [seconds for _, seconds, _ in story.steps], ["done"] * len(titles))
    rows = tuple(
        Row(Mark.MET, "done", title, chart, numbers.seconds(seconds), remark=summary)
        for (title, seconds, summary), chart in zip(story.steps, charts, strict=True)
    )
    return Panel("One after the other", rows=rows, wide=True)
