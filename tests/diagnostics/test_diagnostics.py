"""Every fixture of this folder says exactly what it expects."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.diagnostics.fixture import load

HERE = Path(__file__).parent
FIXTURES = sorted(HERE.rglob("*.txt"))


@pytest.mark.parametrize("path", FIXTURES, ids=[path.relative_to(HERE).as_posix() for path in FIXTURES])
def test_what_is_said(path: Path) -> None:
    fixture = load(path)
    if os.environ.get("ACCEPT"):
        fixture.accept()
        fixture = load(path)
    assert fixture.printed() == fixture.expected
