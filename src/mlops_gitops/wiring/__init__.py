"""Builds the real adapters and hands them over.  The only package that knows both the use cases and the outside.

This module holds what most verbs need; ``environments``, ``detection`` and ``runner`` build the larger parts.  Each
function imports what it builds, so that a verb pays only for what it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops.diagnostics import FindingsError, OutsideError, RefusedError, UsageError
from mlops_gitops.wiring.places import (
    GITHUB,
    PLATFORM,
    PROJECTS,
    git_prefix,
    path_in,
    project_of,
    projects_of,
    source_path,
)

if TYPE_CHECKING:
    from mlops_gitops.adapters.samples import NewRepository
    from mlops_gitops.compiler.compilation import Compilation
    from mlops_gitops.ports.locks import Locks
    from mlops_gitops.ports.model_store import ModelStore
    from mlops_gitops.ports.rendered_tree import RenderedTree
    from mlops_gitops.ports.repository import Author, Repository
    from mlops_gitops.ports.source_tree import SourceTree
    from mlops_gitops.ports.workers import Workers
    from mlops_gitops.records.project import Environment, Project
    from mlops_gitops.spec.platform import PlatformSpec
    from mlops_gitops.usecases.rendering.memory import Memory

__all__ = ["GITHUB", "PLATFORM", "PROJECTS", "git_prefix", "path_in", "project_of", "projects_of", "source_path"]

STATE = ".mlops-gitops"


def find_root(given: Path | None) -> Path:
    """The repository root: ``--root``, else the nearest parent that holds ``projects/``."""
    if given is not None:
        root = given.resolve()
        if not (root / "projects").is_dir():
            raise UsageError(f"{given} holds no folder `projects`", todo="name the repository's root with --root")
        return root
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "projects").is_dir():
            return folder
    raise UsageError(
        "not inside a repository with a folder `projects`",
        where=str(here),
        todo="change into one, name it with --root DIR, or make one with `mlops-gitops init DIR`",
    )


def state_folder(root: Path) -> Path:
    """Where runs, caches, the model store and the local target live; ignored by git."""
    return root / STATE


def work_tree(root: Path) -> SourceTree:
    """The files on disk, as far as git tracks them or would add them.

    A render that was killed is first completed or undone, so that every verb sees whole projects.
    """
    return work_tree_soon(root)()


def work_tree_soon(root: Path, *first: str) -> Callable[[], SourceTree]:
    """As ``work_tree``, once it is called: meanwhile git lists the files, and the caller loads what reads them.

    Who needs but the folders ``first`` need not wait for git to look at all others.
    """
    _recover(root)
    from mlops_gitops.adapters.git.listing import git_head_date, listing_soon

    listing = listing_soon(root, *first)

    def tree() -> SourceTree:
        from mlops_gitops.adapters.work_tree import WorkTree

        return WorkTree(root, listing(), lambda: git_head_date(root))

    return tree


def render_memory(root: Path, tree: SourceTree) -> Memory | None:
    """What is kept between renders of this very work tree."""
    from mlops_gitops.adapters.render_cache import FileRenderCache, compiler_name
    from mlops_gitops.adapters.stamps import FileClock
    from mlops_gitops.adapters.tree_stamps import WorkTreeStamps
    from mlops_gitops.adapters.work_tree import WorkTree
    from mlops_gitops.usecases.rendering.memory import Memory

    assert isinstance(tree, WorkTree)
    folder = state_folder(root) / "render"
    stamps = WorkTreeStamps(root, tree.listed, FileClock(folder / "clock", root))
    return Memory(FileRenderCache(folder, compiler_name()), stamps)


def rendered_tree(root: Path) -> RenderedTree:
    """``rendered/`` on disk."""
    from mlops_gitops.adapters.rendered_tree import RenderedTreeOnDisk

    return RenderedTreeOnDisk(root)


def _recover(root: Path) -> None:
    from mlops_gitops.adapters.staging import half_done

    if half_done(root):
        # Where somebody holds the lock, a render is at work and not killed; where nothing can be written, the verbs
        # that need the rendered files say so.
        with suppress(RefusedError, OutsideError), render_lock(root, "recover", 0.0, lambda text: None):
            rendered_tree(root).recover()


def render_lock(root: Path, verb: str, timeout_s: float, say: Callable[[str], None]) -> AbstractContextManager[None]:
    """One writer of the rendered files at a time."""
    return locks(root).hold("render", verb, timeout_s, say)


@contextmanager
def undisturbed(root: Path, verb: str, timeout_s: float, say: Callable[[str], None]) -> Iterator[None]:
    """No render at work meanwhile; where no lock can be kept (a read-only checkout), none can be at work either."""
    with ExitStack() as stack:
        with suppress(OutsideError):
            stack.enter_context(render_lock(root, verb, timeout_s, say))
            rendered_tree(root).recover()
        yield


def workers() -> Workers:
    """Processes for what can be done to many projects at once."""
    from mlops_gitops.adapters.workers import ForkedWorkers

    return ForkedWorkers()


def locks(root: Path) -> Locks:
    """Locks between processes of this machine."""
    from mlops_gitops.adapters.locks import FileLocks

    return FileLocks(state_folder(root) / "locks")


def repository(root: Path) -> Repository:
    """The git repository around the root."""
    from mlops_gitops.adapters.git.repository import GitRepository

    return GitRepository(root)


def committed(repository: Repository, projects: Iterable[str] = ()) -> Compilation:
    """What HEAD compiles to, of all projects or of some; raises ``FindingsError`` where it does not.

    A project that HEAD does not have is a ``UsageError`` that names those there are.
    """
    from mlops_gitops.usecases.validate import compile_checked

    head = repository.head()
    try:
        return compile_checked(repository.tree(head), projects, by_policy=False)
    except UsageError as error:
        error.where = error.where or f"commit {head[:7]}"
        raise


def committed_project(repository: Repository, name: str) -> Project:
    """One project at HEAD; whatever is wrong with the others is nothing to it. Raises as ``committed`` does."""
    found = committed(repository, [name]).project(name)
    assert found is not None
    return found


def environment_of(project: Project, name: str) -> Environment:
    """A project's environment; raises ``UsageError`` that names those there are."""
    from mlops_gitops.compiler.suggest import unknown

    found = project.environment(name)
    if found is None:
        known = [one.name for one in project.environments]
        raise UsageError(unknown("environment", name, known), todo=f"environments: {', '.join(known)}")
    return found


def bot(repository: Repository) -> Author:
    """The identity of automatic commits, as the platform team set it at HEAD."""
    from mlops_gitops.ports.repository import Author

    settings = platform(repository)
    return Author(settings.bot.name, settings.bot.email)


def platform(repository: Repository) -> PlatformSpec:
    """The platform's settings at HEAD; raises ``FindingsError``."""
    from mlops_gitops.compiler.driver import compile_platform

    spec, findings, texts = compile_platform(repository.tree(repository.head()))
    if spec is None:
        raise FindingsError(findings, texts, 0)
    return spec


def models(root: Path) -> ModelStore:
    """The model packages of this machine."""
    from mlops_gitops.adapters.model_store import FolderModelStore

    return FolderModelStore(state_folder(root) / "models")


def sample_files() -> dict[str, bytes]:
    """What ``init`` starts a repository from, by path: from the installed package, else from this checkout."""
    from mlops_gitops.adapters.samples import sample_files

    return sample_files()


def new_folder(root: Path) -> NewRepository:
    """A folder that is to become a repository."""
    from mlops_gitops.adapters.samples import NewRepository

    return NewRepository(root)
