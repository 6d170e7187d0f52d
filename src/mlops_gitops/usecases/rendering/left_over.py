"""What is left of former renders: folders of projects that are no more, and files beside the folders."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from mlops_gitops.records.layout import PLATFORM_FOLDER, RENDERED
from mlops_gitops.usecases.committed import committed_folder
from mlops_gitops.usecases.rendering.one_folder import Folders
from mlops_gitops.usecases.rendering.outcome import FolderOutcome, compared


def left_over(
    folders: Folders, names: Iterable[str], rendered_outside: Collection[str]
) -> tuple[tuple[FolderOutcome, ...], tuple[str, ...]]:
    """Folders that nothing renders any more, and stray files; what is listed may be gone already."""
    listing = folders.stamps.listed if folders.stamps else folders.tree.files
    listed, wanted = tuple(listing(RENDERED)), {*names, PLATFORM_FOLDER}
    if folders.stamps and sum(len(tuple(listing(f"{RENDERED}/{name}"))) for name in wanted) == len(listed):
        return (), ()  # As nearly always.
    others, strays = set[str](), False
    for path in listed:
        _, folder, *below = path.split("/", 2)
        if not below:
            strays = True
        elif folder not in wanted:
            others.add(folder)
    beside = (path for path in folders.tree.files(RENDERED) if path.count("/") == 1) if strays else ()
    return tuple(_gone(folders, others, rendered_outside)), tuple(beside)


def _gone(folders: Folders, names: Collection[str], rendered_outside: Collection[str]) -> Iterator[FolderOutcome]:
    """What stood outside for a project that is gone goes too, unless another renders it now."""
    for folder in sorted(names):
        if before := committed_folder(folders.tree, folder, of_others=rendered_outside):
            yield compared(folder, before, {}, explained=folders.rendered is None)
