"""Every fixture of this folder says exactly what it expects, and every code has one."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.diagnostics.fixture import load

HERE = Path(__file__).parent
FIXTURES = sorted(HERE.rglob("*.txt"))
COMPILER = HERE.parents[1] / "src" / "mlops_gitops" / "compiler"


@pytest.mark.parametrize("path", FIXTURES, ids=[path.relative_to(HERE).as_posix() for path in FIXTURES])
def test_what_is_said(path: Path) -> None:
    fixture = load(path)
    if os.environ.get("ACCEPT"):
        fixture.accept()
        fixture = load(path)
    assert fixture.printed() == fixture.expected


def test_every_code_has_a_fixture() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in COMPILER.rglob("*.py"))
    codes = set(re.findall(r'"(MG\d{3})"', source))
    shown = {code for path in FIXTURES for code in re.findall(r"\[(MG\d{3})\]", load(path).expected)}
    assert len(codes) > 20
    assert codes == shown
