"""The same sources give the same bytes: in another process, place, time zone, locale, hash seed and umask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.factory import PROJECT, on_disk

OVERLAY = {f"{PROJECT}/environments/production.yaml": "serving:\n  replicas: 3\n"}


def rendered(root: Path, umask: int, **environment: str) -> dict[str, tuple[bytes, int]]:
    """Contents and modes of the rendered files, made by a process of its own."""
    command = [sys.executable, "-m", "mlops_gitops.cli.main", "render"]
    done = subprocess.run(
        command,
        cwd=root,
        env={"PATH": os.environ["PATH"], "HOME": str(root), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        umask=umask,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    files = sorted(path for path in (root / "rendered").rglob("*") if path.is_file())
    return {str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode & 0o777) for path in files}


def test_nothing_around_the_compiler_shows_in_what_it_writes(tmp_path: Path) -> None:
    here = on_disk(tmp_path / "a", OVERLAY)
    there = on_disk(tmp_path / "deep" / "er" / "b with a space", OVERLAY)
    one = rendered(here, 0o022, TZ="UTC", LC_ALL="C", PYTHONHASHSEED="1", COLUMNS="40")
    other = rendered(there, 0o077, TZ="Pacific/Kiritimati", LC_ALL="C.UTF-8", PYTHONHASHSEED="2", USER="somebody")
    assert len(one) > 20
    assert one == other
    assert {mode for _, mode in one.values()} == {0o644}
    everything = b"".join(content for content, _ in one.values())
    for word in (str(tmp_path), os.uname().nodename, "somebody"):
        assert word.encode() not in everything


def test_rendering_again_writes_nothing(tmp_path: Path) -> None:
    root = on_disk(tmp_path)
    before = rendered(root, 0o022)
    times = {path: (root / path).stat().st_mtime_ns for path in before}
    assert rendered(root, 0o022) == before
    assert {path: (root / path).stat().st_mtime_ns for path in before} == times
