"""Become a pod's process: ``python -m mlops_gitops.adapters.local.launch LAUNCH.json``.

What to run, where and with which environment stands in a file, so that no text of a user's passes through
supervisord's configuration syntax.  The process is bound to its parent's life first: supervisord's children would
otherwise outlive a supervisord that is killed, and hold their ports.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies (Linux; elsewhere nothing happens)."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    # The parent may have died before the request was in place.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def main(path: str) -> None:
    """Read the launch file and be replaced by what it names; exits 127 where that cannot be run."""
    launch = json.loads(Path(path).read_bytes())
    die_with_parent()
    argv, environment = launch["argv"], launch["environment"]
    try:
        os.chdir(launch["folder"])
        os.execvpe(argv[0], argv, environment)  # noqa: S606 - no shell is wanted
    except OSError as error:
        print(f"{argv[0]} in {launch['folder']}: {error.strerror}", file=sys.stderr)
        raise SystemExit(127) from error


if __name__ == "__main__":
    main(sys.argv[1])
