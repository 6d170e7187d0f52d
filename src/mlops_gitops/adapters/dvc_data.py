"""Data files in DVC: pointers in git, bytes in DVC's cache and remotes.

DVC is used through its Python interface, quiet, and imported when first needed.  A repository without DVC has no
store: nothing can be fetched, and nothing is kept.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlops_gitops.adapters.import_lock import IMPORTING
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.data_store import DataVersion


class DvcDataStore:
    """Implements ``ports.data_store.DataStore`` for the repository at ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fetch(self, path: str) -> bool:
        """Bring a tracked file into the work tree: from the cache, else from a remote."""
        if not self._is_tracked(path):
            return False
        for way in ("checkout", "pull"):
            try:
                with self._repo() as repo:
                    getattr(repo, way)(targets=[str(self.root / path)])
            except OutsideError:
                continue  # not in the cache, or no remote: the caller goes by what is there
            if (self.root / path).is_file():
                return True
        return False

    def keep(self, path: str) -> None:
        """Put the bytes of a tracked file into the cache."""
        if self._is_tracked(path):
            with self._repo() as repo:
                repo.commit(target=str(self.root / f"{path}.dvc"), force=False)

    def add(self, path: str) -> str:
        """Track a file: write its pointer and the cache."""
        if not (self.root / path).is_file():
            raise OutsideError("there is no such data file", where=path)
        with self._repo() as repo:
            (stage,) = repo.add(str(self.root / path))
            return f"md5:{stage.outs[0].hash_info.value}"

    def version(self, path: str) -> DataVersion:
        """What is recorded of a tracked file; its URL is the remote's, or the cache's where there is no remote."""
        if not self._is_tracked(path):
            raise OutsideError(f"{path} is not tracked by DVC", where=f"{path}.dvc", todo=f"run `dvc add {path}`")
        with self._repo() as repo:
            (out,) = repo.find_outs_by_path(str(self.root / path))
            md5 = str(out.hash_info.value)
            return DataVersion(path, md5, self._rev(repo), self._url(repo, path, md5))

    def _url(self, repo: Any, path: str, md5: str) -> str:
        from dvc.api import get_url
        from dvc.config import NoRemoteError

        try:
            url = str(get_url(path, repo=str(self.root)))
        except NoRemoteError:
            url = str(repo.cache.local.oid_to_path(md5))
        return f"file://{url}" if url.startswith("/") else url

    def _rev(self, repo: Any) -> str:
        from dvc.scm import NoSCM

        return "" if isinstance(repo.scm, NoSCM) else str(repo.scm.get_rev())

    def _is_tracked(self, path: str) -> bool:
        return (self.root / ".dvc").is_dir() and (self.root / f"{path}.dvc").is_file()

    @contextmanager
    def _repo(self) -> Iterator[Any]:
        os.environ.setdefault("DVC_NO_ANALYTICS", "1")
        with IMPORTING:
            from dvc.exceptions import DvcException
            from dvc.repo import Repo

        # Set after the import, which sets it too; the progress bars go by this level.
        logging.getLogger("dvc").setLevel(logging.CRITICAL)
        try:
            with Repo(str(self.root)) as repo:
                yield repo
        except (DvcException, OSError) as error:
            todo = "see `dvc status`"
            raise OutsideError("DVC reports trouble", where=str(self.root), why=str(error), todo=todo) from error
