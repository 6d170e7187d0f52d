"""The table of ``docs/yaml.md`` against the two judges of YAML's versions, and against what is really done."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlops_gitops.compiler.driver import Compilation
from tests.factory import CONFIG, FILES, compiled

PAGE = Path(__file__).resolve().parents[3] / "docs" / "yaml.md"
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]
FIELDS = {
    "a whole number": ("training", "seed"),
    "a number": ("testing", "thresholds", "recall"),
    "true or false": ("pipeline", "triggers", "data_update"),
    "text": ("project", "description"),
    "any scalar": ("training", "parameters", "x"),
    "a quantity": ("serving", "resources", "cpu"),
    "a duration": ("pipeline", "timeout"),
    "one of four words": ("remediation", "high"),
}


def config(path: tuple[str, ...], written: str) -> str:
    """The usual configuration with one value in it, as it was written."""
    data: dict[str, Any] = yaml.safe_load(FILES[CONFIG])
    here = data
    for part in path[:-1]:
        here = here.setdefault(part, {})
    here[path[-1]] = "PLACE"
    return yaml.safe_dump(data, sort_keys=False).replace("PLACE", written)


def value_at(compilation: Compilation, path: tuple[str, ...]) -> Any:
    (project,) = compilation.projects
    value: Any = project.spec.model_dump(mode="json")
    for part in path:
        value = value[part]
    return value


def test_the_page_has_its_table() -> None:
    assert len(ROWS) > 40
    assert {field for _, field, *_ in ROWS} == set(FIELDS)
    for field, path in FIELDS.items():
        assert f"`{'.'.join(path)}`" in PAGE.read_text(encoding="utf-8"), field


@pytest.mark.parametrize(("written", "field", "_old", "_new", "here"), ROWS)
def test_a_row_is_true(written: str, field: str, _old: str, _new: str, here: str) -> None:
    path = FIELDS[field]
    compilation = compiled({CONFIG: config(path, written.strip("`"))})
    codes = [found.code for found in compilation.findings.errors]
    if re.fullmatch(r"MG\d{3}", here):
        assert codes == [here]
    else:
        assert codes == []
        wanted = None if here == "nothing is set" else yaml.safe_load(here.strip("`"))
        assert value_at(compilation, path) == wanted


@pytest.mark.parametrize(("written", "_field", "old", "_new", "_here"), ROWS)
def test_a_row_says_what_an_old_reader_sees(written: str, _field: str, old: str, _new: str, _here: str) -> None:
    text = written.strip("`")
    if text == "y":  # PyYAML keeps to its text, YAML 1.1 itself does not.
        return
    try:
        seen = yaml.safe_load(text)
    except (ValueError, yaml.YAMLError):
        assert old in ("no such day", "special")
        return
    if isinstance(seen, str):
        assert old == "text"
    elif old not in ("nothing", "a day", "a time", "infinite"):
        assert yaml.safe_load(old) == seen
