"""What a layer takes away: ``null`` is said aloud, and of a key that there is."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.keyed_lists import legal_keys
from mlops_gitops.compiler.overlay import Layered
from mlops_gitops.compiler.paths import dotted, mapped_values, value_at
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.suggest import did_you_mean, unknown
from mlops_gitops.diagnostics import Diagnostic


def taken_away(layer: Layered, lower: Layered) -> Iterator[Diagnostic]:
    """Findings about the keys of a layer without a value: once it is merged, nothing is left of them to complain about.

    A key with nothing after it is mostly one whose lines are commented out: it must not take a section away.
    """
    for path, value in mapped_values(layer.data):
        if value is not None:
            continue
        legal = legal_keys(path[:-1])
        if legal and path[-1] not in legal:
            message = unknown("key", str(path[-1]), legal)
            yield Diagnostic("MG103", message, layer.spans.key(path), help=f"legal keys here: {', '.join(legal)}")
        elif _is_blank(layer, path):
            todo = "write its value, or `null` to take away what lower layers say, or drop the key"
            yield Diagnostic("MG120", f"`{dotted(path)}` has no value", layer.spans.key(path), help=todo)
        elif not legal:
            yield from _nothing_there(layer, lower, path)


def left_blank(layer: Layered) -> Iterator[Path]:
    """Keys that take something away by accident (MG120): nobody knows what was to stand there."""
    return (path for path, value in mapped_values(layer.data) if value is None and _is_blank(layer, path))


def _is_blank(layer: Layered, path: Path) -> bool:
    return layer.spans.text(path) == ""


def _nothing_there(layer: Layered, lower: Layered, path: Path) -> Iterator[Diagnostic]:
    """MG121: where the keys are a team's own there is no default to fall back to, so it must be one that is written."""
    beside = value_at(lower.data, path[:-1])
    there = tuple(beside) if isinstance(beside, dict) else ()
    if path[-1] not in there:
        close = did_you_mean(str(path[-1]), there)
        meant = f"; did you mean `{close}`?" if close else ""
        yield Diagnostic(
            "MG121",
            f"`{dotted(path)}` takes nothing away: no lower layer has it{meant}",
            layer.spans.key(path),
            help=f"lower layers have: {', '.join(there)}"
            if there
            else "drop it, or give it a value: lower layers have none here",
        )
