"""One at a time: named locks that live as long as their holder's process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol


class Locks(Protocol):
    """Exclusive locks between processes; a holder that dies lets go."""

    def hold(self, name: str, verb: str, timeout_s: float, say: Callable[[str], None]) -> AbstractContextManager[None]:
        """Hold a lock for a ``with`` block, noted as held by ``verb``.

        Waits up to ``timeout_s`` and says who holds it meanwhile; raises ``RefusedError`` that names the holder after
        that, ``OutsideError`` where locks cannot be kept at all.
        """
        ...
