"""Render: compile the work tree and make ``rendered/`` say what it means; or check that it already does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlops_gitops.diagnostics import Findings, FindingsError
from mlops_gitops.ports.rendered_tree import RenderedTree
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.ports.workers import Inline, Workers
from mlops_gitops.usecases.committed import refuse
from mlops_gitops.usecases.rendering.carry_out import Rendering
from mlops_gitops.usecases.rendering.differences import Difference, DifferenceKind
from mlops_gitops.usecases.rendering.memory import Memory
from mlops_gitops.usecases.rendering.outcome import Outcome, by_path, remembered, stray

__all__ = ["CheckReport", "Difference", "DifferenceKind", "RenderReport", "check", "render"]


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What was rendered, and the warnings on the way; ``texts`` are the files that they point into."""

    findings: Findings
    texts: Mapping[str, str]
    projects: int
    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How the rendered files differ from what the sources mean; ``files`` is how many there should be."""

    findings: Findings
    texts: Mapping[str, str]
    projects: int
    files: int
    differences: tuple[Difference, ...]


def render(
    tree: SourceTree,
    rendered: RenderedTree,
    projects: Iterable[str] = (),
    workers: Workers | None = None,
    memory: Memory | None = None,
) -> RenderReport:
    """Write what differs: every file, or none.

    Raises ``FindingsError`` where something does not compile, ``RefusedError`` where a person's file is in the way.
    """
    rendered.recover()
    try:
        outcome = Rendering(tree, workers or Inline(), rendered, memory).carry_out(tuple(projects))
        _without_errors(tree, outcome)
        refuse(tuple(path for one in outcome.folders for path in one.in_the_way))
        clock = memory.stamps.clock() if memory else 0
        if swap := outcome.swap():
            rendered.swap(swap)
        _remember(memory, outcome, clock)
    finally:
        rendered.drop()
    written = tuple(path for one in outcome.folders for path in one.written)
    removed = (*(path for one in outcome.folders for path in one.removed), *outcome.strays)
    return RenderReport(
        outcome.findings,
        _texts(tree, outcome.findings),
        len(outcome.names),
        written,
        tuple(dict.fromkeys(removed)),
        sum(one.files for one in outcome.folders) - len(written),
    )


def check(
    tree: SourceTree,
    projects: Iterable[str] = (),
    workers: Workers | None = None,
    memory: Memory | None = None,
) -> CheckReport:
    """Every rendered file that is not what the sources mean, with why; writes nothing of them."""
    outcome = Rendering(tree, workers or Inline(), memory=memory).carry_out(tuple(projects))
    _without_errors(tree, outcome)
    _remember(memory, outcome, 0)
    found = (*(one for folder in outcome.folders for one in folder.differences), *map(stray, outcome.strays))
    return CheckReport(
        outcome.findings,
        _texts(tree, outcome.findings),
        len(outcome.names),
        sum(one.files for one in outcome.folders),
        by_path(found),
    )


def _remember(memory: Memory | None, outcome: Outcome, clock: int) -> None:
    if memory and (known := remembered(outcome, clock)) != memory.known():
        memory.keep(known, outcome.summaries)


def _without_errors(tree: SourceTree, outcome: Outcome) -> None:
    if outcome.findings.errors:
        raise FindingsError(outcome.findings, _texts(tree, outcome.findings), len(outcome.names))


def _texts(tree: SourceTree, findings: Findings) -> dict[str, str]:
    """The texts that findings point into, for carets."""
    files = {found.span.file for found in findings.diagnostics if found.span}
    if not files:
        return {}
    from mlops_gitops.compiler.secrets.report import shown
    from mlops_gitops.compiler.source import text_of

    texts = {file: text_of(content) for file in sorted(files) if (content := tree.read(file)) is not None}
    return shown(texts, findings)
