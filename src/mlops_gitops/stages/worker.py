"""The process that one stage runs in: reads a request file, runs the stage, leaves ``result.json`` or ``error.json``.

An error of the project's own code is not caught: its traceback goes to the stage's log and the process ends with 1,
which the runner reports with the log's last line.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from mlops_gitops.diagnostics import ExitCode, MlopsError
from mlops_gitops.pipeline.stage import Services
from mlops_gitops.stages import STAGES
from mlops_gitops.stages.request import StageRequest

RESULT, ERROR = "result.json", "error.json"
_PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str] | None = None, services: Callable[[Path], Services] | None = None) -> int:
    """Run the stage of the request file that is the only argument; ``services`` builds them for a repository root."""
    (path,) = sys.argv[1:] if arguments is None else arguments
    content = Path(path).read_bytes()
    root = Path(json.loads(content)["root"])
    request = StageRequest.from_bytes(content, services(root) if services else Services())
    _end_with(request.parent_pid)
    out = request.given.out
    try:
        measurement = STAGES[request.stage].run(request.given)
    except MlopsError as error:
        said = {"what": error.what, "where": error.where, "why": error.why, "todo": error.todo}
        _write(out / ERROR, said | {"exit_code": int(error.exit_code)})
        return int(error.exit_code)
    _write(out / RESULT, measurement.to_plain())
    return int(ExitCode.DONE)


def _write(path: Path, plain: object) -> None:
    path.write_text(json.dumps(plain, indent=1, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def _end_with(parent_pid: int) -> None:
    """Die when the runner dies, even of a kill that it cannot pass on (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent_pid:  # it died before we asked
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
