"""``stage``: one stage and what it needs; what CI jobs and Kubernetes Jobs call."""

from __future__ import annotations

import argparse

from mlops_gitops.cli.argument_types import moment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which stage of which project."""
    from mlops_gitops.spec.stages import StageName

    parser.add_argument("project", metavar="PROJECT")
    parser.add_argument("stage", choices=[stage.value for stage in StageName], metavar="STAGE")
    parser.add_argument("--environment", metavar="ENV", help="for the stages that act (default: the first environment)")
    parser.add_argument("--key", metavar="KEY", help="refuse where the work tree's training key is another")
    what = "when the whole run began (ISO 8601): its timeout counts from there"
    parser.add_argument("--began", type=moment, metavar="TIME", help=what)
    parser.add_argument("--force", action="store_true", help="make it anew, cached or not")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 where it passed, 1 where a gate was not met, else by what went wrong."""
    from dataclasses import replace

    from mlops_gitops import wiring
    from mlops_gitops.cli import extras
    from mlops_gitops.cli.sign_of_life import sign_of_life
    from mlops_gitops.spec.stages import StageName
    from mlops_gitops.usecases.stage import run_stage
    from mlops_gitops.wiring import runner

    root = wiring.find_root(arguments.root)
    project = runner.project_in_work_tree(root, wiring.project_of(root, arguments.project))
    extras.require("run", "stage")
    stage = StageName(arguments.stage)
    services = runner.run_services(root)
    began, now = arguments.began, services.clock.now()
    elapsed_s = max((now - began).total_seconds(), 0.0) if began else 0.0
    order = runner.run_order(root, project, arguments.environment)
    order = replace(order, force=arguments.force, elapsed_s=elapsed_s)
    runner.check_can_act(root, project, replace(order, from_stage=stage, to_stage=stage))
    with sign_of_life(stage.value):
        report = run_stage(project, stage, order, services, lambda text: print(text, flush=True), key=arguments.key)
    return int(report.exit_code)
