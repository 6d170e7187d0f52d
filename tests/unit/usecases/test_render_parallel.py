"""Rendering many projects in several processes: the same bytes, and the same findings, as in one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlops_gitops.adapters.rendered_tree import RenderedTreeOnDisk
from mlops_gitops.adapters.work_tree import WorkTree
from mlops_gitops.adapters.workers import ForkedWorkers
from mlops_gitops.diagnostics import FindingsError
from mlops_gitops.ports.workers import Inline, Workers
from mlops_gitops.usecases.render import check, render
from tests.factory import CONFIG, PROJECT, on_disk

COUNT = 30


def repository(root: Path) -> Path:
    on_disk(root)
    for number in range(COUNT):
        shutil.copytree(root / PROJECT, root / f"projects/project-{number}")
        config = root / f"projects/project-{number}/mlops_config.yaml"
        config.write_text(config.read_text().replace("recall: 0.85", f"recall: 0.{60 + number}"))
    return root


def rendered(root: Path) -> dict[str, bytes]:
    files = (path for path in (root / "rendered").rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_several_processes_write_what_one_writes(tmp_path: Path) -> None:
    roots = {}
    for name, workers in (("one", Inline()), ("several", ForkedWorkers(3))):
        roots[name] = repository(tmp_path / name)
        report = render(WorkTree(roots[name]), RenderedTreeOnDisk(roots[name]), (), workers)
        assert len(report.written) == len(rendered(roots[name]))
        assert report.unchanged == 0
        found = check(WorkTree(roots[name]), (), workers)
        assert (found.differences, found.files, found.projects) == ((), len(report.written), COUNT + 1)
    assert rendered(roots["one"]) == rendered(roots["several"])


@pytest.mark.parametrize("workers", [Inline(), ForkedWorkers(3)])
def test_one_broken_project_leaves_all_as_they_were(tmp_path: Path, workers: Workers) -> None:
    root = repository(tmp_path)
    render(WorkTree(root), RenderedTreeOnDisk(root), (), workers)
    before = rendered(root)
    for path in (root / "projects").glob("*/mlops_config.yaml"):
        path.write_text(path.read_text().replace("f1_score: 0.92", "f1_score: 0.93"))
    (root / CONFIG).write_text((root / CONFIG).read_text().replace("recall: 0.85", "recall: high"))
    with pytest.raises(FindingsError) as raised:
        render(WorkTree(root), RenderedTreeOnDisk(root), (), workers)
    assert [found.span.file for found in raised.value.findings.errors if found.span] == [CONFIG]
    assert raised.value.texts.keys() >= {CONFIG}
    assert rendered(root) == before
    assert not (root / "rendered/.mlops-gitops").exists()
