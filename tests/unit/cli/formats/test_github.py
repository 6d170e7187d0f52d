"""GitHub's annotations, read back by the rules of its runner."""

from __future__ import annotations

import re

from mlops_gitops.cli.formats import github
from mlops_gitops.cli.formats.report import Report
from tests.factory import CONFIG
from tests.unit.cli.formats.reports import compiled_report, hostile, many

Command = tuple[str, dict[str, str], str]


def read_back(text: str) -> list[Command]:
    """As the runner takes lines apart: only what begins with two colons is a command."""
    commands = []
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"::(\w+) ?([^:]*)::(.*)", line)
        assert match, line
        pairs = [pair.partition("=") for pair in match[2].split(",")]
        properties = {name: _unescaped(value, "%3A:", "%2C,") for name, _, value in pairs}
        commands.append((match[1], properties, _unescaped(match[3])))
    return commands


def _unescaped(text: str, *more: str) -> str:
    for pair in (*more, "%0D\r", "%0A\n", "%25%"):
        text = text.replace(pair[:3], pair[3:])
    return text


def commands_of(given: Report) -> list[Command]:
    return read_back(github.formatted(given))


def test_a_finding_is_one_command() -> None:
    given = compiled_report()
    commands = commands_of(given)
    assert [name for name, _, _ in commands] == [found.severity.value for found in given.shown]
    for found, (_, properties, text) in zip(given.shown, commands, strict=True):
        assert properties["file"] == f"ml/{CONFIG}"
        assert (int(properties["line"]), int(properties["col"])) == (found.place.line, found.place.column)
        assert properties["title"] == found.code
        assert text.splitlines()[0] == found.message


def test_nothing_in_a_finding_becomes_a_command() -> None:
    text = github.formatted(hostile())
    assert text.count("\n") == 1
    assert not re.search("[\x00\x1b\r\u202e]", text)
    ((name, properties, data),) = read_back(text)
    assert name == "warning"
    assert set(properties) == {"file", "line", "endLine", "col", "endColumn", "title"}
    assert properties["file"].startswith("projects/a%0A␊")
    assert "::error::b" in data


def test_what_is_left_out_is_said() -> None:
    assert commands_of(many(9, 7))[-1][2] == "2 more findings are not shown here"
    assert len(commands_of(many(9, 9))) == 9
