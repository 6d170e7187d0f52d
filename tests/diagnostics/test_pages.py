"""Every code has a page, every page a code; what a page shows is what is really said, and what it advises is legal."""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path

import pytest

from mlops_gitops.compiler.rules import RULES
from mlops_gitops.compiler.rules.across import ACROSS_RULES
from mlops_gitops.compiler.rules.policy import POLICY_RULES
from mlops_gitops.compiler.source import read_source
from mlops_gitops.spec.project import ProjectSpec
from tests.diagnostics.fixture import load
from tests.factory import CONFIG, FILES, compiled

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# A page may write in lines what its fixture writes in one, or leave out what is beside it.
SECTIONS = {f"{name}:" for name in ProjectSpec.model_fields}
SECTIONS |= {"policy:", "thresholds:", "stage_options:", "categories:"}
# A finding about a change is no compiler's: its page is tested where plans are.
OF_CHANGES = {"MG410"}
PAGES = sorted(page for page in (ROOT / "docs" / "rules").glob("MG*.md") if page.stem not in OF_CHANGES)
SOURCES = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("compiler/**/*.py")))
CODES = sorted(set(re.findall(r'"(MG\d{3})"', SOURCES)))


def good_fixture(page: Path) -> Path:
    return HERE / "good" / f"{page.stem}.txt"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@functools.cache
def shown() -> frozenset[str]:
    """The codes that some bad fixture shows."""
    return frozenset(re.findall(r"\[(MG\d{3})\]", "".join(load(path).expected for path in HERE.glob("*.txt"))))


def test_every_page_is_of_a_code() -> None:
    assert len(CODES) > 70
    assert {rule.code for rule in (*RULES, *POLICY_RULES, *ACROSS_RULES)} <= set(CODES)
    left = {page.stem for page in PAGES} - set(CODES)
    assert not left, f"nothing in the compiler says {', '.join(sorted(left))} any more: drop the page, or say it"


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_a_page_a_bad_fixture_and_a_good_one(code: str) -> None:
    assert (ROOT / "docs" / "rules" / f"{code}.md").exists(), (
        f"{code} has no page: write docs/rules/{code}.md in the form of its neighbours (why, Example, How to mend it)"
    )
    assert code in shown(), (
        f"no fixture shows {code}: write tests/diagnostics/NAME.txt, ACCEPT=1 pytest tests/diagnostics, and read it"
    )
    good = HERE / "good" / f"{code}.txt"
    assert good.exists(), (
        f"{code} has no good fixture: write tests/diagnostics/good/{code}.txt, the same wish as the page advises it"
    )
    # What is excused is a note.
    quiet = re.search(r"^0 warnings(, \d+ notes?)? in ", load(good).expected, re.MULTILINE)
    assert quiet, f"{good.name} is to show that nothing is complained about"


def test_a_rule_gives_its_own_code() -> None:
    for rule in (*RULES, *POLICY_RULES, *ACROSS_RULES):
        assert rule.check.__doc__ is not None
        assert rule.check.__doc__.startswith(rule.code), rule.title


def accept_example(page: Path, example: str, expected: list[str]) -> str:
    """Take what is really said, where only places have changed since the page was written."""
    findings = [f"{finding.strip()}\n" for one in expected for finding in one.split("\n\n")]
    now = next((one for one in findings if without_place(one) == without_place(example)), example)
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(f"```text\n{example}```", f"```text\n{now}```"), encoding="utf-8")
    return now


def without_place(finding: str) -> str:
    return re.sub(r":\d+:\d+: ", ": ", finding.partition("\n")[0])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_is_really_said(page: Path) -> None:
    expected = [load(path).expected for path in HERE.rglob("*.txt")]
    (example,) = blocks(page, "text")
    if os.environ.get("ACCEPT"):
        example = accept_example(page, example, expected)
    assert f"[{page.stem}]" in example
    assert any(example in one for one in expected)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_advises_what_can_be_read(page: Path) -> None:
    assert page.read_text(encoding="utf-8").startswith(f"# {page.stem}: ")
    for text in blocks(page, "yaml"):
        assert read_source(page.name, text.encode()).diagnostics == ()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_advises_is_not_complained_about(page: Path) -> None:
    """The advice of a page stands, line by line, in a fixture that has no finding at all."""
    fixture = load(good_fixture(page))
    shown = set(re.findall(r"(?:error|warning)\[(MG\d{3})\]", fixture.expected))
    assert not shown, f"the good example has findings: {shown}"
    assert f"[{page.stem}]" not in fixture.expected
    written = {line.removeprefix("+").strip() for line in fixture.path.read_text(encoding="utf-8").splitlines()}
    written |= {line.strip() for text in FILES.values() for line in text.splitlines()}
    for advice in blocks(page, "yaml"):
        assert {line.strip() for line in advice.splitlines()} - SECTIONS <= written


def test_the_shortest_configuration_of_its_page_compiles() -> None:
    (text,) = blocks(ROOT / "docs/rules/MG105.md", "yaml")
    assert compiled({CONFIG: text}).findings.diagnostics == ()
