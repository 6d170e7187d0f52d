"""Data pointers as DVC writes them (``*.dvc``): which bytes are meant, and of which file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from mlops_gitops.compiler.source import Source
from mlops_gitops.diagnostics import Diagnostic

# Of a file, or of the list of a folder's files.  How long it is, DVC itself sees to.
_MD5 = re.compile(r"[0-9a-f]+(\.dir)?")


def data_digest(pointer: Source | None) -> str:
    """``md5:…`` of a pointer's first output; empty where there is none."""
    md5 = _first_output(pointer).get("md5")
    return f"md5:{md5}" if isinstance(md5, str) else ""


def pointer_fits(pointer: Source, source: str, todo: str) -> Iterator[Diagnostic]:
    """MG117: a pointer names its data by a hash, and is the pointer of the contract's ``source``."""
    digest = data_digest(pointer).removeprefix("md5:")
    if not digest:
        message = "the pointer names no data: it has no `outs` with an `md5`"
        yield Diagnostic("MG117", message, pointer.spans.key(("outs",)), file=pointer.file, help=todo)
    elif not _MD5.fullmatch(digest):
        message = f"the pointer names no data: `{digest}` is no MD5, which is written in hexadecimal digits"
        yield Diagnostic("MG117", message, pointer.spans.value(("outs", 0, "md5")), file=pointer.file, help=todo)
    name, meant = _first_output(pointer).get("path"), posixpath.basename(source)
    if isinstance(name, str) and name != meant and not _moved(pointer):
        message = f"the pointer is of `{name}`, but its file is named after `{meant}`"
        yield Diagnostic("MG117", message, pointer.spans.value(("outs", 0, "path")), file=pointer.file, help=todo)


def _first_output(pointer: Source | None) -> Mapping[str, object]:
    data = pointer.data if pointer else None
    outs = data.get("outs") if isinstance(data, dict) else None
    first = outs[0] if isinstance(outs, list) and outs else None
    return first if isinstance(first, dict) else {}


def _moved(pointer: Source) -> bool:
    """Whether paths count from another folder than the pointer's own."""
    return isinstance(pointer.data, dict) and "wdir" in pointer.data
