"""The locks: every package has a hash, no line names a host or a path, and all locks agree.

They have to agree because ``make demo`` and ``make test`` share one environment: a package that stood at two versions
would be swapped at each change between them.  checkov, which pins old versions, has an environment to itself.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NAMES = {"all", "base", "build", "checkov", "dev", "go", "node", "run", "uv"}
ALONE = {"checkov"}


def entries(lock: Path) -> list[tuple[str, str, int]]:
    """Package, version and number of hashes of each entry."""
    text = re.sub(r"^ *#.*\n?", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", "")
    found = []
    for line in filter(str.strip, text.splitlines()):
        entry = re.fullmatch(r"([\w.-]+)==([^\s;]+) *(?:;[^;]*?)?((?: +--hash=\S+)*) *", line)
        assert entry, f"{lock.name}: not a pinned package: {line}"
        found.append((entry[1], entry[2], entry[3].count("--hash=sha256:")))
    return found


def test_every_lock_is_there() -> None:
    assert {lock.stem for lock in LOCKS} == NAMES


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_has_a_hash(lock: Path) -> None:
    assert entries(lock)
    assert [entry for entry in entries(lock) if entry[2] == 0] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_no_host_and_no_path(lock: Path) -> None:
    assert re.findall(r".*(?:://|--index-url|--find-links| @ |/home/|/tmp/).*", lock.read_text(encoding="utf-8")) == []


def test_a_package_stands_alike_in_all_locks() -> None:
    # A set, since a package that dropped Python 3.11 has a version for it and another for newer ones.
    versions: dict[str, set[frozenset[str]]] = defaultdict(set)
    for lock in (lock for lock in LOCKS if lock.stem not in ALONE):
        here: dict[str, set[str]] = defaultdict(set)
        for name, version, _ in entries(lock):
            here[name].add(version)
        for name, found in here.items():
            versions[name].add(frozenset(found))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_npm_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "tools/package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
