"""The files of one project and how they are read: configuration, contract, overlays, releases, pointer, code.

A file that must be there and is not becomes a diagnostic like any other finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlops_gitops.compiler.source import Source, read_source
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.canonical import digest_bytes, digest_of
from mlops_gitops.records.release import release_path

CONFIG = "mlops_config.yaml"
PLATFORM = "projects/platform.yaml"
PROJECTS = "projects"
MISSING = "MG106"


@dataclass(frozen=True, slots=True)
class Inputs:
    """A project's sources as read.  ``overlays`` and ``releases`` are by environment."""

    config: Source | None
    contract: Source | None
    overlays: dict[str, Source]
    releases: dict[str, Source]
    pointer: Source | None
    code_digest: str
    diagnostics: tuple[Diagnostic, ...]

    def sources(self) -> tuple[Source, ...]:
        """Every file that was read, for carets and for the input digests."""
        single = (self.config, self.contract, self.pointer)
        return (*(one for one in single if one), *self.overlays.values(), *self.releases.values())


def project_names(tree: SourceTree) -> tuple[str, ...]:
    """Folders below ``projects/`` that hold any file, sorted."""
    folders = {path.split("/")[1] for path in tree.files(PROJECTS) if path.count("/") >= 2}
    return tuple(sorted(name for name in folders if not name.startswith((".", "_"))))


def read_inputs(tree: SourceTree, name: str, environments: Iterable[str]) -> Inputs:
    """Read all files of a project; ``environments`` are the platform's."""
    folder, found = f"{PROJECTS}/{name}", list[Diagnostic]()
    known = tuple(environments)
    config = _read(tree, f"{folder}/{CONFIG}", found, "every project has one; `mlops-gitops init` writes a first one")
    contract_name = _written(config, "data", "contract") or "data_contract.yaml"
    contract = _read(tree, f"{folder}/{contract_name}", found, "write the data contract, or name it in data.contract")
    source = _written(contract, "source")
    pointer = None
    if source:
        todo = f"put the data under version control: dvc add {folder}/{source}"
        pointer = _read(tree, f"{folder}/{source}.dvc", found, todo)
    overlays = {env: one for env in known if (one := _optional(tree, f"{folder}/environments/{env}.yaml", found))}
    releases = {env: one for env in known if (one := _optional(tree, release_path(name, env), found))}
    found.extend(_strays(tree, folder, known))
    return Inputs(config, contract, overlays, releases, pointer, code_digest(tree, folder), tuple(found))


def code_digest(tree: SourceTree, folder: str) -> str:
    """Digest over the project's Python files by path, its tests left out: they do not change what is trained."""
    files = (path for path in tree.files(folder) if path.endswith(".py") and not path.startswith(f"{folder}/tests/"))
    return digest_of({path: digest_bytes(tree.read(path) or b"") for path in files})


def data_digest(pointer: Source | None) -> str:
    """``md5:…`` of a DVC pointer's first output; empty where there is none."""
    data = pointer.data if pointer else None
    outs = data.get("outs") if isinstance(data, dict) else None
    first = outs[0] if isinstance(outs, list) and outs else None
    md5 = first.get("md5") if isinstance(first, dict) else None
    return f"md5:{md5}" if isinstance(md5, str) else ""


def _strays(tree: SourceTree, folder: str, known: tuple[str, ...]) -> Iterable[Diagnostic]:
    """An overlay or release of an environment that the platform does not have would silently do nothing."""
    for kind in ("environments", "releases"):
        for path in tree.files(f"{folder}/{kind}"):
            parent, _, file = path.rpartition("/")
            name = file.removesuffix(".yaml")
            if parent == f"{folder}/{kind}" and name not in known:
                message = f"no environment `{name}` is set up"
                todo = f"environments in {PLATFORM}: {', '.join(known)}"
                yield Diagnostic("MG111", message, file=path, help=todo)


def _read(tree: SourceTree, path: str, found: list[Diagnostic], todo: str) -> Source | None:
    source = _optional(tree, path, found)
    if source is None:
        found.append(Diagnostic(MISSING, f"missing file `{path}`", file=path, help=todo))
    return source


def _optional(tree: SourceTree, path: str, found: list[Diagnostic]) -> Source | None:
    content = tree.read(path)
    if content is None:
        return None
    source = read_source(path, content)
    found.extend(source.diagnostics)
    return source


def _written(source: Source | None, *keys: str) -> str | None:
    value = source.data if source else None
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None
