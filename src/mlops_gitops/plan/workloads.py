"""Training, serving, pipeline and the rest of the spec compared, in the words of who runs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlops_gitops.plan.change import Change, Effect
from mlops_gitops.plan.gates import is_gate
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import Release
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.stack import AREAS

# Compared by their own functions, so the generic walk leaves them out.
_OWN_WORDS = ("training.accelerator", "serving.accelerator", "serving.replicas", "pipeline.stages", "project.name")


def training(before: Project, after: Project, jobs: tuple[str, str]) -> Iterator[Change]:
    """The training Job: what makes its content, and what it asks for; ``jobs`` are its names, empty where none is."""
    old_job, new_job = jobs
    if old_job and new_job and old_job != new_job:
        causes = [
            word
            for word, a, b in (
                ("data", before.data_digest, after.data_digest),
                ("code", before.code_digest, after.code_digest),
                ("configuration", before.config_digest, after.config_digest),
            )
            if a != b
        ]
        anew = f"{' and '.join(causes)} changed: trains anew" if causes else "what it asks for changed: same training"
        kept = "; a running one is kept to its end"
        yield Change("training", f"Job {old_job} → {new_job}", Effect.REPLACED, anew + kept)


def serving(pair: tuple[Environment, Environment]) -> Iterator[Change]:
    """The served version, and how many processes answer."""
    old, new = pair
    if _version(old.release) != _version(new.release):
        yield Change("serving", f"version {_version(old.release)} → {_version(new.release)}", Effect.CHANGED)
    before, after = old.spec.serving.replicas, new.spec.serving.replicas
    if before != after:
        yield Change("serving", f"replicas {before} → {after}", Effect.CHANGED)


def _version(release: Release | None) -> str:
    if release is None:
        return "none"
    return f"v{release.model.version}" + (f" with {release.canary} %" if release.canary else "")


def pipeline(old: ProjectSpec, new: ProjectSpec) -> Iterator[Change]:
    """Stages that come and go."""
    before, after = old.pipeline.stages, new.pipeline.stages
    for stage in before:
        if stage not in after:
            yield Change("pipeline", f"stage {stage.value}", Effect.REMOVED)
    for stage in after:
        if stage not in before:
            yield Change("pipeline", f"stage {stage.value}", Effect.ADDED)


def settings(pair: tuple[Environment, Environment]) -> Iterator[Change]:
    """Every other value of the spec that differs, under its path."""
    before, after = map(_in_force, pair)
    for path in sorted({*before, *after}):
        own = any(path == one or path.startswith(f"{one}.") for one in _OWN_WORDS)
        if before.get(path) != after.get(path) and not own and not is_gate(path):
            area, _, rest = path.partition(".")
            yield Change(area, f"{rest} {_shown(before.get(path))} → {_shown(after.get(path))}", Effect.CHANGED)


def _in_force(environment: Environment) -> dict[str, Any]:
    """Every value by its path; of the stack the tools that are used, whether anybody wrote them or not."""
    used = {f"stack.{area.name}": environment.choice(area.name) for area in AREAS}
    return {**dict(_leaves(environment.spec.model_dump(mode="json"), "")), **used}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)
