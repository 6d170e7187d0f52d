"""The files of one project and how they are read: configuration, contract, overlays, releases, manifests, code.

A file that must be there and is not, or that leads out of the repository, becomes a diagnostic like any other finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from pydantic import BaseModel

from mlops_gitops.compiler import stray_files
from mlops_gitops.compiler.file_names import CONFIG as CONFIG
from mlops_gitops.compiler.file_names import CONTRACT as CONTRACT
from mlops_gitops.compiler.file_names import MANIFESTS, REQUIREMENTS
from mlops_gitops.compiler.file_names import PLATFORM as PLATFORM
from mlops_gitops.compiler.file_names import PROJECTS as PROJECTS
from mlops_gitops.compiler.named_code import CONFIG_KEYS, CONTRACT_KEYS, named_code
from mlops_gitops.compiler.pointers import pointer_fits
from mlops_gitops.compiler.secrets.report import exposed
from mlops_gitops.compiler.source import Source, read_source
from mlops_gitops.compiler.spans import NOWHERE
from mlops_gitops.diagnostics import Diagnostic, RefusedError, Span
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.canonical import digest_bytes, digest_of
from mlops_gitops.records.layout import release_path
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.project import ProjectSpec


class Inputs(NamedTuple):
    """A project's sources as read.  ``overlays`` and ``releases`` are by environment."""

    config: Source | None
    contract: Source | None
    overlays: dict[str, Source]
    releases: dict[str, Source]
    pointer: Source | None
    code_digest: str
    diagnostics: tuple[Diagnostic, ...]
    secrets: tuple[str, ...]
    """What is written in plain text and must not be repeated."""
    manifests: Mapping[str, Source]
    """The project's own Kubernetes manifests, by file name."""
    requirements: Mapping[str, bytes]
    """Its ``requirements.txt``, where it has one, and the files that this asks for, by path."""

    def sources(self) -> tuple[Source, ...]:
        """Every file that was read, for carets and for the input digests."""
        single = (self.config, self.contract, self.pointer)
        return (
            *(one for one in single if one),
            *self.overlays.values(),
            *self.releases.values(),
            *self.manifests.values(),
        )


def read_inputs(tree: SourceTree, name: str, environments: Iterable[str]) -> Inputs:
    """Read all files of a project; ``environments`` are the platform's, none where nobody knows them."""
    folder, known = f"{PROJECTS}/{name}", tuple(environments)
    reader = _Reader(tree, folder, tuple(tree.files(folder)))
    config = reader.required(CONFIG, ProjectSpec, "every project has one; `mlops-gitops init` writes a first one")
    contract, pointer = _data(reader, config)
    overlays = {env: one for env in known if (one := reader.optional(f"{folder}/environments/{env}.yaml", ProjectSpec))}
    releases = {env: one for env in known if (one := reader.release(release_path(name, env)))}
    code, manifests = _code_digest(reader), _manifests(reader)
    _named_code(reader, config, CONFIG_KEYS)
    _named_code(reader, contract, CONTRACT_KEYS)
    read = (CONFIG, contract.file.removeprefix(f"{folder}/") if contract else CONTRACT)
    reader.found.extend(stray_files.in_project(reader.files, folder, read, known))
    reader.found.extend(stray_files.links(tree, reader.files))
    reader.found.extend(stray_files.alike(reader.files))
    plain = exposed(reader.files, reader.quietly)
    reader.found.extend(plain.found)
    packages = _packages(reader)
    found = tuple(reader.found)
    return Inputs(config, contract, overlays, releases, pointer, code, found, plain.values, manifests, packages)


