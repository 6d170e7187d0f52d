"""``model list``, ``show``, ``promote``: versions, and the commit that puts one into an environment."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from mlops_gitops.cli.argument_types import version
from mlops_gitops.cli.next_step import after_release
from mlops_gitops.diagnostics import ExitCode

if TYPE_CHECKING:
    from mlops_gitops.ports.repository import Repository
    from mlops_gitops.records.project import Environment
    from mlops_gitops.usecases.model_versions import ModelVersion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The three actions."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|promote")
    listing = actions.add_parser("list", help="every version of a project")
    show = actions.add_parser("show", help="all that is known of one version")
    promote = actions.add_parser("promote", help="release a version to an environment, as a commit")
    for action in (listing, show, promote):
        action.add_argument("project", metavar="PROJECT")
    for action in (show, promote):
        action.add_argument("version", type=version, metavar="VERSION", help="2 or v2")
    promote.add_argument("--environment", required=True, metavar="ENV")
    promote.add_argument("--reason", default="", help="why, for the commit's text")
    listing.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Read versions, or make a release commit."""
    from mlops_gitops import wiring
    from mlops_gitops.adapters.run_store import FolderRunStore
    from mlops_gitops.usecases.model_versions import find_version, model_versions

    root = wiring.find_root(arguments.root)
    repository = wiring.repository(root)
    project = wiring.committed_project(repository, arguments.project)
    versions = model_versions(repository, FolderRunStore(wiring.state_folder(root) / "runs"), project)
    if arguments.action == "list":
        _list(versions, arguments.format)
        return int(ExitCode.DONE)
    found = find_version(versions, project.name, arguments.version)
    if arguments.action == "show":
        print(json.dumps(_plain(found), indent=2, ensure_ascii=False))
        return int(ExitCode.DONE)
    return _promote(repository, found, wiring.environment_of(project, arguments.environment), arguments)


def _promote(
    repository: Repository, promoted: ModelVersion, environment: Environment, arguments: argparse.Namespace
) -> int:
    from mlops_gitops.adapters.system_clock import SystemClock
    from mlops_gitops.records.release import release_path
    from mlops_gitops.usecases.canary import refuse_early
    from mlops_gitops.usecases.commit_render import release_yaml, rendered_differences
    from mlops_gitops.usecases.release import Action, ReleaseOrder, release

    order = ReleaseOrder(
        arguments.project,
        arguments.environment,
        promoted.model,
        Action.PROMOTE,
        reason=arguments.reason,
        steps=environment.canary_steps,
    )
    current = environment.release
    if current and current.canary is not None and current.model.digest == promoted.model.digest:
        since = repository.log(release_path(order.project, order.environment))[0].committed_at
        refuse_early(current, since, SystemClock().now(), environment.spec.serving.canary.interval)
    outcome = release(repository, rendered_differences, release_yaml, order, repository.person())
    print(outcome.message)
    print(after_release(repository, arguments.environment))
    return int(ExitCode.DONE)


def _list(versions: tuple[ModelVersion, ...], form: str) -> None:
    if form == "json":
        print(json.dumps([_plain(one) for one in versions], indent=2, ensure_ascii=False))
        return
    if not versions:
        print("no versions yet: run the pipeline")
    for one in versions:
        gates = {gate.name: gate for gate in one.model.gates}
        shown = [f"{name} {gates[name].measured:.3f}" for name in ("f1_score", "recall", "precision") if name in gates]
        where = f"serves {', '.join(one.serves)}" if one.serves else ""
        print(
            f"v{one.model.version:<4} {one.status.value:<13} {one.model.digest[7:17]}  run {one.model.run}  "
            f"commit {one.model.trained_at_commit[:7]}  {'  '.join(shown)}  {where}".rstrip()
        )


def _plain(one: ModelVersion) -> dict[str, object]:
    return {
        "status": one.status.value,
        "serves": list(one.serves),
        **one.model.model_dump(mode="json"),
    }
