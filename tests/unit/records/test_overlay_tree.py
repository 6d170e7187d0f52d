"""An overlay answers as if its changes had been committed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from mlops_gitops.records.overlay_tree import OverlayTree


class Files(dict[str, bytes]):
    """The simplest tree there is."""

    def read(self, path: str) -> bytes | None:
        return self.get(path)

    def files(self, folder: str) -> Iterable[str]:
        start = f"{folder}/" if folder else ""
        return sorted(path for path in self if path.startswith(start))

    outline = files

    def committed_on(self) -> date | None:
        return date(2026, 6, 1)


BELOW = Files({"a/one": b"1", "a/two": b"2", "ab/three": b"3"})


def test_it_answers_as_the_committed_tree_would() -> None:
    changes = {"a/one": None, "a/two": b"new", "a/added": b"+", "c/added": b"+", "gone/already": None}
    committed = Files({"a/two": b"new", "a/added": b"+", "ab/three": b"3", "c/added": b"+"})
    overlay = OverlayTree(BELOW, changes)
    for path in {*BELOW, *changes, "nowhere"}:
        assert overlay.read(path) == committed.read(path), path
    assert overlay.committed_on() == BELOW.committed_on()
    for folder in ("", "a", "ab", "c", "gone", "nowhere"):
        assert list(overlay.files(folder)) == list(committed.files(folder)), folder


@pytest.mark.parametrize("folder", ["a", "a/"])
def test_a_folders_name_is_no_prefix(folder: str) -> None:
    assert "ab/added" not in list(OverlayTree(Files(), {"ab/added": b"x"}).files(folder))


def test_only_what_differs_is_a_difference() -> None:
    changes = {"a/one": b"1", "a/two": b"new", "gone/already": None, "ab/three": None, "z": b""}
    assert OverlayTree(BELOW, changes).difference() == {"a/two": b"new", "ab/three": None, "z": b""}


def test_overlays_stack() -> None:
    first = OverlayTree(BELOW, {"a/one": None})
    second = OverlayTree(first, {"a/one": b"again"})
    assert (first.read("a/one"), second.read("a/one")) == (None, b"again")
    assert list(second.files("a")) == ["a/one", "a/two"]
