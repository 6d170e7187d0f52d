"""The sample repository on disk: which files it takes, and how they are written."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from mlops_gitops.adapters import samples
from mlops_gitops.adapters.samples import NewRepository, sample_files
from mlops_gitops.diagnostics import OutsideError


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


def test_sources_only():
    files = sample_files()
    assert {"projects/platform.yaml", "projects/fraud-detection/mlops_config.yaml", ".gitlab-ci.yml"} <= set(files)
    assert ".mlops-gitops/" in files[".gitignore"].decode().splitlines()
    assert not [path for path in files if "/releases/" in path or "__pycache__" in path or path.endswith(".csv")]
    assert not [path for path in files if path.startswith(("rendered/", "src/", "tests/"))]


def test_the_packaged_samples_come_before_the_checkout(tmp_path, monkeypatch):
    folder = tmp_path / "package" / "samples"
    (folder / "projects").mkdir(parents=True)
    (folder / "projects" / "platform.yaml").write_text("packaged: true\n")
    for name in samples._TOP_FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    monkeypatch.setattr(samples, "_PACKAGE", tmp_path / "package")
    assert sample_files()["projects/platform.yaml"] == b"packaged: true\n"


def test_an_installation_has_each_file_where_it_is_looked_for():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    # The builder moves folders by `sources`, and single files by `force-include` alone.
    single = [name for name in samples._TOP_FILES if not name.startswith("projects/")]
    assert wheel["force-include"] == {name: f"mlops_gitops/samples/{name}" for name in single}
    assert {f"{folder}/".partition("/")[0] for folder in samples._FOLDERS} <= set(wheel["sources"])


def test_an_installation_without_samples_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "_PACKAGE", tmp_path / "a" / "b" / "package")
    with pytest.raises(OutsideError, match="the sample project is missing") as raised:
        sample_files()
    assert raised.value.todo == "install the package anew"


def test_files_and_a_repository_on_main(tmp_path):
    root = tmp_path / "new"
    NewRepository(root).write({"a/b.yaml": b"1\n"})
    assert (root / "a/b.yaml").read_bytes() == b"1\n"
    assert (root / "a/b.yaml").stat().st_mode & 0o444 == 0o444 & ~_umask()
    assert (root / ".git/HEAD").read_text() == "ref: refs/heads/main\n"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_checkout_with_other_line_ends_holds_the_same_bytes(tmp_path):
    NewRepository(tmp_path).write({".gitattributes": sample_files()[".gitattributes"], "a.yaml": b"1\n"})
    git = ["git", "-C", str(tmp_path), "-c", "core.autocrlf=true", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", "a"], check=True)
    (tmp_path / "a.yaml").unlink()
    subprocess.run([*git, "checkout", "--quiet", "a.yaml"], check=True)
    assert (tmp_path / "a.yaml").read_bytes() == b"1\n"


def test_a_repository_that_is_there_stays_as_it_is(tmp_path):
    subprocess.run(["git", "init", "--quiet", "--initial-branch=trunk", str(tmp_path)], check=True)
    NewRepository(tmp_path).write({"a.yaml": b"1\n"})
    assert (tmp_path / ".git/HEAD").read_text() == "ref: refs/heads/trunk\n"


def test_what_is_there_git_and_unfinished_work_aside(tmp_path):
    folder = NewRepository(tmp_path)
    folder.write({"b.yaml": b"2\n", "a.yaml": b"1\n"})
    (tmp_path / ".new-c.yaml").write_bytes(b"half")
    assert folder.existing() == ("a.yaml", "b.yaml")
    assert folder.read("b.yaml") == b"2\n"
    assert NewRepository(tmp_path / "nowhere").existing() == ()


def test_a_disk_that_ends_leaves_no_half_file(tmp_path, monkeypatch):
    folder = NewRepository(tmp_path)
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        write(path, content[:1])
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        folder.write({"a.yaml": b"whole\n"})
    assert folder.existing() == ()
    monkeypatch.setattr(Path, "write_bytes", write)
    folder.write({"a.yaml": b"whole\n"})
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "a.yaml"]


def test_git_that_fails_is_told_in_its_words(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'fatal: not today' >&2\nexit 128\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    with pytest.raises(OutsideError, match="git cannot make the repository") as raised:
        NewRepository(tmp_path / "new").write({"a.yaml": b"1\n"})
    assert raised.value.why == "fatal: not today"
