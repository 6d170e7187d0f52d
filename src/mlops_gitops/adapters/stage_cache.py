"""The stage cache as folders, ``cache/<stage>/<key>/``.

Outputs are made in ``.unfinished-<key>`` beside the entry and renamed into place, so that an entry is whole or not
there.  ``entry.json`` holds the digests of the outputs; an entry whose bytes have changed since is not used again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.stage_cache import Kept
from mlops_gitops.records.canonical import canonical_json, digest_of

RESULT, ENTRY = "result.json", "entry.json"


class FolderStageCache:
    """Implements ``ports.stage_cache.StageCache`` below ``root``, which is made when first needed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def lock(self, stage: str, key: str, waiting: Callable[[], None]) -> Iterator[None]:
        """Hold a key; the lock ends with the process, however it ends."""
        path = self.root / stage / f"{key}.lock"
        with _outside(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("ab")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def load(self, stage: str, key: str) -> Kept | None:
        """The entry, or ``None``."""
        folder = self.root / stage / key
        try:
            entry = json.loads((folder / ENTRY).read_bytes())
            measurement = json.loads((folder / RESULT).read_bytes())
            outputs = {**measurement["outputs"], RESULT: RESULT}
            whole = all(_digest(folder / outputs[name]) == digest for name, digest in entry["digests"].items())
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Kept(folder, measurement, _without_result(entry["digests"])) if whole else None

    def begin(self, stage: str, key: str) -> Path:
        """An empty folder for the outputs."""
        folder = self.root / stage / f".unfinished-{key}"
        with _outside(folder):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        return folder

    def commit(self, stage: str, key: str, folder: Path, outputs: dict[str, str]) -> Kept:
        """Turn a filled folder into the entry; one that is there already is replaced."""
        final, former = self.root / stage / key, self.root / stage / f".replaced-{key}"
        with _outside(final):
            digests = {name: _digest(folder / path) for name, path in {**outputs, RESULT: RESULT}.items()}
            (folder / ENTRY).write_bytes(canonical_json({"digests": digests}))
            measurement = json.loads((folder / RESULT).read_bytes())
            shutil.rmtree(former, ignore_errors=True)
            if final.exists():
                final.rename(former)
            folder.rename(final)
            shutil.rmtree(former, ignore_errors=True)
        return Kept(final, measurement, _without_result(digests))

    def discard(self, folder: Path) -> None:
        """Remove a folder that ``begin`` gave."""
        shutil.rmtree(folder, ignore_errors=True)


def _without_result(digests: dict[str, str]) -> dict[str, str]:
    return {name: digest for name, digest in digests.items() if name != RESULT}


def _digest(path: Path) -> str:
    """``sha256:…`` of a file, or of a folder's listing of its files."""
    if path.is_dir():
        files = sorted(one for one in path.rglob("*") if one.is_file())
        return digest_of({one.relative_to(path).as_posix(): _digest(one) for one in files})
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _outside(where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        todo = "check the disk's space and the folder's owner"
        raise OutsideError("the stage cache cannot be used", where=str(where), why=str(error), todo=todo) from error
