"""The rendered tree on disk: folders are staged one by one, then all of them are swapped in at once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from mlops_gitops.records.stamp import Stamp


class Swap(NamedTuple):
    """What is to change; ``outside`` and ``removed`` are named from the repository root."""

    folders: tuple[str, ...] = ()
    """Folders of ``rendered/`` that take the place of the old ones; they have been staged."""
    gone: tuple[str, ...] = ()
    """Folders of ``rendered/`` that go away."""
    outside: Mapping[str, bytes] = MappingProxyType({})
    """Files outside of ``rendered/`` with their new content."""
    removed: tuple[str, ...] = ()
    """Files that go away: outside of ``rendered/``, or strays beside its folders."""

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.folders or self.gone or self.outside or self.removed)


class RenderedTree(Protocol):
    """One writer at a time: whoever calls holds the lock for it.

    A kill at any moment leaves each folder old or new, and the next ``recover`` does the rest.  On a full or read-only
    disk every call raises ``OutsideError``, and the old files are all there.
    """

    def half_done(self) -> bool:
        """Whether something is in the making: a call is at work, or one was killed."""
        ...

    def recover(self) -> None:
        """Complete or undo what a killed call left half done, so that what is read next is whole."""
        ...

    def stage(self, folder: str, files: Mapping[str, bytes]) -> Stamp:
        """Write what ``rendered/<folder>`` is to hold (paths relative to it) where nobody sees it yet.

        Gives the stamp that the folder will have when it is swapped in.  Several processes may stage different folders
        at once.
        """
        ...

    def swap(self, swap: Swap) -> None:
        """Make all of it so, or nothing."""
        ...

    def drop(self) -> None:
        """Forget all that was staged."""
        ...
