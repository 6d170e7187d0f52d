"""What can be wrong, where it stands, and which exit code says so.

A *diagnostic* is a finding about what somebody wrote: code, severity, span, message, help.  Diagnostics are collected,
never raised one by one, so that a person sees all of them at once.  Everything else that stops a verb is an error of
this small tree; the errors carry fields and do nothing, and only the command line turns them into text and exit codes::

    MlopsError                     70  never raised itself
    ├── UsageError                  2  the command was used wrongly
    ├── FindingsError               1  error diagnostics were found
    ├── AnswerNo                    1  the question has an answer, and it is no
    ├── OutsideError                3  git, disk, network, another program: try again
    └── RefusedError                4  refused for safety: nothing was changed
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple


class ExitCode(IntEnum):
    """The exit codes of every verb, by class of outcome."""

    DONE = 0
    ANSWER_NO = 1
    USAGE = 2
    OUTSIDE = 3
    REFUSED = 4
    BUG = 70


class Severity(Enum):
    """How much a finding weighs: errors stop the verb, warnings are only shown, notes are known and excused."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: lines and columns count from 1, ``end_column`` is exclusive and on the same line.

    ``origin`` is where the text itself stands, where this is the place of an alias that repeats it.
    """

    file: str
    line: int
    column: int
    end_column: int
    origin: Span | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


_OF_POLICY = "MG4"


class Diagnostic(NamedTuple):
    """One finding: what, where, why and what to do.

    ``file`` stands in where there is no span (a missing file, say).  ``label`` is short advice printed under the
    caret, ``related`` are notes such as the other place that a contradiction comes from.  ``waiver`` is where the
    platform excuses the finding.
    """

    code: str
    message: str
    span: Span | None = None
    severity: Severity = Severity.ERROR
    help: str | None = None
    label: str | None = None
    file: str | None = None
    related: tuple[str, ...] = ()
    waiver: Span | None = None

    @property
    def place(self) -> Span:
        """Where the finding is shown: its span, or the start of the file that it is about as a whole."""
        return self.span or Span(self.file or "", 1, 1, 1)

    @property
    def is_fault(self) -> bool:
        """Whether something would not work; other errors break a policy, which judges changes, not what runs."""
        return self.severity is Severity.ERROR and not self.code.startswith(_OF_POLICY)

    @property
    def where(self) -> str:
        """``file:line:col``."""
        return str(self.place)

    @property
    def notes(self) -> tuple[str, ...]:
        """The related notes; where an alias stands here, also the place of what it repeats."""
        origin = self.span.origin if self.span else None
        return (*self.related, f"what the alias repeats is written at {origin}") if origin else self.related

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """File, then position, then code: the order that findings are shown in."""
        if self.span:
            return (self.span.file, self.span.line, self.span.column, self.code, self.message)
        return (self.file or "", 0, 0, self.code, self.message)


class MlopsError(Exception):
    """What stopped a verb: ``what`` happened, ``where``, ``why``, and ``todo``: what to do about it."""

    exit_code = ExitCode.BUG

    def __init__(self, what: str, *, where: str = "", why: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.todo = todo


class UsageError(MlopsError):
    """The command was used wrongly: an unknown project, a bad flag, no repository here."""

    exit_code = ExitCode.USAGE


class AnswerNo(MlopsError):
    """The answer to the question is no: a gate failed, ``--check`` differs, something is unhealthy."""

    exit_code = ExitCode.ANSWER_NO


class OutsideError(MlopsError):
    """Trouble outside of us (git, disk, registry, a program that is missing): try again when it is mended."""

    exit_code = ExitCode.OUTSIDE


class RefusedError(MlopsError):
    """Refused for safety (lock, dirty files, policy, prune budget): nothing was changed."""

    exit_code = ExitCode.REFUSED


class Findings(NamedTuple):
    """All diagnostics of one verb, in the order they are shown."""

    diagnostics: tuple[Diagnostic, ...] = ()

    @classmethod
    def of(cls, found: Iterable[Diagnostic]) -> Findings:
        """Sort and drop exact repeats."""
        return cls(tuple(sorted(dict.fromkeys(found), key=Diagnostic.sort_key)))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Those that stop the verb."""
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)

    @property
    def faults(self) -> tuple[Diagnostic, ...]:
        """Those errors that keep anything from being rendered."""
        return tuple(d for d in self.diagnostics if d.is_fault)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """Those that are only shown."""
        return tuple(d for d in self.diagnostics if d.severity is Severity.WARNING)

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        """Those that are known and excused."""
        return tuple(d for d in self.diagnostics if d.severity is Severity.NOTE)

    def first(self, limit: int) -> tuple[Diagnostic, ...]:
        """At most ``limit`` of them, errors before warnings before notes, still in the order they are shown."""
        if len(self.diagnostics) <= limit:
            return self.diagnostics
        kept = set(map(id, (*self.errors, *self.warnings, *self.notes)[:limit]))
        return tuple(d for d in self.diagnostics if id(d) in kept)


class FindingsError(MlopsError):
    """Error diagnostics were found; ``texts`` are the files they point into, ``projects`` how many were looked at."""

    exit_code = ExitCode.ANSWER_NO

    def __init__(self, findings: Findings, texts: Mapping[str, str], projects: int) -> None:
        errors = len(findings.errors)
        super().__init__(f"{errors} error{'' if errors == 1 else 's'}")
        self.findings = findings
        self.texts = texts
        self.projects = projects
