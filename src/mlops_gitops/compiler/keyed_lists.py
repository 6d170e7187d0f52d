"""Lists whose items are known by a key (environment variables by name, say), on their way through the layers.

Such a list may be written as a list or as a mapping from key to item, in every layer.  Both become a mapping, mappings
merge, and what comes out becomes a list again.  So an item is changed where it stands, a new one comes last, and
``null`` in the mapping form removes one.  An empty list is no mapping: it takes away all that lies below.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pydantic import BaseModel

from mlops_gitops.compiler.model_paths import closed_keys
from mlops_gitops.compiler.overlay import Layered
from mlops_gitops.compiler.paths import dotted, value_at, with_value
from mlops_gitops.compiler.spans import Moved, Path
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.section import MergeKey


@cache
def keyed_lists(model: type[BaseModel] = ProjectSpec) -> dict[Path, MergeKey]:
    """Where a project's configuration has such lists, and what the items of each are known by."""
    return dict(_declared(model, ()))


def _declared(model: type[BaseModel], path: Path) -> Iterator[tuple[Path, MergeKey]]:
    for name, about in model.model_fields.items():
        keys = [mark for mark in about.metadata if isinstance(mark, MergeKey)]
        if keys:
            yield (*path, name), keys[0]
        elif isinstance(about.annotation, type) and issubclass(about.annotation, BaseModel):
            yield from _declared(about.annotation, (*path, name))


def list_of(path: Path) -> Path | None:
    """The keyed list that a path leads into."""
    return next((one for one in keyed_lists() if len(one) < len(path) and path[: len(one)] == one), None)


def in_model(path: Path) -> Path:
    """A path in which an item of a keyed list stands by its key, as the models know it: by a number."""
    above = list_of(path)
    return path if above is None else (*above, 0, *path[len(above) + 1 :])


def legal_keys(path: Path) -> tuple[str, ...]:
    """The only keys of a project's configuration that may stand below a path; none where any may, or none at all."""
    return () if path in keyed_lists() else closed_keys(ProjectSpec, in_model(path))


def by_key(layer: Layered) -> tuple[Layered, tuple[Diagnostic, ...]]:
    """A layer with its keyed lists as mappings, and what is wrong with their keys.

    A list that has an item without the key stays as it is: the models will say what is wrong with it.
    """
    moved = _Moved(layer)
    for path, key in keyed_lists().items():
        value = value_at(layer.data, path)
        if isinstance(value, list) and value:
            moved.to_mapping(path, key, value)
        elif isinstance(value, dict):
            moved.check_mapping(path, key, value)
    return moved.layer(), tuple(moved.found)


def as_lists(layer: Layered) -> Layered:
    """The mappings that ``by_key`` made, as lists again."""
    moved = _Moved(layer)
    for path, key in keyed_lists().items():
        value = value_at(layer.data, path)
        if isinstance(value, dict):
            items = [{**key.parts(name), **item} if isinstance(item, dict) else item for name, item in value.items()]
            moved.put(path, items, {(*path, index): (*path, name) for index, name in enumerate(value)})
    return moved.layer()


class _Moved:
    """A layer whose lists change their form, one after another."""

    def __init__(self, before: Layered) -> None:
        self.before, self.data = before, before.data
        self.places: dict[Path, Path] = {}
        self.found: list[Diagnostic] = []

    def layer(self) -> Layered:
        if self.data is self.before.data:
            return self.before
        return Layered(self.data, Moved(self.before.spans, self.places))

    def put(self, path: Path, value: Plain, places: dict[Path, Path]) -> None:
        self.data = with_value(self.data, path, value)
        self.places |= places

    def to_mapping(self, path: Path, key: MergeKey, items: list[Plain]) -> None:
        names = [key.of(item) if isinstance(item, dict) else None for item in items]
        if not all(names):
            return
        first: dict[str, int] = {}
        for index, name in enumerate(names):
            if first.setdefault(str(name), index) != index:
                self._twice((*path, index, key.name), (*path, first[str(name)], key.name), str(name))
        mapping = {name: items[index] for name, index in first.items()}
        self.put(path, mapping, {(*path, name): (*path, index) for name, index in first.items()})

    def _twice(self, place: Path, earlier: Path, name: str) -> None:
        spans, where = self.before.spans, dotted(place[:-2])
        first = spans.value(earlier)
        self.found.append(
            Diagnostic(
                "MG118",
                f"`{where}` has two items with {place[-1]} `{name}`",
                spans.value(place),
                related=(f"first written at {first}",) if first else (),
                help="layers know an item by it: keep one of them",
            )
        )

    def check_mapping(self, path: Path, key: MergeKey, items: dict[str, Plain]) -> None:
        for name, item in items.items():
            if isinstance(item, dict):
                self._says_the_same(path, name, item, key.parts(name))
            elif item is not None:
                span = self.before.spans.value((*path, name))
                message = f"the item `{name}` of `{dotted(path)}` must be a mapping"
                todo = f"write what it sets as a mapping below `{name}`, or `null` to take it away"
                self.found.append(Diagnostic("MG104", message, span, help=todo))

    def _says_the_same(self, path: Path, name: str, item: dict[str, Plain], parts: dict[str, str]) -> None:
        for key, said in parts.items():
            if item.get(key, said) != said:
                span = self.before.spans.value((*path, name, key))
                message = f"`{dotted(path)}` has `{name}` as its key and another {key} inside"
                self.found.append(Diagnostic("MG118", message, span, help=f"drop `{key}`: the key says it"))