class _Reader:
    """Reads below a project's folder and notes what is wrong."""

    def __init__(self, tree: SourceTree, folder: str, files: tuple[str, ...]) -> None:
        self.tree, self.folder, self.files = tree, folder, files
        self.found: list[Diagnostic] = []
        self._read: dict[str, bytes | None] = {}

    def quietly(self, path: str) -> bytes | None:
        """A file's bytes, each read once; nothing where there is none that may be read."""
        with suppress(RefusedError):
            return self._content(path)
        return None

    def _content(self, path: str) -> bytes | None:
        if path not in self._read:
            self._read[path] = self.tree.read(path)
        return self._read[path]

    def bytes_of(self, path: str) -> bytes | Diagnostic | None:
        """A file's bytes, nothing where there is none, or why it is not read (a link leads out, say)."""
        try:
            return self._content(path)
        except RefusedError as error:
            self.found.append(stray_files.refused(path, error))
            return self.found[-1]

    def optional(self, path: str, model: type[BaseModel] | None) -> Source | None:
        """A file from the repository root, if it is there; ``model`` describes it."""
        content = self.bytes_of(path)
        if content is None:
            return None
        if isinstance(content, Diagnostic):
            return _not_read(path, content)
        return self._source(path, content, model)

    def release(self, path: str) -> Source | None:
        """The same of a release: most projects of a repository have none, and need not load what describes it."""
        content = self.bytes_of(path)
        if content is None:
            return None
        if isinstance(content, Diagnostic):
            return _not_read(path, content)
        from mlops_gitops.records.release import Release

        return self._source(path, content, Release)

    def _source(self, path: str, content: bytes, model: type[BaseModel] | None) -> Source:
        source = read_source(path, content, model)
        self.found.extend(source.diagnostics)
        return source

    def required(self, name: str, model: type[BaseModel] | None, todo: str, told: Span | None = None) -> Source | None:
        """A file of the project; ``told`` is where another file names it."""
        path = f"{self.folder}/{name}"
        source = self.optional(path, model)
        if source is None:
            near = stray_files.nearest(name, self.files, self.folder)
            message = f"missing file `{path}`" + (f"; `{near}` is there" if near else "")
            todo = f"name it {name}" if near else todo
            self.found.append(Diagnostic("MG106", message, told, file=path, help=todo))
        return source

    def stays_inside(self, key: str, name: str, told: Span | None) -> bool:
        """Whether a path that a file names stays in the project's folder."""
        parts = name.split("/")
        if not name.startswith("/") and ".." not in parts and "\\" not in name:
            return True
        message = f"`{key}` leaves the project's folder: `{name}`"
        todo = f"a path below {self.folder}/: what a commit means must not hang on anything outside of it"
        self.found.append(Diagnostic("MG115", message, told, help=todo))
        return False


def _not_read(path: str, why: Diagnostic) -> Source:
    return Source(path, "", None, NOWHERE, (why,))


def _data(reader: _Reader, config: Source | None) -> tuple[Source | None, Source | None]:
    """The contract that the configuration names, and the pointer to the data that the contract names."""
    name, told = _written(config, "data", "contract")
    if name and not reader.stays_inside("data.contract", name, told):
        return None, None
    contract = reader.required(
        name or CONTRACT, DataContract, "write the data contract, or name it in data.contract", told
    )
    source, told = _written(contract, "source")
    if not source or not reader.stays_inside("source", source, told):
        return contract, None
    todo = f"put the data under version control: dvc add {reader.folder}/{source}"
    pointer = reader.required(f"{source}.dvc", None, todo, told)
    if pointer and pointer.data is not None:
        reader.found.extend(pointer_fits(pointer, source, todo))
    return contract, pointer


def _named_code(reader: _Reader, source: Source | None, keys: tuple[tuple[str, ...], ...]) -> None:
    for key in keys:
        named, told = _written(source, *key)
        if named:
            reader.found.extend(named_code(named, told, reader.files, reader.folder, reader.quietly))


def _packages(reader: _Reader) -> Mapping[str, bytes]:
    """The file that says which packages the code needs, and the files that it asks for."""
    start = f"{reader.folder}/{REQUIREMENTS}"
    if reader.quietly(start) is None:  # Most projects have none, and need not load what reads one.
        return {}
    from mlops_gitops.compiler.requirement_lines import reached

    return reached(start, reader.folder, reader.quietly)


def _manifests(reader: _Reader) -> dict[str, Source]:
    """By file name; what lies deeper, or ends otherwise, is a stray file."""
    start = f"{reader.folder}/{MANIFESTS}/"
    paths = (path for path in reader.files if path.startswith(start) and stray_files.is_manifest(path[len(start) :]))
    return {path[len(start) :]: source for path in paths if (source := reader.optional(path, None))}


def _code_digest(reader: _Reader) -> str:
    """Digest over the project's Python files by path, its tests left out: they do not change what is trained."""
    tests = f"{reader.folder}/tests/"
    files = (path for path in reader.files if path.endswith(".py") and not path.startswith(tests))
    contents = ((path, reader.bytes_of(path)) for path in files)
    return digest_of({path: digest_bytes(content) for path, content in contents if isinstance(content, bytes)})


def _written(source: Source | None, *keys: str) -> tuple[str | None, Span | None]:
    """A text value and where it stands."""
    value = source.data if source else None
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if source is None or not isinstance(value, str):
        return None, None
    return value, source.spans.value(keys)
