"""Plain data to frozen models; what pydantic finds wrong becomes diagnostics at the place where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mlops_gitops.compiler.source import did_you_mean
from mlops_gitops.compiler.spans import Path, SpanMap
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.records.artifact import Plain

Model = TypeVar("Model", bound=BaseModel)

_NOUNS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "model": "a mapping",
    "dict": "a mapping",
    "tuple": "a list",
}


def build(model: type[Model], data: Plain, spans: SpanMap, file: str) -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """Parse ``data`` into ``model``; on failure ``None`` and every finding, each at its place."""
    if data is None:
        data = {}
    try:
        return model.model_validate(data), ()
    except ValidationError as error:
        return None, tuple(_translate(model, error, spans, file))


def _translate(model: type[BaseModel], error: ValidationError, spans: SpanMap, file: str) -> Iterator[Diagnostic]:
    seen: set[Path] = set()
    for detail in error.errors(include_url=False):
        path = _written_path(model, detail["loc"])
        # A union reports each of its branches; the first one says enough.
        if path in seen and detail["type"] != "missing":
            continue
        seen.add(path)
        yield _diagnostic(model, detail, path, spans, file)


def _diagnostic(model: type[BaseModel], detail: ErrorDetails, path: Path, spans: SpanMap, file: str) -> Diagnostic:
    kind, where = detail["type"], ".".join(str(part) for part in path)
    if kind == "extra_forbidden":
        legal = _fields_at(model, path[:-1])
        close = did_you_mean(str(path[-1]), legal)
        message = f"unknown key `{path[-1]}`" + (f"; did you mean `{close}`?" if close else "")
        return Diagnostic("MG103", message, spans.key(path), file=file, help=f"legal keys here: {', '.join(legal)}")
    if kind == "missing":
        parent = ".".join(str(part) for part in path[:-1])
        message = f"required key `{path[-1]}` is missing" + (f" in `{parent}`" if parent else "")
        span = spans.key(path[:-1]) if path[:-1] else None
        return Diagnostic("MG105", message, span, file=file, help="mlops-gitops schema prints what each key takes")
    if kind in ("enum", "literal_error"):
        return _choice(detail, path, spans, file)
    if kind.endswith(("_type", "_parsing")):
        noun = _NOUNS.get(kind.removesuffix("_type").removesuffix("_parsing"), kind.removesuffix("_type"))
        message = f"`{where or file}` must be {noun}, not {_shown(detail['input'])}"
        return Diagnostic("MG104", message, spans.value(path), file=file)
    reason = detail["msg"].removeprefix("Value error, ")
    message = f"`{where}`: {reason[:1].lower()}{reason[1:]}, not {_shown(detail['input'])}"
    return Diagnostic("MG110", message, spans.value(path), file=file)


def _choice(detail: ErrorDetails, path: Path, spans: SpanMap, file: str) -> Diagnostic:
    expected = str(detail["ctx"]["expected"])
    legal = tuple(part.strip().strip("'") for part in expected.replace(" or ", ", ").split(","))
    given = str(detail["input"])
    noun = _singular(next((str(part) for part in reversed(path) if isinstance(part, str)), "value"))
    close = did_you_mean(given, legal)
    message = f"unknown {noun} `{given}`" + (f"; did you mean `{close}`?" if close else "")
    return Diagnostic("MG102", message, spans.value(path), file=file, help=f"legal: {', '.join(legal)}")


def _singular(name: str) -> str:
    word = name.replace("_", " ")
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word.removesuffix("s")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'the text "{value[:40]}"'
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return str(value)


def _written_path(model: type[BaseModel], loc: tuple[int | str, ...]) -> Path:
    """The path as written: pydantic adds the names of union branches and ``[key]`` for mapping keys."""
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


_BRANCH = object()


def _step(current: object, part: int | str) -> object:
    """The annotation one level down, or ``_BRANCH`` where ``part`` names a branch of a union of scalars."""
    if isinstance(current, type) and issubclass(current, BaseModel):
        field = current.model_fields.get(str(part))
        return field.annotation if field else None
    models = _models_in(current)
    if isinstance(part, int):
        return models[0] if models else current
    if models and part in models[0].model_fields and not _is_mapping(current):
        return models[0].model_fields[str(part)].annotation
    if _is_mapping(current):
        return get_args(current)[1]
    return None if current is None or models else _BRANCH


def _is_mapping(annotation: object) -> bool:
    return getattr(annotation, "__origin__", None) is dict


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _fields_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    current: object = model
    for part in path:
        current = _step(current, part)
    models = _models_in(current)
    return tuple(models[0].model_fields) if models else ()
