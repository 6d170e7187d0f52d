"""Files that look as if they were read and are not, and files that a machine could not tell apart.

Each of them would silently do nothing: an overlay of an environment that nobody set up, a configuration that ends in
``.yml``, a link to a folder, whose content no digest covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from unicodedata import normalize

from mlops_gitops.compiler.file_names import MANIFESTS, PLATFORM, PROJECTS
from mlops_gitops.compiler.suggest import NEARLY, did_you_mean
from mlops_gitops.diagnostics import Diagnostic, RefusedError, Severity
from mlops_gitops.ports.source_tree import SourceTree

_DATA = ("yaml", "yml", "json")
# What people may put anywhere: notes, and git's own way to keep a folder.
_NOTES = ("md", "txt", "rst", "adoc")
# Folders whose files are named after environments, and what else stands in them.
_BY_ENVIRONMENT: dict[str, tuple[str, ...]] = {"environments": (), "releases": ("evidence",)}
# What else people call the folder of overlays, where a file in it has an environment's name.
_OVERLAYS = ("env", "envs", "overlay", "overlays")


def in_projects(tree: SourceTree, paths: Iterable[str]) -> Iterator[Diagnostic]:
    """Beside the projects' folders: data files that nothing reads, and links, which are no projects.

    ``paths`` is the outline of ``projects/``.
    """
    for path in paths:
        name = path.removeprefix(f"{PROJECTS}/")
        if name.endswith("/") and name.count("/") == 1:
            yield from links(tree, (path,))
        elif "/" in name or path == PLATFORM or name.startswith("."):
            continue
        elif _alike(name, "platform.yaml"):
            yield _not_read(path, "name it platform.yaml")
        elif _ending(name) in _DATA:
            yield _not_read(path, f"a project is a folder with its files: {PROJECTS}/{_stem(name)}/mlops_config.yaml")


def in_project(
    paths: Iterable[str], folder: str, read: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[Diagnostic]:
    """MG111, in a project's folder: ``read`` are the files at its top that are read, ``known`` the environments."""
    for path in (one for one in paths if not one.endswith("/")):
        parts = path.removeprefix(f"{folder}/").split("/")
        if len(parts) == 1:
            yield from _at_top(path, parts[0], read)
        elif parts[0] == MANIFESTS:
            yield from _of_manifests(path, "/".join(parts[1:]), folder)
        elif parts[0] in _BY_ENVIRONMENT:
            if len(parts) == 2:
                yield from _of_environment(path, parts[1], known)
            elif parts[1] not in _BY_ENVIRONMENT[parts[0]]:
                yield _not_read(path, f"files of environments stand in {folder}/{parts[0]}/ itself")
        elif len(parts) == 2:
            yield from _beside(path, parts[0], parts[1], known)


def links(tree: SourceTree, paths: Iterable[str]) -> Iterator[Diagnostic]:
    """MG115: links that lead to no file of the repository."""
    for path in paths:
        if path.endswith("/"):
            try:
                tree.read(path.rstrip("/"))
            except RefusedError as error:
                yield refused(path.rstrip("/"), error)


def refused(path: str, error: RefusedError) -> Diagnostic:
    """MG115: what is there is not read."""
    return Diagnostic("MG115", error.what, file=path, help=error.todo or None)


def alike(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """MG131: paths that are one where case, or how an accent is spelt, does not count."""
    first: dict[str, str] = {}
    for path in paths:
        other = first.setdefault(_plain(path), path)
        if other != path:
            message = f"`{path}` and `{other}` are one file where case, or how an accent is spelt, does not count"
            todo = "rename one of them: on another machine only one of them would be there"
            yield Diagnostic("MG131", message, file=path, help=todo)


def nearest(name: str, paths: Iterable[str], folder: str) -> str | None:
    """A file of the folder that may have been meant by a name that is not there."""
    names = [path.removeprefix(f"{folder}/") for path in paths]
    same = next((one for one in names if _alike(one, name)), None)
    return same or did_you_mean(name, [one for one in names if "/" not in one and _ending(one) in _DATA], cutoff=0.8)


def _at_top(path: str, name: str, read: tuple[str, ...]) -> Iterator[Diagnostic]:
    near = next((one for one in read if one != name and _alike(name, one)), None)
    if near and name not in read:
        yield _not_read(path, f"name it {near}")


def _beside(path: str, folder: str, name: str, known: tuple[str, ...]) -> Iterator[Diagnostic]:
    """A file that is named after an environment, in a folder that is nearly the one it was meant for."""
    if _stem(name) in known and _ending(name) in ("yaml", "yml"):
        near = (
            "environments" if folder.casefold() in _OVERLAYS else did_you_mean(folder, _BY_ENVIRONMENT, cutoff=NEARLY)
        )
        if near:
            yield _not_read(path, f"move it to {near}/{_stem(name)}.yaml")


def _of_environment(path: str, name: str, known: tuple[str, ...]) -> Iterator[Diagnostic]:
    stem, ending = _stem(name), _ending(name)
    if not known or (ending == "yaml" and stem in known) or ending in _NOTES or name.startswith("."):
        return
    near = next((one for one in known if _plain(one) == _plain(stem)), None)
    if near:
        yield _not_read(path, f"name it {near}.yaml")
    elif ending in _DATA:
        close = did_you_mean(stem, known)
        message = f"no environment `{stem}` is set up" + (f"; did you mean `{close}`?" if close else "")
        yield Diagnostic("MG111", message, file=path, help=f"environments in {PLATFORM}: {', '.join(known)}")
    else:
        yield _not_read(path, "remove it, or move it elsewhere", Severity.WARNING)


def is_manifest(name: str) -> bool:
    """Whether a file is read as a manifest; ``name`` is its path below the folder of manifests."""
    return "/" not in name and name.endswith(".yaml") and not name.startswith(".")


def _of_manifests(path: str, name: str, folder: str) -> Iterator[Diagnostic]:
    if is_manifest(name) or _ending(name) in _NOTES or name.rpartition("/")[2].startswith("."):
        return
    if "/" in name and _ending(name) in _DATA:
        yield _not_read(path, f"manifests stand in {folder}/{MANIFESTS}/ itself")
    elif _ending(name) in _DATA:
        yield _not_read(path, f"name it {_stem(name)}.yaml")
    else:
        yield _not_read(path, "remove it, or move it elsewhere", Severity.WARNING)


def _not_read(path: str, todo: str, severity: Severity = Severity.ERROR) -> Diagnostic:
    name = path.rstrip("/").rpartition("/")[2]
    return Diagnostic("MG111", f"`{name}` is not read", severity=severity, file=path, help=todo)


def _alike(name: str, wanted: str) -> bool:
    """The same but for case, accents, `-` for `_`, and another ending of YAML or JSON."""
    one, other = (_plain(text).replace("-", "_") for text in (name, wanted))
    return _stem(one) == _stem(other) and _ending(one) in _DATA


def _plain(text: str) -> str:
    return normalize("NFC", text).casefold()


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
