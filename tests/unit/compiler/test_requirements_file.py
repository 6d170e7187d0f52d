"""What of a requirements.txt may be another package tomorrow, or on another machine."""

from __future__ import annotations

import pytest

from mlops_gitops.compiler.requirements_file import checked
from tests.factory import PLATFORM, PROJECT, compiled, edited

FILE = f"{PROJECT}/requirements.txt"
HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
WAIVER = """\
policy:
  waivers:
    - {code: MG259, project: fraud-detection, reason: x, owner: "@a", until: "2099-12-31"}
"""


def found(text: str) -> list[tuple[str, int, int]]:
    """Severity, line and column of each finding."""
    problems = list(checked(FILE, text.encode()))
    assert {one.code for one in problems} <= {"MG259"}
    return [(one.severity.value, one.span.line, one.span.column) for one in problems if one.span]


@pytest.mark.parametrize(
    "line",
    [
        "numpy==2.3.1",
        "numpy==2.3.1 # a comment",
        "numpy>=2,==2.3.1",
        "numpy==2.3.1+local",
        "--no-binary :all:",
        "# git+https://example.com/x",
        "",
        f"x @ https://example.com/x.whl#egg=x&sha256={HEX}",
        f"x @ git+https://example.com/x@{HEX[:40]}#subdirectory=lib",
        f"x @ git+https://example.com/x@{HEX[:40]} ; python_version > '3'",
        f"x==1 \\\n    --hash=sha256:{HEX} \\\n    --hash=sha256:{HEX}",
    ],
)
def test_what_stays_the_same_passes(line: str) -> None:
    assert found(line + "\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "numpy",
        "numpy!=1",
        "numpy==2.*",
        "numpy<3",
        "x @ https://example.com/x.whl",
        "git+https://example.com/x@v1.0",
        "x @ git+https://example.com/x@0123456",
        "-c limits.txt",
        "hg+https://example.com/x",
    ],
)
def test_what_may_change_is_a_warning(line: str) -> None:
    assert found(f"ok==1\n  {line}\n") == [("warning", 2, 3)]


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "-e=lib",
        "--editable ../lib",
        ".",
        "..",
        "./x",
        "/opt/x",
        "C:\\x",
        "x.tar.gz",
        "x @ file:///x",
        "file:///x.whl",
        "two words",
        "==1",
        "numpy==",
        "~/x",
        "ours/",
        "x.whl ; python_version > '3'",
    ],
)
def test_what_is_nowhere_else_or_no_package_is_an_error(line: str) -> None:
    assert found(f"\n{line}\nok==1") == [("error", 2, 1)]


def test_lines_that_are_joined_are_one_wherever_they_end() -> None:
    assert found("ok==1 \\\n\nnumpy \\\n  >=2 \\") == [("warning", 3, 1)]
    assert found("a\r\nb\r\n") == [("warning", 1, 1), ("warning", 2, 1)]


def test_bytes_that_are_no_text_are_no_package() -> None:
    (one,) = checked(FILE, "numpy==1\n".encode("utf-16"))
    assert (one.severity.value, one.message) == ("error", "the file is not UTF-8 text")
    assert found("\ufeffnumpy==1\n") == []


def test_a_secret_in_an_address_is_not_repeated() -> None:
    (one,) = checked(FILE, b"x @ git+https://user:k8Jx2pQz7LmW4vRt@example.com/x@main\n")
    assert "k8Jx" not in f"{one.message}{one.help}{one.related}"


def test_a_warning_can_be_waived_and_an_error_cannot() -> None:
    platform = edited(PLATFORM, ("prices:", f"{WAIVER}prices:"))
    codes = [(one.code, one.severity.value) for one in compiled({FILE: "numpy\n", **platform}).findings.diagnostics]
    assert ("MG259", "note") in codes
    assert not {code for code, _ in codes} - {"MG259", "MG423"}
    codes = [(one.code, one.severity.value) for one in compiled({FILE: "-e .\n", **platform}).findings.diagnostics]
    assert {("MG259", "error"), ("MG422", "error")} <= set(codes)
