"""The oracle of origins: change one key, and just the lines that are said to come from it change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from mlops_gitops.compiler.explain import shown_path
from mlops_gitops.compiler.keyed_lists import by_key
from mlops_gitops.compiler.overlay import Layered, overlay
from mlops_gitops.compiler.provenance import provenance_path
from mlops_gitops.compiler.source import read_source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.stages import StageName
from tests.factory import CONFIG, FILES, compiled

RECORD = provenance_path("fraud-detection")
# Names made from content, and digests, change with everything.
DIGEST = re.compile(r"\b[0-9a-f]{8,64}\b")
EVERYTHING: dict[str, Plain] = {
    "pipeline": {"stages": [stage.value for stage in StageName if stage is not StageName.MODEL_RETRAINING]},
    "training": {
        "env": {"LOG_LEVEL": {"value": "info"}},
        "parameters": {"max_depth": 6},
        "node_selector": {"node.example.com/pool": "gpu"},
        "tolerations": {"gpu": {"effect": "NoSchedule"}},
        "accelerator": {"count": 2},
        "schedule": "0 3 * * 1",
    },
    # More than what some lines have at least, so that they come from it before and after.
    "serving": {"env": {"REGION": {"value": "eu"}}, "replicas": 2, "slo": {"latency": "700ms"}},
}


def rendered(data: Plain) -> dict[str, list[str]] | None:
    """The lines of every file that it renders to, but the records; nothing where it does not compile."""
    compilation = compiled({CONFIG: json.dumps(data)})
    if compilation.findings.errors:
        return None
    files = {path: content.decode() for path, content in compilation.files.items() if path.startswith("rendered/")}
    return {
        path: DIGEST.sub("#", text).split("\n") for path, text in files.items() if not path.endswith("/provenance.json")
    }


@cache
def base() -> tuple[dict[str, Any], dict[str, list[str]], dict[str, dict[str, set[int]]]]:
    """The configuration, its files, and by file and key the lines that the record tells."""
    written = read_source(CONFIG, FILES[CONFIG].encode()).layer
    data = overlay(by_key(written)[0], Layered(EVERYTHING)).data
    assert isinstance(data, dict)
    compilation = compiled({CONFIG: json.dumps(data)})
    assert compilation.findings.errors == ()
    record = json.loads(compilation.files[RECORD])["origins"]
    told = {
        path: {key: {int(line) for line in lines.split()} for key, lines in keys.items()}
        for path, keys in record.items()
    }
    files = rendered(data)
    assert files is not None
    return data, files, told


def leaves(value: Plain, path: Path = ()) -> Iterator[tuple[Path, Plain]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif value is not None and not isinstance(value, list):
        yield path, value


def other(value: Plain) -> Plain:
    """A value of the same kind that is not the same; nothing where this test knows none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return round(value * 0.97 if value <= 1 else value + 1, 6)
    number = re.fullmatch(r"(\d+)([a-zA-Z]+)", str(value))
    if number:  # twice as long, so that it is another number of whole minutes too
        return f"{int(number[1]) * 2}{number[2]}"
    return f"{value}2" if re.fullmatch(r"[a-z_.:]+", str(value)) else None


def cases() -> list[tuple[Path, Plain]]:
    compilation = compiled({CONFIG: json.dumps(base()[0])})
    project = compilation.project("fraud-detection")
    assert project is not None
    plain = by_key(Layered(dict(project.spec.plain)))[0].data
    return [(path, changed) for path, value in leaves(plain) if (changed := other(value)) is not None]


def with_change(data: dict[str, Any], path: Path, value: Plain) -> Plain:
    change: Plain = value
    for part in reversed(path):
        change = {str(part): change}
    return overlay(Layered(data), Layered(change)).data


def changed_lines(before: list[str], after: list[str]) -> set[int]:
    pairs = zip(before, after, strict=True)
    return {number for number, (old, new) in enumerate(pairs, start=1) if old != new}


CASES = cases()


@pytest.mark.parametrize(("path", "value"), CASES, ids=[shown_path(path) for path, _ in CASES])
def test_just_the_lines_change_that_come_from_it(path: Path, value: Plain) -> None:
    data, files, told = base()
    after = rendered(with_change(data, path, value))
    if after is None:
        pytest.skip("such a value is refused")
    key = shown_path(path)
    for file, lines in files.items():
        new = after.get(file, [])
        if len(new) != len(lines):  # it decides what is rendered, not only what stands there
            continue
        assert changed_lines(lines, new) == told.get(file, {}).get(key, set()), file


def test_the_oracle_has_something_to_say() -> None:
    known = {key for keys in base()[2].values() for key in keys}
    asked = {shown_path(path) for path, _ in CASES}
    assert len(known & asked) >= 25
