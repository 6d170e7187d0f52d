"""What is remembered of one project is told of another only where a trace of its own would tell the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.generated import files
from mlops_gitops.compiler import targets
from mlops_gitops.compiler.driver import compile_project
from mlops_gitops.compiler.opened import open_tree
from mlops_gitops.compiler.origins.marking import Marking
from mlops_gitops.compiler.origins.memory import Memory
from mlops_gitops.compiler.origins.tracing import file_origins
from mlops_gitops.compiler.targets import render
from mlops_gitops.compiler.unit import Unit
from tests.factory import CONFIG, FILES, PLATFORM, PROJECT, Content, compiled, tree
from tests.golden.test_golden import SOURCES

SHAPES = {
    "as it is": "",
    "more replicas": "serving: {replicas: 3}\n",
    "with devices": "serving: {accelerator: {count: 1}}\n",
    "other numbers": "serving: {port: 9000}\ntraining: {resources: {cpu: 3}}\n",
    "variables": "training: {env: {A: {value: x}}}\n",
    "another name": "training: {env: {B: {value: x}}}\n",
    "stops at nothing": "remediation: {high: none}\n",
    "keras": "training: {framework: keras}\n",
}


def units(changes: dict[str, Content], files: dict[str, str]) -> Iterator[tuple[Unit, Memory]]:
    opened = open_tree(tree(changes, files=files))
    for name in opened.names:
        unit = compile_project(opened, name)
        assert unit.project is not None, unit.found
        yield unit, opened.memory()


def check(unit: Unit, memory: Memory) -> None:
    assert unit.project is not None
    remembered = memory.of_project(unit.project, unit.artifacts, unit.files)
    assert remembered == Memory(memory.platform).of_project(unit.project, unit.artifacts, unit.files)
    assert set(remembered) == {artifact.path for artifact in unit.artifacts}


def test_projects_that_differ_in_one_thing_have_their_own_origins() -> None:
    repository = {PLATFORM: FILES[PLATFORM]}
    for number, extra in enumerate(SHAPES.values()):
        for path, text in FILES.items():
            if path.startswith(PROJECT):
                repository[path.replace("fraud-detection", f"p-{number}")] = text + (extra if path == CONFIG else "")
    for unit, memory in units({}, repository):
        check(unit, memory)


def test_an_overlay_with_other_lists_has_its_own() -> None:
    env = "serving:\n  env: {{A: {{value: x}}, {name}: {{value: z}}}}\n"
    for name in ("B", "C"):
        changes: dict[str, Content] = {
            CONFIG: FILES[CONFIG] + env.format(name="Z"),
            f"{PROJECT}/environments/production.yaml": env.format(name=name).replace("A: {value: x}", "A: null"),
        }
        for unit, memory in units(changes, FILES):
            check(unit, memory)


def test_generated_projects_share_traces_and_are_told_right() -> None:
    repository = dict(files(60))
    memory = None
    for unit, memory in units({}, repository):
        check(unit, memory)
    assert memory is not None
    assert memory.traces < 30


@pytest.mark.parametrize("extra", SHAPES.values(), ids=SHAPES)
def test_every_file_has_its_origins(extra: str) -> None:
    """A target that takes a marked text apart by other means than its methods would be found here."""
    opened = open_tree(tree({CONFIG: FILES[CONFIG] + extra}))
    unit = compile_project(opened, "fraud-detection")
    assert unit.project is not None
    told = opened.memory().of_project(unit.project, unit.artifacts, unit.files)
    assert set(told) == {artifact.path for artifact in unit.artifacts}
    without = [path for path, keys in told.items() if not keys]
    # Which files travel into an image is the same for all.
    assert without == ["rendered/fraud-detection/image/.dockerignore"], (
        "every other file has a line that a key went into"
    )


def test_no_file_of_projects_that_use_much_goes_without() -> None:
    """Devices of every kind, several workers, checkpoints, releases: nothing that a target does sees the marks."""
    opened = open_tree(tree(SOURCES))
    for name in opened.names:
        unit = compile_project(opened, name)
        assert unit.project is not None
        contents = [unit.files[artifact.path] for artifact in unit.artifacts]
        artifacts = render(Marking().project(unit.project, opened.memory().marked_platform))
        told = [file_origins(*pair) for pair in zip(artifacts, contents, strict=True)]
        assert [unit.artifacts[number].path for number, one in enumerate(told) if one.count is None] == []


def test_the_second_run_changes_no_byte() -> None:
    """Not even of what is rendered after it in the same process, where writers remember what they wrote."""
    first, second = compiled(SOURCES), compiled(SOURCES)
    assert first.files == second.files
    assert not [path for path, content in second.files.items() if b"\x01" in content or b"u0001" in content]


def test_no_target_looks_at_text_by_patterns() -> None:
    """``re`` sees the marks, and would silently go another way than over plain text: targets use methods of text."""
    folder = Path(targets.__file__).parent
    assert [
        path.name for path in folder.rglob("*.py") if re.search(r"fullmatch|^import re$", path.read_text(), re.M)
    ] == []


def test_a_comment_rewrites_no_record() -> None:
    before = compiled()
    after = compiled({CONFIG: "# first of all\n\n" + FILES[CONFIG].replace("testing:", "testing:  # gates")})
    assert after.files == before.files
