"""Training on Kubernetes: a Job, named by the content it trains from, so that nothing is trained twice.

Beside it stands what it needs: an account without a token, a network policy, a claim for checkpoints.  Several workers
are an Indexed Job with a headless Service; a schedule is a CronJob that trains from the newest data.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets.training import jobs, surroundings, workers
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.stages import StageName


def render(project: Project, environment: Environment) -> Iterator[Artifact]:
    """What trains a project in an environment, where its pipeline trains at all."""
    if StageName.MODEL_TRAINING not in environment.spec.pipeline.stages:
        return
    folder = f"rendered/{project.name}/{environment.name}/training"
    for file, body in _objects(project, environment):
        yield Artifact(f"{folder}/{file}.yaml", body, project.name, environment.name)


def _objects(project: Project, environment: Environment) -> Iterator[tuple[str, dict[str, Plain]]]:
    training = environment.spec.training
    yield "job", jobs.job(project, environment)
    if training.schedule:
        yield "cronjob", jobs.cron_job(project, environment, training.schedule)
    yield "service-account", surroundings.service_account(project, environment)
    if not environment.local:
        yield "network-policy", surroundings.network_policy(project, environment)
    if training.keeps_checkpoints():
        yield "checkpoints", surroundings.checkpoints(project, environment)
    if environment.workers > 1:
        yield "service", workers.service(project, environment)
        yield "disruption-budget", workers.disruption_budget(project, environment)
