"""What each field means: the text literal under it in its model's source.

Read when somebody asks (a schema is exported, a required key is missing, ``explain``), because finding it means
parsing the source, and most runs never ask.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import get_args

from pydantic import BaseModel


@lru_cache(maxsize=512)
def field_descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """The description of each field that has one, those that the model inherits included."""
    found: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        found |= _in_module(parent.__module__).get(parent.__qualname__, {})
    for name, field in model.model_fields.items():
        if field.description is not None:
            found[name] = field.description
    return {name: found[name] for name in model.model_fields if name in found}


def models_in(annotation: object) -> list[type[BaseModel]]:
    """The models that a field's annotation names: itself, a union's, a tuple's, a mapping's."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in models_in(argument)]


def models_below(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """``model`` and every model that its fields name, by name."""
    found, waiting = dict[str, type[BaseModel]](), [model]
    while waiting:
        current = waiting.pop()
        if current.__name__ not in found:
            found[current.__name__] = current
            waiting.extend(one for field in current.model_fields.values() for one in models_in(field.annotation))
    return found


@lru_cache(maxsize=64)
def _in_module(name: str) -> Mapping[str, Mapping[str, str]]:
    try:
        source = inspect.getsource(sys.modules[name])
    except (KeyError, OSError, TypeError):  # Made while the program ran, or installed without its source.
        return {}
    classes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    return {node.name: dict(_fields(node)) for node in classes}


def _fields(model: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, text in zip(model.body, model.body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str):
            yield field.target.id, inspect.cleandoc(text.value.value)
