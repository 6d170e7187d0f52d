"""One folder of ``rendered/`` as it stands against what it should be, and why each file differs."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.records.layout import is_outside, provenance_path
from mlops_gitops.usecases.committed import in_the_way, parsed, stale

_LONGEST = 12


class DifferenceKind(Enum):
    """How a committed rendered file can differ from what the sources mean."""

    MISSING = "missing"
    OUTDATED = "outdated"  # the source moved on
    HAND_EDITED = "edited by hand"  # the bytes are not those that were rendered
    HAND_ADDED = "added by hand"  # nothing ever rendered it
    STALE = "stale"  # nothing renders it any more
    IN_THE_WAY = "written by hand where a rendered file belongs"  # outside of rendered/, and not ours


@dataclass(frozen=True, slots=True)
class Difference:
    """One file; ``diff`` is a short unified diff, committed against rendered."""

    path: str
    kind: DifferenceKind
    diff: str = ""


def differences(folder: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Difference]:
    """What differs between the files of a folder as committed and as rendered, sorted by path.

    Both may hold files outside of ``rendered/`` that belong to the folder.
    """
    foreign, record = frozenset(in_the_way(folder, before, after)), _Record.of(folder, before, after)
    for path in sorted({*stale(folder, before, after), *after}):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        diff = _diff(old, new) if old is not None and new is not None else ""
        yield Difference(path, DifferenceKind.IN_THE_WAY if path in foreign else record.kind(path, old, new), diff)


# What a record says of the files themselves, beside what they were made of.
_MADE = {"files": None, "origins": None}


@dataclass(frozen=True, slots=True)
class _Record:
    """What a folder's committed provenance tells: the digest of each file as it was rendered."""

    path: str
    files: Mapping[str, str]
    whole: bool
    """Whether the record names just the inputs of today, so that nothing but a hand can have changed it."""

    @classmethod
    def of(cls, folder: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> _Record:
        path = provenance_path(folder)
        old, new = parsed(before.get(path)), parsed(after.get(path))
        same = bool(old) and {**old, **_MADE} == {**new, **_MADE}
        files = old.get("files")
        return cls(path, files if isinstance(files, dict) else {}, same)

    def kind(self, path: str, old: bytes | None, new: bytes | None) -> DifferenceKind:
        if old is None:
            return DifferenceKind.MISSING
        if new is None:
            known = path in self.files or path == self.path or not self.files or is_outside(path)
            return DifferenceKind.STALE if known else DifferenceKind.HAND_ADDED
        edited = self.whole if path == self.path else self.files.get(path, digest_bytes(old)) != digest_bytes(old)
        return DifferenceKind.HAND_EDITED if edited else DifferenceKind.OUTDATED


def _diff(old: bytes, new: bytes) -> str:
    before, after = old.decode("utf-8", "replace").splitlines(), new.decode().splitlines()
    lines = list(difflib.unified_diff(before, after, "committed", "rendered", n=1, lineterm=""))[2:]
    more = f"\n… {len(lines) - _LONGEST} more lines" if len(lines) > _LONGEST else ""
    return "\n".join(lines[:_LONGEST]) + more
