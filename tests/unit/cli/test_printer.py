"""Findings on a terminal: colour only where it is wanted, long lists cut, hostile text made harmless."""

from __future__ import annotations

import io

import pytest

from mlops_gitops.cli.printer import LIMIT, counts, format_diagnostic, print_findings
from mlops_gitops.diagnostics import Diagnostic, Findings, Severity, Span

TEXT = {"a.yaml": "one: 1\n\ttwo: 2\n日本: three\n" + "x" * 500 + " end\n"}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at(line: int, column: int, end: int, message: str = "wrong") -> Diagnostic:
    return Diagnostic("MG101", message, Span("a.yaml", line, column, end))


def test_everything_that_a_finding_says_has_its_line() -> None:
    diagnostic = Diagnostic(
        "MG214",
        "wrong",
        Span("a.yaml", 1, 6, 7),
        Severity.WARNING,
        "do this",
        "here",
        None,
        ("also there", "and there"),
    )
    assert (
        format_diagnostic(diagnostic, TEXT)
        == """\
a.yaml:1:6: warning[MG214] wrong
   1 | one: 1
     |      ^ here
     = also there
     = and there
     = help: do this"""
    )


@pytest.mark.parametrize(
    ("line", "column", "end", "caret"),
    [
        (2, 2, 5, "     | \t^^^"),
        (3, 1, 3, "     | ^^^^"),
        (3, 5, 10, "     |       ^^^^^"),
        (1, 7, 8, "     |       ^"),
    ],
)
def test_the_caret_stands_under_its_place(line: int, column: int, end: int, caret: str) -> None:
    assert format_diagnostic(at(line, column, end), TEXT).splitlines()[2] == caret


def test_a_long_line_is_shown_around_its_place() -> None:
    shown = format_diagnostic(at(4, 502, 505), TEXT).splitlines()
    assert shown[1].endswith("x end")
    assert len(shown[1]) < 200
    assert shown[1].index("end") == shown[2].index("^^^")


def test_a_place_that_is_not_in_the_text_is_only_named() -> None:
    assert format_diagnostic(at(99, 1, 2), TEXT) == "a.yaml:99:1: error[MG101] wrong"
    assert format_diagnostic(at(1, 1, 2), {}) == "a.yaml:1:1: error[MG101] wrong"
    assert format_diagnostic(Diagnostic("MG106", "gone", file="b.yaml"), TEXT) == "b.yaml:1:1: error[MG106] gone"


def test_nothing_of_a_message_drives_the_terminal() -> None:
    text = format_diagnostic(at(1, 1, 2, "a\x1b[31m\nb\u202ec\x7f"), TEXT)
    assert text.splitlines()[0] == "a.yaml:1:1: error[MG101] a␛[31m␊b�c␡"


def findings(errors: int, warnings: int) -> Findings:
    return Findings.of(
        [
            *(at(1, 1, 2, f"error {i:03}") for i in range(errors)),
            *(Diagnostic("MG214", f"w{i}", Span("a.yaml", 1, 1, 2), Severity.WARNING) for i in range(warnings)),
        ]
    )


@pytest.mark.parametrize(
    ("errors", "warnings", "said"),
    [(1, 0, "1 error"), (2, 1, "2 errors, 1 warning"), (0, 2, "2 warnings"), (0, 0, "0 warnings")],
)
def test_counts(errors: int, warnings: int, said: str) -> None:
    assert counts(findings(errors, warnings)) == said


def test_a_long_list_is_cut_and_counted() -> None:
    stream = io.StringIO()
    print_findings(findings(LIMIT + 7, 0), TEXT, 3, stream)
    assert stream.getvalue().splitlines()[-3:] == [
        "… and 7 more findings (7 × MG101); mend the first ones, or name one project",
        "",
        "107 errors in 3 projects. Nothing was written.",
    ]


def test_colour_on_a_terminal_only_and_never_against_the_users_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain, terminal, refused = io.StringIO(), Terminal(), Terminal()
    print_findings(findings(1, 1), TEXT, 1, plain)
    print_findings(findings(1, 1), TEXT, 1, terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    print_findings(findings(1, 1), TEXT, 1, refused)
    assert "\x1b[1;31merror" in terminal.getvalue()
    assert plain.getvalue() == refused.getvalue()
    assert "\x1b" not in plain.getvalue()
