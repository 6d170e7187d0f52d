"""Renamed projects: one that is gone and one that is new, and that are the same by what they are made of."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_gitops.records.project import Project

# Digests that must agree of the three (code, data, configuration): a rename often comes with one small edit.
_ENOUGH = 2


def renames(gone: Sequence[Project], new: Sequence[Project]) -> dict[str, str]:
    """The former name by the new one; each project is at most once on either side, the best match first."""
    pairs = sorted(
        ((_likeness(old, young), old.name, young.name) for old in gone for young in new),
        key=lambda pair: (-pair[0], pair[1:]),
    )
    found: dict[str, str] = {}
    for likeness, old, young in pairs:
        if likeness >= _ENOUGH and young not in found and old not in found.values():
            found[young] = old
    return found


def _likeness(old: Project, new: Project) -> int:
    code = old.code_digest == new.code_digest
    data = bool(new.data_digest) and old.data_digest == new.data_digest
    return code + data + (old.config_digest == new.config_digest)
