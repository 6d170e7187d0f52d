"""Rules about policy itself: what it names exists, what it says is possible, and it does not contradict itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mlops_gitops.compiler.model_paths import annotation_at, closed_keys, is_list
from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.compiler.rules.policy.effective import dotted_keys, shown
from mlops_gitops.compiler.rules.retention import shown as shown_time
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.suggest import NEARLY, did_you_mean, unknown
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.policy import Condition
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.scalars import keeps_less


def names_exist(repository: Repository) -> Iterator[Diagnostic]:
    """MG411."""
    policy, environments = repository.platform.policy, tuple(repository.platform.environments)
    for kind in ("per_project", "total"):
        for name in getattr(policy.gpu_budget, kind):
            yield from _known(repository, "environment", name, environments, ("gpu_budget", kind, name))
    for path, condition in _conditions(repository):
        for index, name in enumerate(condition.environments):
            yield from _known(repository, "environment", name, environments, (*path, "environments", index))
    for index, waiver in enumerate(policy.waivers):
        path = ("waivers", index)
        yield from _known(repository, "project", waiver.project, repository.names, (*path, "project"))
        if waiver.environment is not None:
            yield from _known(repository, "environment", waiver.environment, environments, (*path, "environment"))


def _known(repository: Repository, noun: str, name: str, legal: Iterable[str], path: Path) -> Iterator[Diagnostic]:
    known = tuple(legal)
    if name not in known:
        # In a budget the environment is a key, elsewhere a value.
        place = repository.spans.key if path[-1] == name else repository.spans.value
        span = place(("policy", *path))
        # Names of one family are alike (`fraud-eu`, `fraud-us`): one of them is not another misspelt.
        todo = f"{noun}s here: {', '.join(known) or 'none'}"
        yield Diagnostic("MG411", unknown(noun, name, known, cutoff=NEARLY), span, help=todo)


def _conditions(repository: Repository) -> Iterator[tuple[Path, Condition]]:
    for kind in ("forbid", "require"):
        for index, condition in enumerate(getattr(repository.platform.policy, kind)):
            yield (kind, index), condition


def keys_exist(repository: Repository) -> Iterator[Diagnostic]:
    """MG412."""
    for path, condition in _conditions(repository):
        keys = dotted_keys(condition.path)
        if annotation_at(ProjectSpec, keys) is not None:
            continue
        good = next(size for size in range(len(keys), -1, -1) if not size or annotation_at(ProjectSpec, keys[:size]))
        stands = annotation_at(ProjectSpec, keys[:good])
        legal = () if is_list(stands) else closed_keys(ProjectSpec, keys[:good])
        close = did_you_mean(keys[good], legal)
        within = f" in `{dotted(keys[:good])}`" if good else ""
        yield Diagnostic(
            "MG412",
            f"the language has no key `{condition.path}`"
            + (f"; did you mean `{dotted(_nearest(keys, good, close))}`?" if close else ""),
            repository.spans.value(("policy", *path, "path")),
            help=f"keys{within}: {', '.join(legal)}" if legal else f"`{dotted(keys[:good])}` is one value",
        )


def _nearest(keys: tuple[str, ...], good: int, close: str) -> tuple[str, ...]:
    """The key as it was probably meant: what stands below a misspelt one is kept where that is a key, too."""
    meant = (*keys[:good], close, *keys[good + 1 :])
    return meant if annotation_at(ProjectSpec, meant) is not None else meant[: good + 1]


def values_possible(repository: Repository) -> Iterator[Diagnostic]:
    """MG413."""
    for path, condition in _conditions(repository):
        kind = annotation_at(ProjectSpec, dotted_keys(condition.path))
        if kind is None or not condition.values:
            continue
        for index, value in enumerate(condition.values):
            if reason := _impossible(kind, value):
                yield Diagnostic(
                    "MG413",
                    f"`{condition.path}` can never be {shown(value)}: {reason}",
                    repository.spans.value(("policy", *path, "values", index)),
                    help="the condition would never be met; write a value that a project could write",
                )


def _impossible(kind: Any, value: bool | float | str) -> str | None:
    """Why a value can stand neither at a key nor in its list; nothing where it can."""
    from pydantic import TypeAdapter, ValidationError  # only where policy names values

    try:
        TypeAdapter(kind).validate_python([value] if is_list(kind) else value)
    except ValidationError as error:
        why = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        return why.replace("Input should be", "it must be")
    return None


def is_consistent(repository: Repository) -> Iterator[Diagnostic]:
    """MG414."""
    policy = repository.platform.policy
    least, most = policy.data_retention.least, policy.data_retention.most
    if least is not None and most is not None and keeps_less(most, least):
        message = f"data must be kept {shown_time(least)} at least and {shown_time(most)} at most"
        yield _contradiction(repository, message, ("data_retention", "most"))
    for name, total in policy.gpu_budget.total.items():
        each = policy.gpu_budget.per_project.get(name, 0)
        if each > total:
            message = f"one project may ask for {each} accelerators in {name}, all together only for {total}"
            yield _contradiction(repository, message, ("gpu_budget", "per_project", name))
    for index, required in enumerate(policy.require):
        for forbidden in policy.forbid:
            if _excludes(required, forbidden):
                message = f"`{required.path}` is required and forbidden at once"
                yield _contradiction(repository, message, ("require", index, "path"))


def _excludes(required: Condition, forbidden: Condition) -> bool:
    """Whether nothing satisfies both, wherever both are in force."""
    together = all(
        not ours or not theirs or set(ours) & set(theirs)
        for ours, theirs in (
            (required.environments, forbidden.environments),
            (required.risk_classes, forbidden.risk_classes),
        )
    )
    all_gone = not forbidden.values or (required.values and set(required.values) <= set(forbidden.values))
    return bool(required.path == forbidden.path and together and all_gone)


def _contradiction(repository: Repository, message: str, path: Path) -> Diagnostic:
    span = repository.spans.value(("policy", *path))
    return Diagnostic("MG414", message, span, help="no project can satisfy both: change one of them")
