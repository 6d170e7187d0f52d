"""``python -m mlops_gitops.server.saved_model``: lays a released SavedModel down for TensorFlow Serving.

Runs to its end before the server starts, in a container of the same pod.  Loading a SavedModel runs its graph, so the
package is held against the digest that git pins first; what is copied then is what was released.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from mlops_gitops.diagnostics import MlopsError, OutsideError, UsageError
from mlops_gitops.stages.model_package import SAVED_MODEL
from mlops_gitops.stages.package_contents import check_contents

_GRAPH = "saved_model.pb"


def main(argv: Sequence[str] | None = None) -> int:
    """Check and copy; returns the exit code of ``diagnostics.ExitCode``."""
    arguments = _parser().parse_args(argv)
    try:
        lay_down(arguments.package, arguments.digest, arguments.to)
    except MlopsError as error:
        details = (("where", error.where), ("why", error.why), ("do", error.todo))
        said = (f"  {name}: {text}" for name, text in details if text)
        print(f"error: {error.what}", *said, sep="\n", file=sys.stderr)
        return int(error.exit_code)
    print(f"{arguments.to} holds the SavedModel of {arguments.digest}")
    return 0


def lay_down(package: Path, digest: str, target: Path) -> None:
    """Copy the package's SavedModel to ``target``, the folder of its version; what is there already is replaced.

    Raises ``RefusedError`` where the package is not what the digest says, ``UsageError`` where it has no SavedModel,
    ``OutsideError`` where something cannot be read or written.
    """
    check_contents(package, digest)
    if not (package / SAVED_MODEL / _GRAPH).is_file():
        raise UsageError(
            "the package holds no SavedModel",
            where=str(package),
            why="it was trained when no environment served with TensorFlow Serving",
            todo="train again, and release what comes out",
        )
    try:
        # A container that was killed half-way is started again on what it left.
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(package / SAVED_MODEL, target)
    except OSError as error:
        raise OutsideError("the SavedModel cannot be laid down", where=str(target), why=str(error)) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("mlops_gitops.server.saved_model", description=__doc__)
    parser.add_argument("--package", type=Path, required=True, help="the released package")
    parser.add_argument("--digest", required=True, help="its digest, as the release pins it")
    parser.add_argument("--to", type=Path, required=True, help="folder of the version: MODELS/NAME/VERSION")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
