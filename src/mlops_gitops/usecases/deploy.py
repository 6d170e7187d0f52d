"""Deploy: the release commit, then the reconcile that follows it, as the model_deployment stage asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.ports.deployer import Deployed
from mlops_gitops.ports.repository import Author, Repository
from mlops_gitops.records.project import Project
from mlops_gitops.records.release import ReleasedModel, release_path
from mlops_gitops.usecases.commit_render import release_yaml, rendered_differences
from mlops_gitops.usecases.release import Action, ReleaseOrder, release
from mlops_gitops.usecases.release_file import read_release


@dataclass(frozen=True, slots=True)
class RollOut:
    """How the reconcile after a release went; ``url`` is empty where nothing answers."""

    healthy: bool
    url: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseDeployer:
    """Implements ``ports.deployer.Deployer``; ``roll_out`` reconciles a project in an environment at HEAD."""

    repository: Repository
    author: Author
    roll_out: Callable[[str, str], RollOut]

    def deploy(self, project: Project, environment: str, model: ReleasedModel) -> Deployed:
        """Release and roll out; see the port."""
        self._refuse_rejected(project.name, environment, model)
        target = project.environment(environment)
        steps = target.canary_steps if target else ()
        order = ReleaseOrder(project.name, environment, model, Action.DEPLOY, steps=steps)
        outcome = release(self.repository, rendered_differences, release_yaml, order, self.author)
        rolled = self.roll_out(project.name, environment)
        return Deployed(outcome.commit, rolled.url, rolled.healthy, rolled.why)

    def _refuse_rejected(self, project: str, environment: str, model: ReleasedModel) -> None:
        """A pipeline that runs again must not bring back what a remedy has just taken away."""
        current = read_release(self.repository.tree(self.repository.head()), project, environment)
        if current is None or current.evidence is None or current.previous is None:
            return
        if current.previous.digest == model.digest:
            raise RefusedError(
                f"v{model.version} was rolled back from {environment} on evidence",
                where=release_path(project, environment),
                why=f"evidence {current.evidence}",
                todo=f"train a better version, or insist: mlops-gitops model promote {project} {model.version} "
                f"--environment {environment}",
            )
