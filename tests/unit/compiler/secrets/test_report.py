"""Secrets in a tree: which files are looked through, and that nothing that is ever told repeats one."""

from __future__ import annotations

import io

import pytest

from mlops_gitops.cli.formats import LIMITS, report_of, tell
from mlops_gitops.compiler.driver import CHECKS, compile_tree
from mlops_gitops.compiler.secrets.report import LARGEST
from mlops_gitops.diagnostics import Severity
from tests.factory import CONFIG, CONTRACT, FILES, PLATFORM, PROJECT, Content, compiled, tree

SECRET = "hunter2x"
LINE = f'password = "{SECRET}"\n'


@pytest.mark.parametrize(
    "path",
    [
        f"{PROJECT}/client.py",
        f"{PROJECT}/.env",
        f"{PROJECT}/notebooks/deep/look.ipynb",
        f"{PROJECT}/tests/test_client.py",
        f"{PROJECT}/Dockerfile",
        f"{PROJECT}/manifests/pod.yaml",
        "projects/.env",
        ".env",
        ".gitlab-ci.yml",
        ".github/workflows/own.yml",
        ".github/dependabot.yml",
    ],
)
def test_every_text_of_a_project_and_what_stands_beside_is_looked_through(path: str) -> None:
    found = [one for one in compiled({path: LINE}).findings.diagnostics if one.code.startswith("MG45")]
    assert [one.where for one in found] == [f"{path}:1:13"]
    assert found[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (f"{PROJECT}/data/rows.csv", LINE.encode()),
        (f"{PROJECT}/model.bin", LINE.encode()),
        (f"{PROJECT}/program", b"\0" + LINE.encode()),
        (f"{PROJECT}/large.py", LINE.encode() + b"#" * LARGEST),
        (".github/workflows/mlops-fraud-detection.yml", LINE.encode()),
        ("README.md", LINE.encode()),
    ],
)
def test_data_programs_and_what_is_no_projects_are_not(path: str, content: bytes) -> None:
    assert compiled({path: content}).findings.diagnostics == ()


def test_what_is_no_utf8_is_looked_through_all_the_same() -> None:
    (one,) = compiled({f"{PROJECT}/latin.py": b'x = "\xe9"; ' + LINE.encode()}).findings.diagnostics
    assert one.where == f"{PROJECT}/latin.py:1:22"


WRONG: dict[str, dict[str, Content]] = {
    "a value that is none of its choices": {
        CONFIG: FILES[CONFIG] + f"stack:\n  password: {SECRET}\n  cloud: {SECRET}\n"
    },
    "an unknown key": {CONFIG: f"password: {SECRET}\n{FILES[CONFIG]}"},
    "a wrong type": {CONFIG: f"password: {SECRET}\n" + FILES[CONFIG].replace("recall: 0.85", f"recall: {SECRET}")},
    "a file that is not YAML": {CONFIG: f'password: {SECRET}\nx: "{SECRET}\n'},
    "the contract": {
        CONTRACT: f"password: {SECRET}\n" + FILES[CONTRACT].replace("label: is_fraud", f"label: {SECRET}")
    },
    "the platform": {PLATFORM: f"password: {SECRET}\n" + FILES[PLATFORM].replace("kind: local", f"kind: {SECRET}")},
    "the platform's, in a project": {
        PLATFORM: f"{FILES[PLATFORM]}defaults:\n  serving:\n    env: [{{name: DB_PASSWORD, value: {SECRET}}}]\n",
        CONFIG: FILES[CONFIG].replace("recall: 0.85", f"recall: {SECRET}"),
    },
    "a name": {CONFIG: FILES[CONFIG].replace("- slack", f"- {SECRET}\npassword: {SECRET}")},
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", LIMITS)
def test_no_format_shows_a_secret_whatever_else_is_wrong_with_it(wrong: str, name: str) -> None:
    done = compiled(WRONG[wrong])
    assert any(one.code == "MG453" for one in done.findings.errors)
    stream = io.StringIO()
    tell(report_of(done.findings, done.texts, 1, 100, ""), name, stream)
    assert "MG453" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_a_secret_keeps_nothing_committed_from_running_and_is_no_fault() -> None:
    done = compiled({f"{PROJECT}/client.py": LINE})
    assert done.findings.errors
    assert not done.findings.faults
    assert done.files


def test_one_project_alone_is_told_of_its_own_and_of_the_platforms() -> None:
    changes: dict[str, Content] = {f"{PROJECT}/client.py": LINE, ".env": "DB_PASSWORD=hunter3x\n"}
    found = compile_tree(tree(changes), ["fraud-detection"], CHECKS).findings.diagnostics
    assert [one.where for one in found] == [".env:1:13", f"{PROJECT}/client.py:1:13"]
