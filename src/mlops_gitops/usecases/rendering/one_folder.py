"""One folder of ``rendered/``: rendered and compared, or known to be right as it stands."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from mlops_gitops.ports.rendered_tree import RenderedTree
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.ports.tree_stamps import TreeStamps
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.records.layout import RENDERED, is_outside, provenance_path
from mlops_gitops.usecases.committed import committed_folder
from mlops_gitops.usecases.rendering.known import KnownFolder
from mlops_gitops.usecases.rendering.outcome import FolderOutcome, compared, inside


@dataclass(frozen=True, slots=True)
class Folders:
    """Looks at folders; ``clock`` was read before anything was looked at.

    Without ``rendered`` nothing is staged, and differences are explained; without ``stamps`` nothing is known.
    """

    tree: SourceTree
    rendered: RenderedTree | None
    stamps: TreeStamps | None
    clock: int

    def stands(self, folder: str, known: KnownFolder | None) -> bool:
        """Whether a folder is as it was left, by its stamps alone."""
        if known is None or self.stamps is None or not known.stamp:
            return False
        outside = known.outside.items()
        return self.stamps.folder(f"{RENDERED}/{folder}").digest == known.stamp and all(
            stamp and self.stamps.files([path]).digest == stamp for path, stamp in outside
        )

    def right(self, folder: str, known: KnownFolder) -> FolderOutcome | None:
        """A folder that holds just what it should, after reading it; nothing where it does not."""
        stamped = self._stamped(folder, known.record, known.files, known.outside)
        record = self.tree.read(provenance_path(folder))
        if record is None or digest_bytes(record) != known.record:
            return None
        files = json.loads(record)["files"]
        within = {path for path in files if not is_outside(path)} | {provenance_path(folder)}
        if within != set(self.tree.files(f"{RENDERED}/{folder}")):
            return None
        for path, digest in files.items():
            content = self.tree.read(path)
            if content is None or digest_bytes(content) != digest:
                return None
        return FolderOutcome(folder, files=known.files, known=stamped)

    def make(self, folder: str, after: Mapping[str, bytes], of_others: Collection[str] = ()) -> FolderOutcome:
        """A folder compared with what it is to be, and staged where it differs."""
        record = digest_bytes(after[provenance_path(folder)]) if after else ""
        outside = dict.fromkeys(path for path in after if is_outside(path))
        stamped = self._stamped(folder, record, len(after), outside)
        before = committed_folder(self.tree, folder, after, of_others)
        outcome = compared(folder, before, after, explained=self.rendered is None)
        if not outcome.differs:
            return replace(outcome, known=stamped)
        if self.rendered and outcome.changes_within and after and not outcome.in_the_way:
            outcome = replace(outcome, staged=self.rendered.stage(folder, inside(folder, after)))
        return replace(outcome, known=replace(stamped, stamp="", outside=dict.fromkeys(outside, "")))

    def _stamped(self, folder: str, record: str, files: int, outside: Collection[str]) -> KnownFolder:
        """How the folder will be known if it proves right; the stamps are taken before the files are read."""
        if self.stamps is None:
            return KnownFolder(record, files)
        stamp = self.stamps.folder(f"{RENDERED}/{folder}").settled(self.clock)
        return KnownFolder(
            record, files, stamp, {path: self.stamps.files([path]).settled(self.clock) for path in outside}
        )
