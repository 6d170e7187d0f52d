"""Plain data to frozen models; what pydantic finds wrong becomes diagnostics at the place where it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mlops_gitops.compiler.model_paths import descriptions_at, fields_at, written_path
from mlops_gitops.compiler.other_places import belongs
from mlops_gitops.compiler.paths import dotted
from mlops_gitops.compiler.spans import Path, SpanMap
from mlops_gitops.compiler.suggest import NEARLY, did_you_mean, unknown
from mlops_gitops.compiler.value_words import kind, what_is_wrong
from mlops_gitops.diagnostics import Diagnostic, Span
from mlops_gitops.records.artifact import Plain

Model = TypeVar("Model", bound=BaseModel)

MISSING = "MG105"
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
    """Parse ``data`` into ``model``; on failure ``None`` and every finding, each at its place.

    ``file`` is named where a finding has no place in it (a required key that is missing at the top, say).
    """
    try:
        return model.model_validate(data), ()
    except ValidationError as error:
        return None, tuple(_translate(_Place(model, spans, file), error))


def check_part(model: type[BaseModel], data: Plain, spans: SpanMap, file: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a part of ``model``: all that ``build`` finds, but for what another layer may add."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        found = _translate(_Place(model, spans, file), error, whole=False)
        return tuple(problem for problem in found if problem.code != MISSING)
    return ()


class _Place(NamedTuple):
    """What is being parsed, and where it was written."""

    model: type[BaseModel]
    spans: SpanMap
    file: str

    def finding(self, code: str, message: str, span: Span | None, todo: str | None = None) -> Diagnostic:
        return Diagnostic(code, message, span, file=None if span else self.file, help=todo)


def _translate(place: _Place, error: ValidationError, *, whole: bool = True) -> Iterator[Diagnostic]:
    """Of a part, what is missing in it is not told: another layer may add it."""
    # A union reports each of its branches: what was found at one path is one finding.
    by_path: dict[tuple[Path, bool], list[ErrorDetails]] = {}
    missing: dict[Path, list[str]] = {}
    for detail in error.errors(include_url=False):
        path = written_path(place.model, detail["loc"])
        if detail["type"] == "missing" and not place.spans.has(path):
            missing.setdefault(path[:-1], []).append(str(path[-1]))
        else:
            by_path.setdefault((path, "[key]" in detail["loc"]), []).append(detail)
    for parent, keys in missing.items() if whole else ():
        yield _missing(place, parent, keys)
    above = {path[:length] for path, _ in by_path for length in range(len(path))}
    for (path, in_key), details in by_path.items():
        # A list is too short, pydantic says, where its items were wrong.
        if path not in above:
            yield _diagnostic(place, details, path, in_key=in_key)


def _diagnostic(place: _Place, details: list[ErrorDetails], path: Path, *, in_key: bool) -> Diagnostic:
    # Where one branch of a union likes the type, its complaint about the value is the one that helps.
    detail = next((one for one in details if not _is_type(one["type"])), details[0])
    fault = detail["type"]
    if fault == "extra_forbidden":
        return _unknown_key(place, path)
    if fault == "missing":
        message = f"required key `{dotted(path)}` is taken away"
        return place.finding("MG105", message, place.spans.key(path), _says(place, path[:-1], [str(path[-1])]))
    if fault in ("enum", "literal_error"):
        return _choice(place, detail, path)
    if _is_type(fault):
        return _wrong_type(place, details, path)
    message, todo = what_is_wrong(dotted(path), detail, place.spans.text(path))
    if in_key:
        _, _, what = message.partition(": ")
        message = f"`{path[-1]}` cannot be a name in `{dotted(path[:-1])}`: {what or 'it is empty'}"
    return place.finding("MG110", message, place.spans.key(path) if in_key else place.spans.value(path), todo)


def _unknown_key(place: _Place, path: Path) -> Diagnostic:
    """A word that is nearly legal here was meant so; one that is legal elsewhere only stands in the wrong section."""
    key, legal = str(path[-1]), tuple(fields_at(place.model, path[:-1]))
    message = unknown("key", key, legal)
    if did_you_mean(key, legal, cutoff=NEARLY) is None and (elsewhere := belongs(place.model, key)):
        message = f"unknown key `{key}`; {elsewhere}"
    return place.finding("MG103", message, place.spans.key(path), f"legal keys here: {', '.join(legal)}")


def _is_type(fault: str) -> bool:
    return fault.endswith(("_type", "_parsing"))


def _as_list(given: object) -> str | None:
    if isinstance(given, dict):
        return "write each entry as an item of its own: `- …`"
    if isinstance(given, str) and given.startswith("-"):
        return "a dash has a space behind it: `- item`, one a line"
    if isinstance(given, str) and given:
        return f"write it as a list: [{given}]" if given[0].isalnum() else f'write it as a list: ["{given}"]'
    return None


def _share(given: str) -> str:
    return f"write it as a share of one: {float(given.rstrip(' %')) / 100:g}"


def _missing(place: _Place, parent: Path, keys: list[str]) -> Diagnostic:
    """One finding for all keys that a section lacks."""
    names = [f"`{key}`" for key in keys]
    listed = f"{', '.join(names[:-1])} and {names[-1]} are" if len(names) > 1 else f"{names[0]} is"
    within = f" in `{dotted(parent)}`" if parent else ""
    message = f"required key{'s' if len(names) > 1 else ''} {listed} missing{within}"
    span = place.spans.key(parent) if parent else None
    return place.finding("MG105", message, span, _says(place, parent, keys))


def _says(place: _Place, parent: Path, keys: list[str]) -> str | None:
    """What the keys mean, in the words that editors show."""
    known = descriptions_at(place.model, parent)
    meanings = [f"`{key}`: {known[key]}" for key in keys if key in known]
    return " ".join(meanings) or None


def _choice(place: _Place, detail: ErrorDetails, path: Path) -> Diagnostic:
    expected = str(detail["ctx"]["expected"])
    legal = tuple(part.strip().strip("'") for part in expected.replace(" or ", ", ").split(","))
    given = detail["input"]
    todo = f"legal: {', '.join(legal)}"
    if given is None or isinstance(given, dict | list):
        message = f"`{dotted(path)}` must be one of its choices, not {kind(given)}"
        return place.finding("MG104", message, place.spans.value(path), todo)
    shown = place.spans.text(path) or str(given)
    name = next((part for part in reversed(path) if isinstance(part, str)), "value")
    if path and isinstance(path[-1], int) and name.endswith("s"):
        return place.finding("MG102", unknown(_singular(name), shown, legal), place.spans.value(path), todo)
    close = did_you_mean(shown, legal)
    message = f"`{dotted(path)}` cannot be `{shown}`" + (f"; did you mean `{close}`?" if close else "")
    return place.finding("MG102", message, place.spans.value(path), todo)


def _singular(name: str) -> str:
    word = name.replace("_", " ")
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def _wrong_type(place: _Place, details: list[ErrorDetails], path: Path) -> Diagnostic:
    types = [one["type"].removesuffix("_type").removesuffix("_parsing") for one in details]
    nouns = list(dict.fromkeys(_NOUNS.get(name, name) for name in types))
    wanted = ", ".join(nouns[:-1]) + f" or {nouns[-1]}" if len(nouns) > 1 else nouns[0]
    given, written = details[0]["input"], place.spans.text(path)
    what = f"`{dotted(path)}`" if path else "the file"
    shown = written if isinstance(given, int | float) and written else kind(given)
    return place.finding(
        "MG104",
        f"{what} must be {wanted}, not {shown}",
        place.spans.value(path),
        _remedy(nouns, given, written, nested=bool(path)),
    )


def _remedy(nouns: list[str], given: object, written: str | None, *, nested: bool) -> str | None:
    """What to do about a wrong type, where one small change of the text would do."""
    if nouns == ["text"] and isinstance(given, int | float):
        return f'quote it: "{written}"'
    if nouns == ["a list"]:
        return _as_list(given)
    if nouns == ["a mapping"]:
        where, dashes = " below it, indented" if nested else "", ", without dashes" if isinstance(given, list) else ""
        return f"write lines `key: value`{where}{dashes}" if given else None
    if isinstance(given, str) and re.fullmatch(r"[\d.]+ ?%", given) and {"a number", "a whole number"} & set(nouns):
        return "write it without the sign, as a whole number" if nouns == ["a whole number"] else _share(given)
    if isinstance(given, str) and {"a number", "a whole number"} & set(nouns) and given.replace(".", "", 1).isdigit():
        return f"drop the quotes: {given}"
    return None
