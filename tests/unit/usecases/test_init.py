"""What init writes, what it leaves alone, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.usecases.init import initialise

SAMPLES = {"projects/platform.yaml": b"registry: x\n", "projects/a/mlops_config.yaml": b"a\n", ".gitignore": b"x\n"}


class Folder:
    """A folder in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def existing(self) -> tuple[str, ...]:
        return tuple(self.files)

    def read(self, path: str) -> bytes:
        return self.files[path]

    def write(self, files: Mapping[str, bytes]) -> None:
        self.files |= files


def test_an_empty_folder_gets_all():
    folder = Folder({})
    assert initialise(SAMPLES, folder) == tuple(sorted(SAMPLES))
    assert folder.files == SAMPLES


@pytest.mark.parametrize("left", range(len(SAMPLES) + 1))
def test_whatever_was_written_before_the_rest_follows(left):
    folder = Folder(dict(list(SAMPLES.items())[:left]))
    assert len(initialise(SAMPLES, folder)) == len(SAMPLES) - left
    assert folder.files == SAMPLES


@pytest.mark.parametrize("path", ["projects/platform.yaml", "projects/b/mlops_config.yaml", ".gitignore"])
def test_another_content_or_project_is_in_the_way(path):
    folder = Folder({path: b"mine\n", "README.md": b"mine\n"})
    with pytest.raises(RefusedError) as raised:
        initialise(SAMPLES, folder)
    assert raised.value.where == path
    assert folder.files == {path: b"mine\n", "README.md": b"mine\n"}


def test_other_files_stay():
    folder = Folder({"README.md": b"mine\n"})
    initialise(SAMPLES, folder)
    assert folder.files["README.md"] == b"mine\n"
