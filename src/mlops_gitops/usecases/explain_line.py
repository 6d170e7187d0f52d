"""Explain a line of a rendered file: which keys went into it, and where those were written.

The record that was rendered beside the file knows the keys; their places are looked up in the sources as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.compiler.driver import compile_tree
from mlops_gitops.compiler.explain import Explanation, explain_other
from mlops_gitops.compiler.inputs import CONTRACT, PLATFORM, PROJECTS
from mlops_gitops.compiler.origins.roots import FILE_WORDS, split_key
from mlops_gitops.compiler.source import Source, read_source
from mlops_gitops.diagnostics import FindingsError, RefusedError, UsageError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.records.layout import PLATFORM_FOLDER, RECORD, RENDERED, is_outside, provenance_path
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.records.release import release_path
from mlops_gitops.usecases.committed import parsed
from mlops_gitops.usecases.explain import explainer, parse_key


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of a rendered file and the keys that went into it; ``stale`` where the sources have changed since."""

    file: str
    line: int
    text: str
    project: str
    environment: str
    keys: tuple[tuple[str, Explanation], ...]
    stale: bool

    @property
    def target(self) -> str:
        """What renders such files: their folder's name; ``ci`` for those of other programs."""
        return "ci" if is_outside(self.file) else self.file.split("/")[-2]


def explain_line(tree: SourceTree, file: str, line: int) -> ExplainedLine:
    """``file`` is a path from the root; raises ``UsageError`` on what is no line of a rendered file.

    Raises ``RefusedError`` where the file is not what was rendered, and ``FindingsError`` where the sources do not
    compile.
    """
    folder, record = _record_of(tree, file)
    content = None if record is None else tree.read(file)
    if content is None or record is None:
        raise UsageError(f"`{file}` is no rendered file", todo="name a file that a provenance record knows")
    _refuse_edited(file, content, record)
    lines = content.decode().split("\n")[:-1]
    if not 1 <= line <= len(lines):
        raise UsageError(f"`{file}` has no line {line}", todo=f"lines go from 1 to {len(lines)}")
    compilation = compile_tree(tree, [] if folder == PLATFORM_FOLDER else [folder])
    if compilation.findings.errors:
        raise FindingsError(compilation.findings, compilation.texts, len(compilation.names))
    project = compilation.project(folder)
    environment = _environment(project, file)
    names = _keys_on(record, file, line)
    keys = tuple(_explained(tree, compilation, (project, environment), names))
    return ExplainedLine(
        file=file,
        line=line,
        text=lines[line - 1],
        project=folder if project else "",
        environment=environment.name if environment else "",
        keys=keys,
        stale=compilation.files.get(provenance_path(folder)) != tree.read(provenance_path(folder)),
    )


def _record_of(tree: SourceTree, file: str) -> tuple[str, Mapping[str, object] | None]:
    """The folder below ``rendered/`` that a file belongs to, and its record, where that knows the file."""
    if is_outside(file):
        records = (path for path in tree.files(RENDERED) if path.endswith(f"/{RECORD}"))
        folders = [path.split("/")[1] for path in records]
    else:
        folders = file.split("/")[1:2]
    for folder in folders:
        record = parsed(tree.read(provenance_path(folder)))
        if file in _mapping(record, "files"):
            return folder, record
    return "", None


def _refuse_edited(file: str, content: bytes, record: Mapping[str, object]) -> None:
    if _mapping(record, "files")[file] != digest_bytes(content):
        raise RefusedError(
            "the file is not what was rendered, so its lines tell nothing",
            where=file,
            why="its digest differs from the one in its provenance record: it was edited, or rendered only in part",
            todo="mlops-gitops render; what should stay goes into the sources below projects/",
        )


def _keys_on(record: Mapping[str, object], file: str, line: int) -> list[str]:
    origins = _mapping(record, "origins").get(file)
    if not isinstance(origins, dict):
        return []
    return [key for key, lines in origins.items() if str(line) in str(lines).split()]


def _mapping(record: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def _environment(project: Project | None, file: str) -> Environment | None:
    parts = file.split("/")
    return project.environment(parts[2]) if project and len(parts) > 3 and not is_outside(file) else None


def _explained(
    tree: SourceTree, compilation: Compilation, of: tuple[Project | None, Environment | None], names: list[str]
) -> Iterator[tuple[str, Explanation]]:
    project, environment = of
    mine = explainer(tree, project, environment) if project else None
    for name in names:
        word, key = split_key(name)
        if word:
            source = _source(tree, word, of)
            if source is not None:
                yield name, explain_other(FILE_WORDS[word], word, source, parse_key(key))
        elif mine and (found := mine.explain(parse_key(key))):
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
