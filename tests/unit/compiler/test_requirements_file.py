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
    problems = list(checked(PROJECT, {FILE: text.encode()}))
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
        "-elib",
        "-c limits.txt",
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
    (one,) = checked(PROJECT, {FILE: "numpy==1\n".encode("utf-16")})
    assert (one.severity.value, one.message) == ("error", "the file is not UTF-8 text")
    assert found("\ufeffnumpy==1\n") == []


def test_a_secret_in_an_address_is_not_repeated() -> None:
    (one,) = checked(PROJECT, {FILE: b"x @ git+https://user:k8Jx2pQz7LmW4vRt@example.com/x@main\n"})
    assert "k8Jx" not in f"{one.message}{one.help}{one.related}"


def test_a_warning_can_be_waived_and_an_error_cannot() -> None:
    platform = edited(PLATFORM, ("prices:", f"{WAIVER}prices:"))
    codes = [(one.code, one.severity.value) for one in compiled({FILE: "numpy\n", **platform}).findings.diagnostics]
    assert ("MG259", "note") in codes
    assert not {code for code, _ in codes} - {"MG259", "MG423"}
    codes = [(one.code, one.severity.value) for one in compiled({FILE: "-e .\n", **platform}).findings.diagnostics]
    assert {("MG259", "error"), ("MG422", "error")} <= set(codes)


def said(*files: tuple[str, str]) -> list[tuple[str, int, str]]:
    """File, line and message of each finding, of a project with these files beside its configuration."""
    done = compiled({f"{PROJECT}/{name}": text for name, text in files})
    assert {one.code for one in done.findings.diagnostics} <= {"MG259"}
    spans = ((one.span, one.message) for one in done.findings.diagnostics)
    return [(span.file.removeprefix(f"{PROJECT}/"), span.line, message) for span, message in spans if span]


WAYS = [
    "-r {}",
    "-r{}",
    "-c {}",
    "--requirement {}",
    "--requirement={}",
    "--constraint={}",
    "--pre -r '{}'",
    "--con {}",
]


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_asked_for_is_looked_at_in_whatever_way_it_is_written(way: str) -> None:
    found = said(("requirements.txt", way.format("deps/more.in")), ("deps/more.in", "ok==1\nnumpy\n"))
    assert found == [("deps/more.in", 2, "`numpy` is not pinned: the next run may train with another version")]


def test_a_name_is_looked_for_beside_the_file_that_it_stands_in() -> None:
    files = ("requirements.txt", "-r deps/a.txt"), ("deps/a.txt", "-r b.txt\n-r ../c.txt"), ("c.txt", "numpy")
    assert [one[:2] for one in said(*files, ("deps/b.txt", "-e ."))] == [("c.txt", 1), ("deps/b.txt", 1)]
    assert said(*files) == [
        ("c.txt", 1, "`numpy` is not pinned: the next run may train with another version"),
        ("deps/a.txt", 1, f"`{PROJECT}/deps/b.txt` cannot be read"),
    ]


ELSEWHERE = ["../x.txt", "/etc/x.txt", "https://u:k8Jx2pQz7LmW4vRt@example.com/x", "${X}.txt", "", "."]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_file_outside_of_the_project_is_refused(name: str) -> None:
    (found,) = checked(PROJECT, {FILE: f"ok==1\n-r {name}".encode()})
    assert found.span is not None
    assert (found.severity.value, found.span.line) == ("error", 2)
    assert found.message == "this is no file of the project's folder"


def test_files_that_ask_for_each_other_end() -> None:
    assert [one[:2] for one in said(("requirements.txt", "-r requirements.txt"))] == [("requirements.txt", 1)]
    found = said(("requirements.txt", "-r a.txt\nnumpy"), ("a.txt", "-c b.txt"), ("b.txt", "x==1\n-r a.txt"))
    assert [one[:2] for one in found] == [("a.txt", 1), ("b.txt", 2), ("requirements.txt", 2)]
    assert found[0][2] == f"`{PROJECT}/b.txt` asks for this file in turn, which pip refuses"


def test_two_that_ask_for_one_file_are_no_circle_and_it_is_told_once() -> None:
    files = ("requirements.txt", "-r a.txt\n-r b.txt"), ("a.txt", "-r c.txt"), ("b.txt", "-r c.txt")
    assert [one[:2] for one in said(*files, ("c.txt", "numpy"))] == [("c.txt", 1)]


def test_a_version_may_stand_in_another_file() -> None:
    def pinned(limits: str) -> bool:
        return not said(("requirements.txt", "-c limits.txt\nscikit_learn\n"), ("limits.txt", limits))

    assert pinned("Scikit.Learn==1.7.0")
    assert not pinned("scikit-learn==1.7.0; python_version < '3.9'")
    assert not pinned("scikit-learn<2")


def test_a_change_of_any_of_them_starts_the_pipeline() -> None:
    done = compiled({FILE: "-r deps/more.txt\n", f"{PROJECT}/deps/more.txt": "ok==1\n"})
    triggers = done.files["rendered/_platform/ci/triggers.yml"].decode()
    assert f"- {FILE}\n" in triggers
    assert f"- {PROJECT}/deps/more.txt\n" in triggers
