"""The text fixtures of this folder: what was written, and what is said about it, in one file.

The first paragraph says what the fixture shows.  Then sections follow, over the small repository of ``tests/factory``:

    === write PATH        the file's text
    === bytes PATH        the same with Python's escapes (\\\\r, \\\\xff, \\\\t)
    === edit PATH         lines `- old`, then `+ new`: lines of the file and what stands there instead (`+` alone:
                          added at the end); an empty line between two edits
    === remove PATH
    === committed DAY     the day of the commit that the files stand on, `never` before the first one
    === expect            what `validate` prints

A new file is a new test.  ``ACCEPT=1 pytest tests/diagnostics`` writes what is printed now into the expectations.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mlops_gitops.cli.printer import print_findings
from mlops_gitops.compiler.driver import compile_tree
from tests import factory

MARK = "=== "


@dataclass(frozen=True)
class Fixture:
    """``changes`` by path, and the expected text."""

    path: Path
    changes: dict[str, factory.Content]
    expected: str
    day: date | None = factory.DAY

    def printed(self) -> str:
        """What the command line shows."""
        compilation = compile_tree(factory.tree(self.changes, day=self.day))
        stream = io.StringIO()
        print_findings(compilation.findings, compilation.texts, len(compilation.names), stream)
        return stream.getvalue()

    def accept(self) -> None:
        """Take what is printed now as expected."""
        text = self.path.read_text(encoding="utf-8")
        head, _, _ = text.partition(f"\n{MARK}expect\n")
        self.path.write_text(f"{head.rstrip()}\n\n{MARK}expect\n{self.printed()}", encoding="utf-8")


def load(path: Path) -> Fixture:
    """Read one fixture file."""
    changes: dict[str, factory.Content] = {}
    expected = ""
    day: date | None = factory.DAY
    for section in path.read_text(encoding="utf-8").split(f"\n{MARK}")[1:]:
        head, _, body = section.partition("\n")
        verb, _, target = head.partition(" ")
        if verb == "expect":
            expected = body
        elif verb == "committed":
            day = None if target == "never" else date.fromisoformat(target)
        else:
            changes[target] = _content(verb, target, body.removesuffix("\n") + "\n")
    return Fixture(path, changes, expected, day)


def _content(verb: str, target: str, body: str) -> factory.Content:
    if verb == "remove":
        return None
    if verb == "bytes":
        return body.encode("latin-1").decode("unicode_escape").encode("latin-1")
    return body if verb == "write" else _edited(factory.FILES[target], body)


def _edited(text: str, edits: str) -> str:
    for edit in edits.strip("\n").split("\n\n"):
        old, new = ("".join(f"{line[2:]}\n" for line in edit.splitlines() if line[:1] == sign) for sign in "-+")
        assert old in text, f"the file holds no {old!r}"
        text = text.replace(old, new, 1) if old else text + new
    return text
