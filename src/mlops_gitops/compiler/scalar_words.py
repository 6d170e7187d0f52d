"""A value with two readings, told: what each version of YAML takes it for, and how to write what is meant."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.plain_scalars import Reading, Wanted, plain_number
from mlops_gitops.diagnostics import Diagnostic, Span


def says_two_things(text: str, readings: tuple[Reading, Reading], wanted: Wanted, span: Span) -> Diagnostic:
    """MG107, with a way to write each of the meanings that the field takes."""
    old, new = readings
    message = f"`{text}` has two readings: {old.words} in YAML 1.1, {new.words} in YAML 1.2"
    return Diagnostic("MG107", message, span, help="; ".join(_ways(text, readings, wanted)))


def _ways(text: str, readings: tuple[Reading, Reading], wanted: Wanted) -> Iterator[str]:
    numbers = dict.fromkeys(
        plain_number(one.value)
        for one in readings
        if "number" in wanted.kinds and isinstance(one.value, int | float) and one.kind == "number"
    )
    if numbers:
        yield (
            f"write {' or '.join(numbers)}, whichever number is meant"
            if len(numbers) > 1
            else (f"write {next(iter(numbers))} for the number")
        )
    for one in readings:
        if one.kind == "boolean" and "boolean" in wanted.kinds:
            yield f"write {one.words}"
    if "text" in wanted.kinds or text in wanted.choices:
        yield f'quote it ("{text}") for text'
