"""The second run of the targets, and what its lines tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlops_gitops.compiler.emit import emit
from mlops_gitops.compiler.json_text import Constant
from mlops_gitops.compiler.origins.lines import Lines, lines_of
from mlops_gitops.compiler.origins.marked import plain, without_marks
from mlops_gitops.compiler.origins.marking import Marking
from mlops_gitops.compiler.targets import render
from mlops_gitops.records.artifact import Artifact
from mlops_gitops.records.project import Project
from mlops_gitops.spec.platform import PlatformSpec

KeyLines = Mapping[str, str]
"""By key the lines that it went into: ``3 17``."""


@dataclass(frozen=True, slots=True)
class FileOrigins:
    """How many lines a file has, and where those come from that come from a configuration.

    ``count`` is nothing where the file came out with another number of lines than is written: then nothing is told.
    """

    count: int | None
    keys: KeyLines


_DIGEST = re.compile(rb"\b[0-9a-f]{8,64}\b")

UNKNOWN = FileOrigins(None, {})


def traced(project: Project, platform: PlatformSpec, marking: Marking) -> tuple[Artifact, ...]:
    """The artifacts of the second run; ``platform`` is marked already.

    None where a target takes a marked text apart by means that see the mark.  What is written never hangs on it; a
    test sees to it that no target does.
    """
    try:
        return render(marking.project(project, platform))
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError):
        return ()


def file_origins(artifact: Artifact, content: bytes) -> FileOrigins:
    """Of an artifact of the second run, beside what is written of the first one's."""
    lines = lines_of(artifact)
    if lines.count != content.count(b"\n") or not _same(artifact, content):
        return UNKNOWN
    keys = {key: " ".join(map(str, numbers)) for key, numbers in _by_key(lines).items()}
    return FileOrigins(lines.count, Constant(keys))  # It stands in the record of every project that decides alike.


def _same(artifact: Artifact, content: bytes) -> bool:
    """Whether the second run wrote the same, below the header; what was digested with its marks has another digest."""
    emitted = emit(Artifact(without_marks(artifact.path), plain(artifact.content), ""), "")
    ours, theirs = (text[_header(artifact, text) :] for text in (emitted, content))
    return ours == theirs or _DIGEST.sub(b"#", ours) == _DIGEST.sub(b"#", theirs)


def _header(artifact: Artifact, text: bytes) -> int:
    return text.index(b"\n") if artifact.outside or artifact.path.endswith((".yaml", ".yml")) else 0


def fits(origins: Sequence[FileOrigins], contents: Sequence[bytes]) -> bool:
    """Whether these can be the origins of other files too: there are as many, each of as many lines."""
    pairs = zip(origins, contents, strict=False)
    return len(origins) == len(contents) and all(one.count in (None, content.count(b"\n")) for one, content in pairs)


def _by_key(lines: Lines) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for line, keys in lines.found:
        for key in keys:
            numbers = found.setdefault(key, [])
            if line not in numbers[-1:]:
                numbers.append(line)
    return dict(sorted(found.items()))
