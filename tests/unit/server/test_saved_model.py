"""What runs before TensorFlow Serving starts: only what was released is laid down, whole, in the layout it reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mlops_gitops.diagnostics import RefusedError, UsageError
from mlops_gitops.server.saved_model import lay_down
from mlops_gitops.stages.package_contents import write_contents

GRAPH = b"\x08\x01\x12a graph"


@pytest.fixture
def package(tmp_path: Path) -> tuple[Path, str]:
    """A package with a SavedModel, and its digest."""
    folder = tmp_path / "store" / "package"
    (folder / "saved_model" / "variables").mkdir(parents=True)
    (folder / "saved_model" / "saved_model.pb").write_bytes(GRAPH)
    (folder / "saved_model" / "variables" / "variables.index").write_bytes(b"index")
    (folder / "model.json").write_text("{}")
    return folder, write_contents(folder)


def started(package: Path, digest: str, target: Path) -> subprocess.CompletedProcess[str]:
    words = ["--package", str(package), "--digest", digest, "--to", str(target)]
    return subprocess.run(
        [sys.executable, "-m", "mlops_gitops.server.saved_model", *words], capture_output=True, text=True, check=False
    )


def test_it_lies_where_the_server_looks(package: tuple[Path, str], tmp_path: Path) -> None:
    target = tmp_path / "models" / "plates" / "3"
    done = started(*package, target)
    assert (done.returncode, done.stderr) == (0, "")
    assert (target / "saved_model.pb").read_bytes() == GRAPH
    assert (target / "variables" / "variables.index").is_file()
    assert not (target / "model.json").exists()


def test_a_start_that_was_cut_off_is_made_good(package: tuple[Path, str], tmp_path: Path) -> None:
    target = tmp_path / "models" / "plates" / "3"
    target.mkdir(parents=True)
    (target / "saved_model.pb").write_bytes(b"half")
    (target / "left-over").write_bytes(b"")
    lay_down(*package, target)
    assert (target / "saved_model.pb").read_bytes() == GRAPH
    assert not (target / "left-over").exists()


def test_what_was_not_released_is_not_laid_down(package: tuple[Path, str], tmp_path: Path) -> None:
    folder, digest = package
    (folder / "saved_model" / "saved_model.pb").write_bytes(b"another graph")
    done = started(folder, digest, tmp_path / "models" / "plates" / "3")
    assert done.returncode == 4
    assert "saved_model/saved_model.pb was changed" in done.stderr
    assert not (tmp_path / "models").exists()
    with pytest.raises(RefusedError):
        lay_down(folder, digest, tmp_path / "models")


def test_a_package_without_one_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(UsageError, match="holds no SavedModel") as caught:
        lay_down(tmp_path, write_contents(tmp_path), tmp_path / "models")
    assert "train again" in (caught.value.todo or "")


def test_a_target_that_cannot_be_written_is_told(package: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = started(*package, tmp_path / "file" / "3")
    assert done.returncode == 3
    assert "cannot be laid down" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_package_is_told(tmp_path: Path) -> None:
    done = started(tmp_path / "nowhere", "sha256:" + "0" * 64, tmp_path / "models")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_it_starts_light() -> None:
    heavy = ("pandas", "numpy", "fastapi", "tensorflow")
    code = f"import sys, mlops_gitops.server.saved_model; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
