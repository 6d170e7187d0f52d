"""The demo's scratch repository: made anew, commands run in it as a user types them, everything stopped at the end."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlops_gitops.diagnostics import AnswerNo, OutsideError, RefusedError

if TYPE_CHECKING:
    from mlops_gitops.cli.demo_steps import Told

_MARK, REPORT = ".mlops-gitops-demo", "report.html"
PROJECT, ENVIRONMENT = "fraud-detection", "staging"


def scratch_folder(root: Path | None) -> Path:
    """Inside the state folder of the repository around us, else in this folder."""
    from mlops_gitops import wiring
    from mlops_gitops.diagnostics import UsageError

    try:
        return wiring.state_folder(wiring.find_root(root)) / "demo"
    except UsageError:
        return Path.cwd() / "mlops-gitops-demo"


class Scratch:
    """A folder that holds the demo's repository, and the commands that run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """An empty folder; one that the demo did not make is refused, not deleted."""
        if self.folder.exists() and any(self.folder.iterdir()):
            if not (self.folder / _MARK).exists():
                raise RefusedError(
                    "the folder is not empty, and no demo made it", where=str(self.folder), todo="name another --folder"
                )
            self.stop()
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / _MARK).touch()

    def leave_out_of_git(self) -> None:
        """What the demo itself puts into the folder is no part of the repository."""
        exclude = self.folder / ".git" / "info" / "exclude"
        exclude.parent.mkdir(parents=True, exist_ok=True)
        exclude.write_text(f"{_MARK}\n{REPORT}\n", encoding="utf-8")

    def command(self, *arguments: str, answer: int = 0, show: bool = True) -> str:
        """Show and run one command of ours; raises where it does not exit with ``answer``.  Returns its output."""
        real = [sys.executable, "-m", "mlops_gitops.cli.main", *arguments]
        return self._run(["mlops-gitops", *arguments], real, answer, show=show)

    def git(self, *arguments: str, show: bool = True) -> str:
        """Show and run git."""
        return self._run(["git", *arguments], ["git", *arguments], 0, show=show)

    def python(self, script: str, *arguments: str) -> str:
        """Show and run a script of the project, in the project's folder."""
        shown = ["python", script, *arguments]
        return self._run(shown, [sys.executable, script, *arguments], 0, folder=self.folder / "projects" / PROJECT)

    def _run(
        self, shown: Sequence[str], real: Sequence[str], answer: int, *, show: bool = True, folder: Path | None = None
    ) -> str:
        if show:
            print(f"$ {shlex.join(shown)}", flush=True)
        process = subprocess.Popen(
            real,
            cwd=folder or self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # Where the answer is read by the demo itself, progress is no part of it.
            stderr=subprocess.STDOUT if show else None,
            env=_environment(),
            text=True,
            encoding="utf-8",
        )
        assert process.stdout is not None
        lines = []
        try:
            for line in process.stdout:
                lines.append(line)
                if show:
                    print(f"  {line}", end="", flush=True)
            code = process.wait()
        except BaseException:
            _end(process)
            raise
        if code != answer:
            if not show:
                print("".join(lines), end="", flush=True)
            todo = "see what it printed above"
            kind = AnswerNo if code == 1 else OutsideError
            raise kind(f"`{' '.join(shown[:3])}` exited with {code}, not {answer}", todo=todo)
        return "".join(lines)

    def ask(self, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the served endpoint, as `curl` would, and show its answer."""
        sent = ["--json", json.dumps(body)] if body else []
        print(f"$ {shlex.join(['curl', url, *sent])}", flush=True)
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - an address on loopback
                answer: dict[str, Any] = json.load(response)
        except OSError as error:
            raise OutsideError("the endpoint does not answer", where=url, why=str(error)) from error
        print(f"  {json.dumps(answer)}", flush=True)
        return answer

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace one place in a file, as an editor would, and show the change."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise OutsideError(f"`{old}` stands {text.count(old)} times in {path}, not once", where=str(file))
        file.write_text(text.replace(old, new), encoding="utf-8")
        print(f"edit {path}\n  - {old.strip()}\n  + {new.strip()}", flush=True)

    def write(self, path: str, text: str) -> None:
        """Write a whole file, and show it."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        print(f"edit {path}", *(f"  + {line}" for line in text.splitlines()), sep="\n", flush=True)

    def latest_run(self) -> dict[str, Any] | None:
        """The record of the newest run that came to a version, if any did; the rendered training Job's never do."""
        folder = self.folder / ".mlops-gitops" / "runs" / PROJECT
        numbers = sorted((int(path.name) for path in folder.glob("*") if path.name.isdigit()), reverse=True)
        records = (json.loads((folder / str(number) / "run.json").read_text(encoding="utf-8")) for number in numbers)
        return next((one for one in records if one["released"]), None)

    def stop(self) -> None:
        """Stop every process that serves for this repository."""
        from mlops_gitops.wiring.environments import stop_local

        stop_local(self.folder)

    def report(self, told: Told) -> Path:
        """Write the page of the whole demo."""
        from mlops_gitops.cli.demo_report import write_report

        return write_report(self.folder, told)


def _environment() -> dict[str, str]:
    """The user's own environment, with an identity for git where a fresh machine has none, and no colours."""
    identity = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "Demo User"), ("EMAIL", "demo.user@example.com"))
    }
    return {**os.environ, **identity, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
