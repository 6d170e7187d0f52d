"""A commit that is killed at each of its steps in turn: the old or the new state, never something between.

Each round forks a process that sends itself SIGKILL just before its n-th step (a git command, or a change of a file),
or in the middle of writing a file; the rounds end when a process gets through.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlops_gitops.adapters.git.command import GitCommand
from mlops_gitops.adapters.git.repository import GitRepository
from mlops_gitops.ports.repository import Author

BOT = Author("release-bot", "bot@localhost")
FILES: dict[str, bytes | None] = {
    "projects/fraud/releases/staging.yaml": b"version: 2\n",
    "rendered/fraud/serving.yaml": None,
    "rendered/fraud/new/x.yaml": b"x: 1\n",
}
USERS_OWN = " M notes.txt\n?? mine.txt\n"


def _commit(root: Path) -> str:
    opened = GitRepository(root)
    sha = opened.commit_files(FILES, "Release fraud v2\n", BOT)
    opened.close()
    return sha


def _dying_at(step: int, root: Path) -> int:
    """Commit in a forked process that kills itself at a step; its wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    left = step

    def counted(original: Callable[..., Any], *, torn: bool = False) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                if torn:
                    original(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)

        return call

    GitCommand.attempt = counted(GitCommand.attempt)  # type: ignore[method-assign]
    Path.replace = counted(Path.replace)  # type: ignore[method-assign]
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]
    Path.write_bytes = counted(Path.write_bytes, torn=True)  # type: ignore[method-assign]
    try:
        _commit(root)
    finally:
        os._exit(0)
    return 0


def _leftovers(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if "mlops-gitops-new" in path.name or path.name == "commit.json"]


@pytest.fixture
def template(place: Any) -> Path:
    place.write("notes.txt", "edited by the user\n")
    place.write("mine.txt", "untracked\n")
    return Path(place.root)


def test_killed_at_every_step(place: Any, template: Path, tmp_path: Path) -> None:
    before, steps, half_way = place.head(), 0, 0
    while True:
        steps += 1
        root = tmp_path / f"killed-{steps}"
        shutil.copytree(template, root, symlinks=True)
        status = _dying_at(steps, root)
        half_way += _look_after(place, root, before)
        shutil.rmtree(root)
        if os.WIFEXITED(status):
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
    assert steps > 25, "the commit has more steps than this; the test has lost sight of them"
    assert half_way >= 5, "several steps lie between the branch's move and the work tree's last file"


def _look_after(place: Any, root: Path, before: str) -> bool:
    """Check the state that was left, mend it, commit again; whether there was something to mend."""
    place.git("fsck", "--strict", "--no-dangling", cwd=root)
    head = place.git("rev-parse", "HEAD", cwd=root).strip()
    moved = head != before
    if moved:
        assert place.git("rev-parse", "HEAD^", cwd=root).strip() == before
    left = place.git("status", "--porcelain", "--untracked-files=all", cwd=root)
    opened = GitRepository(root)
    mended = opened.mend()
    opened.close()
    assert place.git("status", "--porcelain", "--untracked-files=all", cwd=root) == USERS_OWN
    assert place.git("rev-parse", "HEAD", cwd=root).strip() == head, "mending never commits"
    assert moved or not mended
    again = _commit(root)
    assert place.git("rev-list", "--count", f"{before}..HEAD", cwd=root).strip() == "1"
    assert moved is (again == head)
    assert place.git("status", "--porcelain", "--untracked-files=all", cwd=root) == USERS_OWN
    assert (root / "notes.txt").read_text() == "edited by the user\n"
    assert _leftovers(root) == []
    return left != USERS_OWN


class Killed(BaseException):
    """Stands in for the end of the process, right after the branch moved."""


@pytest.fixture
def killed_half_way(place: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    opened = place.open()
    calls = iter((opened._finish_noted, None))

    def once() -> Any:
        if (call := next(calls)) is None:
            raise Killed
        return call()

    monkeypatch.setattr(opened, "_finish_noted", once)
    with pytest.raises(Killed):
        opened.commit_files(FILES, "Release fraud v2\n", BOT)
    return place


@pytest.mark.parametrize("staged", [False, True])
def test_mending_spares_what_was_edited_since(killed_half_way: Any, staged: bool) -> None:
    """Before the next command somebody edits one of the files, and perhaps stages the edit."""
    place, path = killed_half_way, "projects/fraud/releases/staging.yaml"
    place.write(path, "mine\n")
    if staged:
        place.git("add", path)
    assert place.open().mend() != ()
    assert (place.root / path).read_text() == "mine\n"
    assert place.status() == f"{'M ' if staged else ' M'} {path}\n"


def test_mending_takes_half_written_files_away(killed_half_way: Any) -> None:
    place, half = killed_half_way, "projects/fraud/releases/.staging.yaml.mlops-gitops-new"
    place.write("projects/fraud/releases/staging.yaml", "mine\n")
    place.write(half, "vers")
    place.open().mend()
    assert not (place.root / half).exists()


def test_a_note_about_another_branch_is_dropped(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = place.open()
    calls = iter((opened._finish_noted, lambda: None))
    monkeypatch.setattr(opened, "_finish_noted", lambda: next(calls)())
    opened.commit_files(FILES, "Release fraud v2\n", BOT)
    place.git("reset", "--hard", "--quiet")
    place.git("checkout", "--quiet", "-b", "older", "HEAD~1")
    assert place.open().mend() == ()
    assert place.status() == ""
    assert _leftovers(place.root) == []
