"""What the file system says of some files without their contents, in short."""

from __future__ import annotations

from typing import NamedTuple


class Stamp(NamedTuple):
    """``digest`` covers the name, inode, size, times and mode of each file; ``newest`` is the latest time among them.

    Two equal stamps mean equal contents only where the first was taken before ``newest`` could come again: a file that
    is changed twice within one tick of the clock may look the same.  So a stamp is kept only if it is ``settled``: the
    clock had moved on when it was taken, and the contents were read after that.
    """

    digest: str
    newest: int

    def settled(self, clock: int) -> str:
        """The digest, where it may be relied on from now on; else nothing.

        ``clock`` was read before the stamp was taken, and the contents were read (or written unseen) meanwhile.
        """
        return self.digest if self.newest < clock else ""
