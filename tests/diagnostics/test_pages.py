"""Every code has a page, every page a code; what a page shows is what is really said, and what it advises is legal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlops_gitops.compiler.rules import RULES
from mlops_gitops.compiler.rules.across import ACROSS_RULES
from mlops_gitops.compiler.source import read_source
from tests.diagnostics.fixture import load
from tests.factory import CONFIG, compiled

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = sorted((ROOT / "docs" / "rules").glob("*.md"))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def test_codes_and_pages_are_the_same() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("compiler/**/*.py"))
    assert {page.stem for page in PAGES} == set(re.findall(r'"(MG\d{3})"', source))
    assert {rule.code for rule in (*RULES, *ACROSS_RULES)} <= {page.stem for page in PAGES}


def test_a_rule_gives_its_own_code() -> None:
    for rule in (*RULES, *ACROSS_RULES):
        assert rule.check.__doc__ is not None
        assert rule.check.__doc__.startswith(rule.code), rule.title


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_is_really_said(page: Path) -> None:
    expected = [load(path).expected for path in HERE.glob("*.txt")]
    (example,) = blocks(page, "text")
    assert f"[{page.stem}]" in example
    assert any(example in one for one in expected)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_advises_what_can_be_read(page: Path) -> None:
    assert page.read_text(encoding="utf-8").startswith(f"# {page.stem}: ")
    for text in blocks(page, "yaml"):
        assert read_source(page.name, text.encode()).diagnostics == ()


def test_the_shortest_configuration_of_its_page_compiles() -> None:
    (text,) = blocks(ROOT / "docs/rules/MG105.md", "yaml")
    assert compiled({CONFIG: text}).findings.diagnostics == ()
