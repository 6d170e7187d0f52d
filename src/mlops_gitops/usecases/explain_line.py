"""Explain a line of a rendered file: which keys went into it, and where those were written.

The record that was rendered beside the file knows the keys; their places are looked up in the sources as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.compiler.driver import compile_tree
from mlops_gitops.compiler.explain import Explanation, explain_other, without_secrets
from mlops_gitops.compiler.inputs import CONTRACT, PLATFORM, PROJECTS
from mlops_gitops.compiler.origins.made import MADE, made
from mlops_gitops.compiler.origins.roots import FILE_WORDS, split_key, split_project
from mlops_gitops.compiler.source import Source, read_source
from mlops_gitops.diagnostics import FindingsError, RefusedError, UsageError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.records.layout import PLATFORM_FOLDER, RECORD, RENDERED, is_outside, provenance_path
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import release_path
from mlops_gitops.usecases.committed import parsed
from mlops_gitops.usecases.explain import explainer, parse_key, secrets_hidden


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of a rendered file and the keys that went into it; ``stale`` where the sources have changed since.

    ``below`` are the keys of the block that stands under the line, further in, with the lines of each.
    """

    file: str
    line: int
    text: str
    project: str
    environment: str
    keys: tuple[tuple[str, Explanation], ...]
    stale: bool
    below: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def target(self) -> str:
        """What renders such files: ``serving``, ``ci``, ``platform``, …"""
        if is_outside(self.file):
            return "codeowners" if self.file.endswith("CODEOWNERS") else "ci"
        folders = self.file.split("/")[1:-1]
        if folders[0] == PLATFORM_FOLDER:
            return "ci" if folders[1:] == ["ci"] else "platform"
        return folders[2] if len(folders) > 2 else folders[-1]


def explain_line(tree: SourceTree, file: str, line: int) -> ExplainedLine:
    """``file`` is a path from the root; raises ``UsageError`` on what is no line of a rendered file.

    Raises ``RefusedError`` where the file is not what was rendered, and ``FindingsError`` where the sources do not
    compile.
    """
    folder, record = _record_of(tree, file)
    content = _as_rendered(tree, file, record)
    lines = content.decode().split("\n")[:-1]
    if not 1 <= line <= len(lines):
        raise UsageError(f"`{file}` has no line {line}", todo=f"lines go from 1 to {len(lines)}")
    compilation = compile_tree(tree, [] if folder == PLATFORM_FOLDER else [folder])
    if compilation.findings.errors:
        raise FindingsError(compilation.findings, compilation.texts, len(compilation.names))
    project = compilation.project(folder)
    environment = _environment(project, file)
    origins = _origins(record, file)
    names = [key for key, numbers in origins.items() if line in numbers]
    hide = secrets_hidden(tree, folder if project else "")
    found = _explained(tree, compilation, (project, environment), names)
    keys = tuple((key, without_secrets(one, hide)) for key, one in found)
    return ExplainedLine(
        file=file,
        line=line,
        text=hide(lines[line - 1]),
        project=folder if project else "",
        environment=environment.name if environment else "",
        keys=keys,
        stale=compilation.files.get(provenance_path(folder)) != tree.read(provenance_path(folder)),
        below=() if keys else tuple(_below(lines, line, origins)),
    )


def _record_of(tree: SourceTree, file: str) -> tuple[str, Mapping[str, object]]:
    """The folder below ``rendered/`` that a file belongs to, and its record; raises where none knows the file."""
    if is_outside(file):
        records = (path for path in tree.files(RENDERED) if path.endswith(f"/{RECORD}"))
        folders = [path.split("/")[1] for path in records]
    else:
        folders = file.split("/")[1:2]
    for folder in folders:
        record = parsed(tree.read(provenance_path(folder)))
        if file in _mapping(record, "files"):
            return folder, record
    raise _unknown(tree, file)


def _unknown(tree: SourceTree, file: str) -> UsageError:
    message = f"`{file}` is no rendered file"
    if file.startswith(f"{PROJECTS}/"):
        return UsageError(
            message,
            why="it is a source, and says itself what it says",
            todo="explain PROJECT KEY shows all layers of a key",
        )
    if not is_outside(file) and file.endswith(f"/{RECORD}"):
        return UsageError(message, why="it is the record of the others", todo="name a file that it lists under `files`")
    if beside := [] if is_outside(file) else _beside(tree, file):
        return UsageError(message, todo=f"rendered there: {', '.join(beside)}")
    return UsageError(message, todo="name a file that a provenance record knows; mlops-gitops render renews those")


def _beside(tree: SourceTree, file: str) -> list[str]:
    folder = file.rpartition("/")[0]
    names = (path.removeprefix(f"{folder}/") for path in tree.files(folder))
    return [name for name in names if "/" not in name]


def _as_rendered(tree: SourceTree, file: str, record: Mapping[str, object]) -> bytes:
    """The file, where it is as it was rendered: else its lines are not those that the record speaks of."""
    content = tree.read(file)
    if content is None:
        raise UsageError(
            f"`{file}` is not there", why="its provenance record knows it: it was deleted", todo="mlops-gitops render"
        )
    if _mapping(record, "files")[file] != digest_bytes(content):
        raise RefusedError(
            "the file is not what was rendered, so its lines tell nothing",
            where=file,
            why="its digest differs from the one in its provenance record: it was edited, or rendered only in part",
            todo="mlops-gitops render; what should stay goes into the sources below projects/",
        )
    return content


def _origins(record: Mapping[str, object], file: str) -> dict[str, tuple[int, ...]]:
    """By key the lines of a file that it went into."""
    origins = _mapping(_mapping(record, "origins"), file)
    return {key: tuple(int(line) for line in str(lines).split() if line.isdecimal()) for key, lines in origins.items()}


def _below(
    lines: Sequence[str], line: int, origins: Mapping[str, tuple[int, ...]]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The keys of the lines under a line that are further in, in the order of their first lines."""
    depth, last = _depth(lines[line - 1]), line
    while last < len(lines) and (not lines[last].strip() or _depth(lines[last]) > depth):
        last += 1
    found = {key: tuple(number for number in numbers if line < number <= last) for key, numbers in origins.items()}
    yield from sorted(((key, inside) for key, inside in found.items() if inside), key=lambda one: (one[1][0], one[0]))


def _depth(text: str) -> int:
    return len(text) - len(text.lstrip(" -"))


def _mapping(record: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def _environment(project: Project | None, file: str) -> Environment | None:
    parts = file.split("/")
    return project.environment(parts[2]) if project and len(parts) > 3 and not is_outside(file) else None


def _explained(
    tree: SourceTree, compilation: Compilation, of: tuple[Project | None, Environment | None], names: list[str]
) -> Iterator[tuple[str, Explanation]]:
    for name in names:
        folder, rest = split_project(name)
        project = compilation.project(folder) if folder else of[0]
        word, key = split_key(rest)
        if project and rest in MADE:
            yield name, made(project, rest)
        elif word:
            source = _source(tree, word, of)
            if source is not None:
                yield name, explain_other(FILE_WORDS[word], word, source, parse_key(key))
        elif project and (found := explainer(tree, project, of[1]).explain(parse_key(key))):
            yield name, found


def _source(tree: SourceTree, word: str, of: tuple[Project | None, Environment | None]) -> Source | None:
    project, environment = of
    path = PLATFORM
    if word == "contract" and project:
        path = f"{PROJECTS}/{project.name}/{project.spec.data.contract or CONTRACT}"
    if word == "release" and project and environment:
        path = release_path(project.name, environment.name)
    content = tree.read(path)
    return read_source(path, content) if content is not None else None
