"""``detect regression`` and ``detect drift``: judge a batch; with ``--remedy`` the verdict has its consequence."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops.cli.argument_types import new_file
from mlops_gitops.cli.next_step import after_release
from mlops_gitops.cli.printer import progress
from mlops_gitops.diagnostics import ExitCode

if TYPE_CHECKING:
    from mlops_gitops.records.verdict import Verdict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``detect regression|drift PROJECT --environment ENV --batch FILE``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="regression|drift")
    regression = actions.add_parser("regression", help="a labelled batch, sent through the served endpoint")
    regression.add_argument("--remedy", action="store_true", help="commit the remedy that the policy names")
    for action in (regression, actions.add_parser("drift", help="unlabelled rows against the training baseline")):
        action.add_argument("project", metavar="PROJECT")
        action.add_argument("--environment", required=True, metavar="ENV")
        action.add_argument("--batch", required=True, type=Path, metavar="FILE", help="rows of the data contract")
        action.add_argument("--output", type=new_file, metavar="FILE", help="write the verdict there as JSON, too")
        action.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 where the verdict is FAILED."""
    from mlops_gitops import wiring
    from mlops_gitops.cli.verdict_text import verdict_text
    from mlops_gitops.records.verdict import Outcome
    from mlops_gitops.wiring.detection import detection

    root = wiring.find_root(arguments.root)
    found = detection(root, arguments.project, arguments.environment)
    judge = found.regression if arguments.action == "regression" else found.drift
    verdict = judge(arguments.batch, progress)
    document = json.dumps(verdict.to_plain(), indent=2, ensure_ascii=False)
    if arguments.output:
        arguments.output.write_text(f"{document}\n", encoding="utf-8")
    print(document if arguments.format == "json" else verdict_text(verdict))
    if arguments.action == "regression" and arguments.remedy:
        # JSON on standard output stays one document.
        _remedy(root, verdict, progress if arguments.format == "json" else print)
    return int(ExitCode.ANSWER_NO if verdict.outcome is Outcome.FAILED else ExitCode.DONE)


def _remedy(root: Path, verdict: Verdict, tell: Callable[[str], None]) -> None:
    from mlops_gitops import wiring
    from mlops_gitops.usecases.commit_render import release_yaml, rendered_differences
    from mlops_gitops.usecases.remedy import remedy

    repository = wiring.repository(root)
    project = wiring.committed_project(repository, verdict.project)
    environment = wiring.environment_of(project, verdict.environment)
    bot = wiring.bot(repository)
    outcome = remedy(
        repository,
        rendered_differences,
        release_yaml,
        verdict,
        environment.spec.remediation,
        bot,
        environment.canary_steps,
    )
    if outcome.released is None:
        tell(f"remedy: none ({outcome.remedy.reason})")
        return
    made = outcome.released
    tell(f"remedy: roll back to v{made.release.model.version} · commit {made.commit[:7]} by {bot.name}")
    tell(f"evidence: {outcome.evidence}")
    tell(after_release(repository, verdict.environment))
    tell(f"undo: mlops-gitops rollback {verdict.project} --environment {verdict.environment} --to {made.commit[:7]}~1")
