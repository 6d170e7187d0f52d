"""Finding one's way in the spec's models: from a path as it was written to the annotation that stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mlops_gitops.compiler.spans import Path
from mlops_gitops.spec.descriptions import field_descriptions, models_in

# Marks the point where pydantic's location goes on into the branches of a union of scalars.
_BRANCH = object()


def written_path(model: type[BaseModel], loc: tuple[int | str, ...]) -> Path:
    """The path as written: pydantic adds the names of union branches, and ``[key]`` for a mapping's key."""
    path: list[int | str] = []
    current: object = model
    for part in loc:
        if part == "[key]":
            continue
        current = _step(current, part)
        if current is _BRANCH:
            break
        path.append(part)
    return tuple(path)


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model at ``path``, or nothing where none stands there."""
    current: object = model
    for part in path:
        current = _step(current, part)
    return next(iter(models_in(current)), None)


def fields_at(model: type[BaseModel], path: Path) -> dict[str, FieldInfo]:
    """The fields of the model at ``path`` by name; none where no model stands there."""
    found = model_at(model, path)
    return dict(found.model_fields) if found else {}


def descriptions_at(model: type[BaseModel], path: Path) -> Mapping[str, str]:
    """What the fields of the model at ``path`` mean, by name."""
    found = model_at(model, path)
    return field_descriptions(found) if found else {}


def annotation_at(model: type[BaseModel], path: Path) -> object:
    """The type of what may stand at ``path``, with its limits; ``None`` where the language has no such key.

    Lists are one value: a path does not lead into them.
    """
    current: object = model
    for part in path:
        models = models_in(current)
        if is_list(current) or not (models or _is_mapping(current)):
            return None
        field = None if _is_mapping(current) else models[0].model_fields.get(str(part))
        if field is not None:
            current = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        elif _is_mapping(current):
            current = get_args(current)[1]
        else:
            return None
    return current


def is_list(annotation: object) -> bool:
    """Whether a list stands there."""
    bare = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return get_origin(bare) is tuple


def closed_keys(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The only keys that may stand below ``path``; none where any may, or none at all."""
    current: object = model
    for part in path:
        current = _step(current, part)
    return () if _is_mapping(current) else tuple(fields_at(model, path))


def _step(current: object, part: int | str) -> object:
    """The annotation one level down, or ``_BRANCH`` where ``part`` names a branch of a union of scalars."""
    if isinstance(current, type) and issubclass(current, BaseModel):
        field = current.model_fields.get(str(part))
        return field.annotation if field else None
    models = models_in(current)
    if isinstance(part, int):
        return models[0] if models else current
    if models and part in models[0].model_fields and not _is_mapping(current):
        return models[0].model_fields[str(part)].annotation
    if _is_mapping(current):
        return get_args(current)[1]
    return None if current is None or models else _BRANCH


def _is_mapping(annotation: object) -> bool:
    return getattr(annotation, "__origin__", None) is dict
