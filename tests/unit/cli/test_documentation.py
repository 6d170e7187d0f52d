"""`docs/cli.md` names every verb and every flag, and no other; its examples are commands that parse."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlops_gitops.cli.main import VERBS
from mlops_gitops.diagnostics import ExitCode

TEXT = (Path(__file__).resolve().parents[3] / "docs/cli.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def parser_of(verb: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"mlops-gitops {verb}", exit_on_error=False)
    importlib.import_module(f"mlops_gitops.cli.{verb}").add_arguments(parser)
    return parser


def actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from actions(below)
        else:
            yield action


def test_every_verb_has_its_section_in_order():
    assert [name for name in SECTIONS if name in VERBS] == list(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_flags_of_a_verb(verb):
    documented = set(re.findall(r"^\| `(--[a-z-]+)", SECTIONS[verb], re.MULTILINE))
    there = {flag for action in actions(parser_of(verb)) for flag in action.option_strings if flag.startswith("--")}
    assert documented == there - {"--help"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_flag_that_is_mentioned_exists(verb):
    there = {flag for action in actions(parser_of(verb)) for flag in action.option_strings}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", SECTIONS[verb])) <= there


@pytest.mark.parametrize("verb", VERBS)
def test_the_examples_of_a_verb_parse(verb):
    examples = re.findall(r"^mlops-gitops .*$", SECTIONS[verb], re.MULTILINE)
    assert examples
    for example in examples:
        program, named, *words = shlex.split(example)
        assert (program, named) == ("mlops-gitops", verb)
        parser_of(verb).parse_args(words)


@pytest.mark.parametrize("verb", VERBS)
def test_every_flag_says_what_it_is_for(verb):
    spoken = [action for action in actions(parser_of(verb)) if action.option_strings]
    obvious = {"--environment", "--format"}
    assert [a.option_strings for a in spoken if not a.help and not obvious & set(a.option_strings)] == []


def test_every_exit_code_is_documented():
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)}
    assert documented == {int(code) for code in ExitCode} | {130}
