"""A project whose every value is marked with the key that it stands at: what the targets render a second time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from mlops_gitops.compiler.keyed_lists import keyed_lists
from mlops_gitops.compiler.origins.decisions import Decision, Given, Shaped, shape_of
from mlops_gitops.compiler.origins.made import MADE, NAME
from mlops_gitops.compiler.origins.marked import mark
from mlops_gitops.compiler.origins.roots import FILE_WORDS, of_project, root_of
from mlops_gitops.compiler.paths import dotted
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.section import MergeKey

Model = TypeVar("Model", bound=BaseModel)


def models_of(project: Project) -> tuple[Any, ...]:
    """All that a project's values stand in: its specs, each once, its contract, its releases; last its names."""
    specs = {id(spec): spec for spec in (project.spec, *(one.spec for one in project.environments))}
    releases = (one.release for one in project.environments if one.release)
    return (*specs.values(), project.contract, *releases, _made(project))


def _made(project: Project) -> dict[str, Any]:
    """What stands in no model: names, and digests."""
    return {
        "environments": [one.name for one in project.environments],
        **{key: getattr(project, one.attribute) for key, one in MADE.items()},
    }


@dataclass(slots=True)
class Marking:
    """Marks values, and learns what the targets decide by them; ``names`` are keys whose parts' names it marks too."""

    decisions: list[Decision] = field(default_factory=list)
    names: tuple[str, ...] = ()

    def platform(self, platform: PlatformSpec) -> PlatformSpec:
        """The platform's settings with marked values; one for all projects."""
        return self._whole(platform, 0, root_of("platform"))

    def project(self, project: Project, platform: PlatformSpec) -> Project:
        """A project with marked values; ``platform`` has them already.

        Its digests are those of the plain one.  Environments that share a spec share the marked one too.
        """
        marked: dict[int, Any] = {
            id(model): self._whole(model, number, _root(model)) for number, model in enumerate(models_of(project)[:-1])
        }

        def environment(one: Environment, number: int) -> Environment:
            settings = platform.environments[one.name]
            cluster = platform.clusters[one.settings.cluster]
            release = marked[id(one.release)] if one.release else None
            at = Given(last, ("environments", number))
            name = mark(one.name, (f"{root_of('platform')}environments.{one.name}",), at, self.decisions)
            spec = marked[id(one.spec)]
            return replace(one, name=name, settings=settings, cluster=cluster, spec=spec, release=release)

        last = len(marked)
        made = {
            one.attribute: mark(getattr(project, one.attribute), (key,), Given(last, (key,)), self.decisions)
            for key, one in MADE.items()
        }
        result = replace(
            project,
            spec=marked[id(project.spec)],
            contract=marked[id(project.contract)],
            platform=platform,
            environments=tuple(environment(one, number) for number, one in enumerate(project.environments)),
        )
        # What is known of the contract as a whole: asked of the marked one, each column would decide something.
        result.__dict__.update(made, can_be_attacked=project.can_be_attacked)
        return result

    def summary(self, summary: Summary) -> Summary:
        """What a project says to the repository, with marks on what is written of it."""

        def marked(value: str, key: str) -> str:
            text: str = mark(value, (f"{of_project(summary.name)}{key}",), Given(0, ()), self.decisions)
            return text

        def each(values: tuple[str, ...], key: str) -> tuple[str, ...]:
            return tuple(marked(value, f"{key}[{number}]") for number, value in enumerate(values))

        return replace(
            summary,
            name=marked(summary.name, NAME),
            contract=marked(summary.contract, "data.contract"),
            owners=each(summary.owners, "project.owners"),
            approvers=each(summary.approvers, "governance.approvers"),
        )

    def _name(self, name: str, key: str, at: Given) -> str:
        marked: str = mark(name, (_below(key, name),), _inside(at, name), self.decisions) if key in self.names else name
        return marked

    def _whole(self, model: Model, number: int, root: str) -> Model:
        result = self._section(model, root, Given(number, ()))
        if isinstance(model, DataContract):
            return cast("Model", _watched(cast("DataContract", result), model, number, self.decisions))
        if isinstance(model, ProjectSpec):
            result.__dict__["plain"] = self._value(model.plain, root, Given(number, ("plain",)))
        return result

    def _section(self, section: Model, key: str, at: Given) -> Model:
        values = {
            name: self._value(value, _below(key, name), _inside(at, name))
            for name, value in section.__dict__.items()
            if name != "plain"
        }
        result = section.model_copy()
        result.__dict__.clear()
        result.__dict__.update(values)
        return result

    def _value(self, value: Any, key: str, at: Given) -> Any:
        if isinstance(value, BaseModel):
            return self._section(value, key, at)
        if isinstance(value, Mapping):
            return {
                self._name(name, key, at): self._value(item, _below(key, name), _inside(at, name))
                for name, item in value.items()
            }
        if isinstance(value, list | tuple):
            items = [self._item(item, key, index, _inside(at, index)) for index, item in enumerate(value)]
            return items if isinstance(value, list) else tuple(items)
        return mark(value, (key,), at, self.decisions)

    def _item(self, item: Any, key: str, index: int, at: Given) -> Any:
        """An item of a list; one that layers know by a key is named by it, as ``explain`` does."""
        known_by = _known_by().get(key)
        if known_by is None:
            return self._value(item, f"{key}[{index}]", at)
        said = item if isinstance(item, Mapping) else vars(item)
        for part in (known_by.name, *(known_by.beside or ())[:1]):
            self.decisions.append(Decision(_inside(at, part), said[part]))
        name = known_by.of(said)
        return self._value(item, f"{key}[{name}]", at)


def _inside(at: Given, part: str | int) -> Given:
    return Given(at.model, (*at.place, part))


def _watched(marked: DataContract, plain: DataContract, number: int, decisions: list[Decision]) -> DataContract:
    """A contract that notes which parts of it are read at all: no two projects have the same columns."""
    read = set[str]()

    class Watched(DataContract):
        """Looks like any other."""

        def __getattribute__(self, name: str) -> Any:
            if name in DataContract.model_fields and name not in read:
                read.add(name)
                decisions.append(Decision(Shaped(Given(number, (name,))), shape_of(getattr(plain, name))))
            return super().__getattribute__(name)

    watched: Any = Watched.__new__(Watched)
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"):
        object.__setattr__(watched, slot, getattr(marked, slot))
    return cast("DataContract", watched)


def _root(model: BaseModel) -> str:
    words = (word for word, kind in FILE_WORDS.items() if isinstance(model, kind))
    return next(map(root_of, words), "")


def _below(key: str, name: str) -> str:
    return f"{key}[{name}]" if "." in name else f"{key}.{name}" if key and key[-1] != ":" else f"{key}{name}"


@cache
def _known_by() -> dict[str, MergeKey]:
    return {dotted(path): key for path, key in keyed_lists().items()}
