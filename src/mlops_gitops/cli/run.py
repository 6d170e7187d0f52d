"""``run``: a project's pipeline on this machine, from the data to a served version."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops.diagnostics import ExitCode

if TYPE_CHECKING:
    from mlops_gitops.pipeline.run_report import RunReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which part of the pipeline, and how."""
    from mlops_gitops.spec.stages import StageName

    names = [stage.value for stage in StageName]
    parser.add_argument("project", metavar="PROJECT")
    parser.add_argument("--from", dest="from_stage", choices=names, metavar="STAGE", help="what is before is cached")
    parser.add_argument("--to", dest="to_stage", choices=names, metavar="STAGE", help="stop after this stage")
    parser.add_argument("--environment", metavar="ENV", help="deploy here (default: the first environment)")
    parser.add_argument("--force", action="store_true", help="make everything anew, cached or not")
    parser.add_argument("--dry-run", action="store_true", help="say what would run, and write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 on success, 1 where a gate was not met, else by what went wrong."""
    from dataclasses import replace

    from mlops_gitops import wiring
    from mlops_gitops.cli import extras
    from mlops_gitops.spec.stages import StageName
    from mlops_gitops.usecases.run import dry_run
    from mlops_gitops.usecases.run import run as run_pipeline
    from mlops_gitops.wiring import runner

    root = wiring.find_root(arguments.root)
    project = runner.project_in_work_tree(root, wiring.project_of(root, arguments.project))
    order = replace(
        runner.run_order(root, project, arguments.environment),
        from_stage=StageName(arguments.from_stage) if arguments.from_stage else None,
        to_stage=StageName(arguments.to_stage) if arguments.to_stage else None,
        force=arguments.force,
    )
    services = runner.run_services(root)
    if arguments.dry_run:
        dry_run(project, order, services, print)
        return int(ExitCode.DONE)
    extras.require("run", "run")
    runner.check_can_act(root, project, order)
    report = run_pipeline(project, order, services, lambda text: print(text, flush=True))
    print(f"report: {_write_page(root, report)}")
    return int(report.exit_code)


def _write_page(root: Path, report: RunReport) -> Path:
    from mlops_gitops import wiring
    from mlops_gitops.adapters.state_files import write_bytes
    from mlops_gitops.cli.run_history import with_history
    from mlops_gitops.portal.run_page import run_page

    page = wiring.state_folder(root) / "runs" / report.project / str(report.number) / "report.html"
    write_bytes(page, run_page(with_history(root, report.to_plain())).encode())
    return page.relative_to(Path.cwd()) if page.is_relative_to(Path.cwd()) else page
