"""Model versions as git and this machine's run records know them; MLflow is a projection that is not asked.

A version's record is in the release files of every commit that released it, and in the run that registered it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.ports.repository import Repository
from mlops_gitops.ports.run_store import RunStore
from mlops_gitops.records.project import Project
from mlops_gitops.records.release import ReleasedModel, release_path
from mlops_gitops.registry.lifecycle import Status
from mlops_gitops.usecases.release_file import parse_release


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version; ``serves`` are the environments that serve it at HEAD, ``status`` where that leaves it."""

    model: ReleasedModel
    status: Status
    serves: tuple[str, ...]


def model_versions(repository: Repository, runs: RunStore, project: Project) -> tuple[ModelVersion, ...]:
    """Every known version of a project, by number."""
    released = {model.version: model for model in _all_released(repository, project)}
    # Where both know a number, git is right: this machine's registry may have counted for itself.
    known = {model.version: model for model in _registered(runs, project.name)} | released
    return tuple(_version(known[number], project, number in released) for number in sorted(known))


def released_numbers(repository: Repository, project: Project) -> dict[str, int]:
    """The version numbers that git knows, by the digest of their contents."""
    return {model.digest: model.version for model in _all_released(repository, project)}


def find_version(versions: tuple[ModelVersion, ...], project: str, number: int) -> ModelVersion:
    """The version of a number; raises ``UsageError`` that names those there are."""
    for version in versions:
        if version.model.version == number:
            return version
    known = ", ".join(f"v{version.model.version}" for version in versions) or "none yet: run the pipeline"
    raise UsageError(f"{project} has no version {number}", todo=f"versions: {known}")


def _version(model: ReleasedModel, project: Project, released: bool) -> ModelVersion:
    serves = tuple(one.name for one in project.environments if one.release and one.release.model.digest == model.digest)
    last = project.environments[-1].name
    if last in serves and len(project.environments) > 1:
        status = Status.PRODUCTION
    elif serves:
        status = Status.STAGING
    else:
        status = Status.ARCHIVED if released else Status.EXPERIMENTAL
    return ModelVersion(model, status, serves)


def _registered(runs: RunStore, project: str) -> list[ReleasedModel]:
    """What runs of this machine registered; a damaged record is passed over: git knows what was released."""
    records = (runs.load(project, number) for number in runs.numbers(project))
    found = (_model(one["released"]) for one in records if one and one.get("released"))
    return [model for model in found if model is not None]


def _model(plain: object) -> ReleasedModel | None:
    try:
        return ReleasedModel.model_validate(plain)
    except ValidationError:
        return None


def _all_released(repository: Repository, project: Project) -> Iterator[ReleasedModel]:
    """What any environment ever served, oldest first, so that the last word on a number wins."""
    for environment in project.environments:
        yield from reversed(_released(repository, project.name, environment.name))


def _released(repository: Repository, project: str, environment: str) -> list[ReleasedModel]:
    """What was ever released, newest first; a state of the file that says nothing released nothing."""
    path = release_path(project, environment)
    found = []
    for commit in repository.log(path):
        content = repository.tree(commit.sha).read(path)
        try:
            found += [parse_release(content).model] if content is not None else []
        except ValueError:
            continue
    return found
