"""``init``: a new repository with a first project that compiles, runs and serves as it is."""

from __future__ import annotations

import argparse
from pathlib import Path

from mlops_gitops.diagnostics import ExitCode, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")


def run(arguments: argparse.Namespace) -> int:
    """Refuses a folder that already has projects; never overwrites a file."""
    from mlops_gitops import wiring
    from mlops_gitops.usecases.init import initialise
    from mlops_gitops.usecases.render import render

    root = arguments.folder.resolve()
    _check(root)
    written = initialise(wiring.sample_files(), wiring.new_folder(root))
    render(wiring.work_tree(root), wiring.rendered_tree(root))
    print(f"{len(written)} files written in {arguments.folder}; the first project is projects/fraud-detection")
    print("next: git add --all && git commit -m 'Start'; then mlops-gitops validate, plan, run fraud-detection")
    return int(ExitCode.DONE)


def _check(root: Path) -> None:
    if root.exists() and not root.is_dir():
        raise UsageError("this is a file, not a folder", where=str(root), todo="name a new folder")
    if any(folder.name == "projects" and (folder / "platform.yaml").is_file() for folder in (root, *root.parents)):
        raise UsageError("this is inside another repository's projects/", where=str(root), todo="name a new folder")
