"""Waivers that end between two commits: what is remembered, one process or several, never tells of another day."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from mlops_gitops import wiring
from mlops_gitops.adapters.workers import ForkedWorkers
from mlops_gitops.diagnostics import Findings, FindingsError
from mlops_gitops.ports.workers import Inline, Workers
from mlops_gitops.usecases.render import check, render
from mlops_gitops.usecases.validate import validate
from tests.factory import FILES, PLATFORM, PROJECT, on_disk

BEFORE, LAST, AFTER = "2026-06-14T12:00:00Z", "2026-06-15T23:59:59Z", "2026-06-16T00:00:00Z"
PROJECTS = ("fraud-detection", *(f"project-{number}" for number in range(30)))
WAIVER = """\
    - code: MG404
      project: {project}
      reason: It is new.
      owner: "@risk-office"
      until: 2026-06-15
"""


def repository(root: Path, projects: Sequence[str]) -> Path:
    waivers = "".join(WAIVER.format(project=name) for name in projects)
    on_disk(root, {PLATFORM: f"{FILES[PLATFORM]}policy:\n  require_owners: true\n  waivers:\n{waivers}"})
    for name in projects[1:]:
        shutil.copytree(root / PROJECT, root / "projects" / name)
    (root / ".gitignore").write_text(".mlops-gitops/\n")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path, PROJECTS[:1])


def commit(root: Path, day: str) -> None:
    """A commit in which nothing changes but the day."""
    who = {f"GIT_{role}_{key}": f"{role}@example.com" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    environment = {**os.environ, **who, "GIT_COMMITTER_DATE": day, "GIT_AUTHOR_DATE": BEFORE}
    told = ["git", "-C", str(root), "commit", "--quiet", "--allow-empty", "--message", day]
    subprocess.run(told, check=True, env=environment)


def found(root: Path, *projects: str, remembered: bool = True, workers: Workers | None = None) -> Findings:
    """What a render finds, whether it stops at it or not."""
    tree = wiring.work_tree(root)
    memory = wiring.render_memory(root, tree) if remembered else None
    try:
        return render(tree, wiring.rendered_tree(root), projects, workers, memory).findings
    except FindingsError as error:
        return error.findings


def severities(findings: Findings) -> dict[str, str]:
    return {one.code: one.severity.value for one in findings.diagnostics}


def settle(root: Path) -> None:
    for _ in range(1000):
        found(root)
        known = json.loads((root / ".mlops-gitops/render/known.json").read_bytes().partition(b"\n")[2])
        projects = list(known["projects"].values())
        if all((known["folder"]["stamp"], *(one["stamp"] and one["folder"]["stamp"] for one in projects))):
            return
    raise AssertionError("the clock stands still")


WAIVED, OVER = {"MG404": "note"}, {"MG404": "error", "MG420": "error"}


def test_a_waiver_ends_between_two_commits_that_change_nothing_else(root: Path) -> None:
    commit(root, BEFORE)
    settle(root)
    for day, expected in ((LAST, WAIVED), (AFTER, OVER), (BEFORE, WAIVED), (AFTER, OVER)):
        commit(root, day)
        for _ in range(2):
            assert severities(found(root)) == expected, day
        assert found(root) == found(root, remembered=False) == validate(wiring.work_tree(root)).findings


def test_one_project_alone_tells_of_the_same_day(root: Path) -> None:
    commit(root, BEFORE)
    assert severities(found(root, "fraud-detection")) == WAIVED
    commit(root, AFTER)
    assert severities(found(root, "fraud-detection")) == OVER
    assert severities(found(root)) == OVER


def test_the_first_commit_is_a_day_too(root: Path) -> None:
    assert severities(found(root)) == {"MG404": "note", "MG423": "note"}
    settle(root)
    assert severities(found(root)) == {"MG404": "note", "MG423": "note"}
    commit(root, LAST)
    assert severities(found(root)) == WAIVED


def test_check_stops_at_a_waiver_that_is_over_though_every_file_is_right(root: Path) -> None:
    commit(root, BEFORE)
    settle(root)
    commit(root, AFTER)
    tree = wiring.work_tree(root)
    with pytest.raises(FindingsError) as raised:
        check(tree, (), None, wiring.render_memory(root, tree))
    assert severities(raised.value.findings) == OVER


def test_a_waiver_that_came_back_from_memory_is_whole(root: Path) -> None:
    commit(root, BEFORE)
    first = found(root)
    settle(root)
    assert found(root) == first
    assert first.notes[0].waiver is not None


def test_where_nobody_is_excused_the_day_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / PLATFORM).write_text(FILES[PLATFORM])
    commit(root, BEFORE)
    settle(root)
    monkeypatch.setattr(type(wiring.work_tree(root)), "committed_on", lambda self: pytest.fail("the day is asked for"))
    commit(root, AFTER)
    assert found(root).diagnostics == ()


def test_several_processes_find_what_one_finds_on_every_day(tmp_path: Path) -> None:
    root = repository(tmp_path, PROJECTS)
    for day, expected in ((BEFORE, WAIVED), (AFTER, OVER)):
        commit(root, day)
        one = found(root, remembered=False, workers=Inline())
        assert severities(one) == expected
        assert len(one.diagnostics) == len(PROJECTS) * len(expected)
        assert found(root, remembered=False, workers=ForkedWorkers(3)) == one
        assert found(root, workers=ForkedWorkers(3)) == one
        assert found(root) == one
