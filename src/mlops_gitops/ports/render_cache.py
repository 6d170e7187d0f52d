"""What is known from the last render, kept between runs.  Losing it costs time and nothing else."""

from __future__ import annotations

from typing import Any, Protocol


class RenderCache(Protocol):
    """Plain documents by name, valid for this very compiler."""

    def load(self, name: str) -> Any:
        """A document as it was saved; ``None`` where there is none, it is damaged, or another compiler saved it."""
        ...

    def save(self, name: str, document: Any) -> None:
        """Keep a document, whole or not at all; where nothing can be written, nothing is kept."""
        ...


class NoCache:
    """Nothing is known, and nothing is kept."""

    def load(self, name: str) -> Any:
        """See ``RenderCache.load``."""
        del name

    def save(self, name: str, document: Any) -> None:
        """See ``RenderCache.save``."""
        del name, document
