"""A project whose files agree with each other: its name, its releases, and the columns of its data contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlops_gitops.compiler.inputs import CONFIG, PROJECTS
from mlops_gitops.compiler.source import Source
from mlops_gitops.compiler.spans import SpanMap
from mlops_gitops.compiler.suggest import did_you_mean
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.contract import Column, DataContract
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.scalars import DNS_LABEL
from mlops_gitops.spec.stack import SPLIT_TRAFFIC

if TYPE_CHECKING:
    from mlops_gitops.records.release import Release

# Job and ConfigMap names are made from a project's: with the longest ending they must still be DNS labels.
_LONGEST_NAME = 40
# Labels (and one workflow of GitHub Actions, `mlops-gitops.yml`) say it of what is one for all projects.
_RESERVED = frozenset({"platform", "gitops"})


def name_fits(name: str, spec: ProjectSpec | None, spans: SpanMap) -> Iterator[Diagnostic]:
    """MG114: the folder names the project; a written name must say the same."""
    # A Service's name is a DNS label that begins with a letter, and it is made from the project's.
    if not DNS_LABEL.fullmatch(name) or not name[0].isalpha() or len(name) > _LONGEST_NAME:
        legal = f"lower-case letters, digits and '-', at most {_LONGEST_NAME}; a letter first, no '-' last"
        todo = f"rename the folder: {legal}"
        yield Diagnostic("MG114", f"`{name}` cannot be a project's name", file=f"{PROJECTS}/{name}/{CONFIG}", help=todo)
    elif name in _RESERVED:
        message = f"`{name}` is reserved: it stands for what is one for all projects"
        yield Diagnostic("MG114", message, file=f"{PROJECTS}/{name}/{CONFIG}", help="rename the folder")
    written = spec.project.name if spec else None
    if written and written != name:
        todo = f"rename the folder to {PROJECTS}/{written}, or drop project.name"
        message = f"project.name `{written}` differs from its folder `{name}`"
        yield Diagnostic("MG114", message, spans.value(("project", "name")), help=todo)


def release_fits(release: Release, place: tuple[str, str], source: Source) -> Iterator[Diagnostic]:
    """MG116: a release file says the project and the environment that its path says."""
    said = (release.project, release.environment)
    for key, says, stands in zip(("project", "environment"), said, place, strict=True):
        if says != stands:
            message = f"the release is of {key} `{says}`, but its file stands under `{stands}`"
            todo = "releases are not copied: `mlops-gitops model promote` writes one, with its evidence"
            yield Diagnostic("MG116", message, source.spans.value((key,)), file=source.file, help=todo)


def canary_goes_on(release: Release, runtime: str | None, source: Source) -> Iterator[Diagnostic]:
    """MG260, for a release: a version on trial would get all of the traffic where nothing splits it."""
    from mlops_gitops.records.release import ALL

    share, version = release.canary, release.model.version
    if share is None:
        return
    message = todo = ""
    if release.previous is None:
        message = f"v{version} is to have {share} % of the traffic, and no `previous` serves the rest"
        todo = "restore the file from git: `mlops-gitops model promote` writes both"
    elif share < ALL and runtime not in SPLIT_TRAFFIC:
        message = f"v{version} is to have {share} % of the traffic, and {runtime} would give it all"
        todo = f"end the canary before {' or '.join(sorted(SPLIT_TRAFFIC))} is left: "
        todo += "`mlops-gitops model promote` takes its next step, `rollback` takes it back"
    if message:
        yield Diagnostic("MG260", message, source.spans.value(("canary",)), file=source.file, help=todo)


def contract_fits(contract: DataContract, source: Source) -> Iterator[Diagnostic]:
    """MG113: label, time and groups are columns; no name twice; the label is no feature that a model could see."""
    columns = {column.name: column for column in contract.columns}
    yield from _columns_named(contract, source, columns)
    yield from _named_twice(contract, source)
    for index, column in enumerate(contract.columns):
        if contract.label in columns and (column.role == "label") != (column.name == contract.label):
            message = f"column `{column.name}` has the role `{column.role}`, but the label is `{contract.label}`"
            if column.name == contract.label:
                message = f"`{column.name}` is the label, but its column has the role `{column.role}`"
            span = source.spans.value(("columns", index, "role"))
            todo = "the label's column, and no other, has the role `label`: no model is shown the answer"
            yield Diagnostic("MG113", message, span, file=source.file, help=todo)
        if column.min is not None and column.max is not None and column.min > column.max:
            message = f"column `{column.name}` has no legal value: min {column.min:g} is more than max {column.max:g}"
            yield Diagnostic("MG113", message, source.spans.value(("columns", index, "min")), file=source.file)
        if column.type == "category" and (
            bound := next((b for b in ("min", "max") if getattr(column, b) is not None), "")
        ):
            message = (
                f"column `{column.name}` is a category, whose values have no order: its {bound} is never looked at"
            )
            span = source.spans.key(("columns", index, bound))
            todo = "list the legal values in `values`, or give it the type of a number"
            yield Diagnostic("MG113", message, span, file=source.file, help=todo)
    yield from _positive_occurs(contract, source, columns.get(contract.label))


def _positive_occurs(contract: DataContract, source: Source, label: Column | None) -> Iterator[Diagnostic]:
    """The positive value is one that the label can have: else no row is ever positive."""
    if label is None:
        return
    positive, legal = contract.positive, ""
    if label.values and str(positive) not in label.values:
        legal = f"its values are {', '.join(label.values)}"
    elif isinstance(positive, int):
        if label.min is not None and positive < label.min:
            legal = f"its min is {label.min:g}"
        elif label.max is not None and positive > label.max:
            legal = f"its max is {label.max:g}"
    if legal:
        message = f"the label `{label.name}` can never be `{positive}`, its positive value: {legal}"
        todo = "write in `positive` the value that the model is to find"
        yield Diagnostic("MG113", message, source.spans.value(("positive",)), file=source.file, help=todo)


def _columns_named(contract: DataContract, source: Source, columns: dict[str, Column]) -> Iterator[Diagnostic]:
    named: list[tuple[str, str, tuple[str | int, ...]]] = [("label", contract.label, ("label",))]
    named.extend(("group", group, ("groups", index)) for index, group in enumerate(contract.groups))
    if contract.time is not None:
        named.append(("time", contract.time, ("time",)))
    for noun, name, path in named:
        if name not in columns:
            close = did_you_mean(name, columns)
            message = f"{noun} `{name}` is not a column of the contract"
            todo = f"columns: {', '.join(columns)}"
            yield Diagnostic(
                "MG113",
                message + (f"; did you mean `{close}`?" if close else ""),
                source.spans.value(path),
                file=source.file,
                help=todo,
            )


def _named_twice(contract: DataContract, source: Source) -> Iterator[Diagnostic]:
    seen = set[str]()
    for index, column in enumerate(contract.columns):
        if column.name in seen:
            span = source.spans.value(("columns", index, "name"))
            yield Diagnostic("MG113", f"column `{column.name}` is listed twice", span, help="keep one of them")
        seen.add(column.name)
