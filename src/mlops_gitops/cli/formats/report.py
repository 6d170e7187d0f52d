"""What there is to tell: the findings, those that are shown, and what identifies each from one run to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256

from mlops_gitops.cli.visible import visible
from mlops_gitops.compiler.text_lines import lines_of
from mlops_gitops.diagnostics import Diagnostic, Findings


class Report:
    """All findings, those that fit (``shown``), the texts they point into, and how many projects were looked at.

    ``below`` is the path from the top of the git repository to our root (``ml/``, mostly empty): CI systems name files
    from there.
    """

    def __init__(
        self, findings: Findings, shown: tuple[Diagnostic, ...], texts: Mapping[str, str], projects: int, below: str
    ) -> None:
        self.findings, self.shown, self.texts = findings, shown, texts
        self.projects, self.below = projects, below

    @property
    def left_out(self) -> int:
        """How many findings are only counted."""
        return len(self.findings.diagnostics) - len(self.shown)

    def path(self, found: Diagnostic) -> str:
        """The finding's file, from the top of the git repository."""
        return f"{self.below}{found.place.file}"

    @cached_property
    def fingerprints(self) -> Mapping[int, str]:
        """By the finding's identity (``id``): a digest that stays as it is while lines above come and go.

        It is made of the code, the file, the message and the text of the line; what is the same in all of these is
        told apart by its order.
        """
        seen = Counter[tuple[str, ...]]()
        result = dict[int, str]()
        for found in self.findings.diagnostics:
            key = (found.code, found.place.file, found.message, self._line(found))
            text = "\0".join((*key, str(seen[key])))
            seen[key] += 1
            result[id(found)] = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return result

    def _line(self, found: Diagnostic) -> str:
        if found.span is None or found.span.file not in self.texts:
            return ""
        lines = self._lines(found.span.file)
        return lines[found.span.line - 1].strip() if found.span.line <= len(lines) else ""

    def _lines(self, file: str) -> list[str]:
        if file not in self._split:
            self._split[file] = lines_of(self.texts[file])
        return self._split[file]

    @cached_property
    def _split(self) -> dict[str, list[str]]:
        return {}


def in_words(found: Diagnostic) -> list[str]:
    """Message, advice, notes and help, a line each, safe to show."""
    lines = [found.message, *([found.label] if found.label else []), *found.notes]
    if found.help:
        lines.append(f"help: {found.help}")
    return [visible(line) for line in lines]
