"""Render on a real disk: what is written and removed, what a check tells, and a kill at each step."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlops_gitops.adapters.rendered_tree import RenderedTreeOnDisk
from mlops_gitops.adapters.work_tree import WorkTree
from mlops_gitops.diagnostics import FindingsError
from mlops_gitops.usecases.render import Difference, DifferenceKind, RenderReport, check, render
from tests.factory import CONFIG, PLATFORM, PROJECT, edited, on_disk

SERVICE = "rendered/fraud-detection/staging/serving/service.yaml"
PROVENANCE = "rendered/fraud-detection/provenance.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A rendered repository."""
    made = on_disk(tmp_path / "repository")
    run(made)
    return made


def run(root: Path, *projects: str) -> RenderReport:
    return render(WorkTree(root), RenderedTreeOnDisk(root), projects)


def differences(root: Path, *projects: str) -> dict[str, DifferenceKind]:
    return {difference.path: difference.kind for difference in check(WorkTree(root), projects).differences}


def rendered(root: Path) -> dict[str, bytes]:
    files = (path for path in (root / "rendered").rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_is_rendered_passes_its_own_check(root: Path) -> None:
    assert differences(root) == {}
    report = run(root)
    files = len(rendered(root)) + (root / "CODEOWNERS").is_file()
    assert (report.written, report.removed, report.unchanged) == ((), (), files)
    assert SERVICE in rendered(root)


def test_a_changed_source_makes_its_files_outdated(root: Path) -> None:
    edit(root / CONFIG, "recall: 0.85", "recall: 0.88")
    kinds = differences(root)
    assert kinds.pop(PROVENANCE) is DifferenceKind.OUTDATED
    assert set(kinds.values()) == {DifferenceKind.OUTDATED}
    assert {path.split("/")[3] for path in kinds} == {"monitoring"}
    report = run(root)
    assert set(report.written) == {*kinds, PROVENANCE}
    assert differences(root) == {}


def test_a_hand_edited_file_is_named_as_such(root: Path) -> None:
    edit(root / SERVICE, "port: 80\n", "port: 81\n")
    (found,) = check(WorkTree(root)).differences
    assert found == Difference(SERVICE, DifferenceKind.HAND_EDITED, found.diff)
    assert "-      port: 81" in found.diff
    assert "+      port: 80" in found.diff


def test_an_edit_of_the_platforms_files_and_of_the_record_itself_is_named_too(root: Path) -> None:
    namespace = "rendered/_platform/staging/namespace.yaml"
    edit(root / namespace, "restricted", "privileged")
    edit(root / PROVENANCE, '"code": "sha256:', '"code": "sha256:00')
    edit(root / PROVENANCE, "sha256:00", "sha256:")
    record = (root / PROVENANCE).read_text()
    (root / PROVENANCE).write_text(record + "\n")
    assert differences(root) == {namespace: DifferenceKind.HAND_EDITED, PROVENANCE: DifferenceKind.HAND_EDITED}


def test_a_file_that_somebody_put_there_is_named_and_goes_away(root: Path) -> None:
    stray = root / "rendered/fraud-detection/staging/serving/extra.yaml"
    stray.write_text("kind: Pod\n")
    lone = root / "rendered/notes.txt"
    lone.write_text("notes\n")
    kinds = differences(root)
    assert kinds == {
        str(stray.relative_to(root)): DifferenceKind.HAND_ADDED,
        "rendered/notes.txt": DifferenceKind.STALE,
    }
    assert set(run(root).removed) == kinds.keys()
    assert not stray.exists()
    assert not lone.exists()


def test_a_missing_file_and_a_damaged_record(root: Path) -> None:
    (root / SERVICE).unlink()
    (root / PROVENANCE).write_text("{")
    edit(root / "rendered/fraud-detection/staging/serving/config.yaml", "staging", "stagin")
    assert differences(root) == {
        SERVICE: DifferenceKind.MISSING,
        PROVENANCE: DifferenceKind.OUTDATED,
        "rendered/fraud-detection/staging/serving/config.yaml": DifferenceKind.OUTDATED,
    }
    run(root)
    assert differences(root) == {}


def test_the_files_of_a_renamed_project_go_away(root: Path) -> None:
    (root / PROJECT).rename(root / "projects/card-fraud")
    assert DifferenceKind.STALE in differences(root).values()
    report = run(root)
    assert not (root / "rendered/fraud-detection").exists()
    assert (root / "rendered/card-fraud/provenance.json").is_file()
    assert any(path.startswith("rendered/fraud-detection/") for path in report.removed)
    assert differences(root) == {}


def test_the_files_of_a_removed_project_and_environment_go_away(root: Path) -> None:
    (root / PLATFORM).write_text(str(edited(PLATFORM, _without_production())[PLATFORM]))
    run(root)
    assert not (root / "rendered/fraud-detection/production").exists()
    assert not (root / "rendered/_platform/production").exists()
    shutil.rmtree(root / PROJECT)
    run(root)
    assert not (root / "rendered/fraud-detection").exists()


def _without_production() -> tuple[str, str]:
    return ("  production:\n    cluster: cloud\n    namespace: ml\n", "")


def test_one_project_is_rendered_alone(root: Path) -> None:
    shutil.copytree(root / PROJECT, root / "projects/second")
    edit(root / CONFIG, "recall: 0.85", "recall: 0.88")
    report = run(root, "second")
    assert {path.split("/")[1] for path in report.written} == {"second"}
    assert PROVENANCE in differences(root)
    assert differences(root, "second") == {}


def test_an_error_leaves_everything_as_it_was(root: Path) -> None:
    before = rendered(root)
    edit(root / CONFIG, "recall: 0.85", "recall: high")
    with pytest.raises(FindingsError):
        run(root)
    assert rendered(root) == before
