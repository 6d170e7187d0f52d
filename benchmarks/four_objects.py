"""The same four objects of many projects, made by this compiler's targets, by go-jsonnet and by kustomize.

Each starts from values that are read already and ends with the bytes of a Deployment, a Service and two claims or
configurations a project; start-up is taken off.  The jsonnet program is made from our objects: what differs between
projects is a value, all else is its text, and its output must be ours, object by object.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import go_programs  # noqa: E402
import yaml  # noqa: E402

from benchmarks.generated import PLATFORM, files  # noqa: E402

ROUNDS = 5
# On one machine a project is served by exactly four objects.
_LOCAL = PLATFORM.replace('kind: kubernetes\n    kubernetes_version: "1.34"\n    context: cloud', "kind: local")
Objects = list[dict[str, Any]]


def compare(count: int, scratch: Path) -> dict[str, float]:
    """Seconds an object by tool, start-up aside; a tool that is not built has no entry."""
    made, ours_s = _ours(count)
    objects = sum(len(one) for one in made)
    found = {"ours": ours_s / objects}
    programs = go_programs.SETS["peers"]
    if programs.missing():
        print(
            "four objects: go-jsonnet and kustomize are not built: tools/go_programs.py build GO peers", file=sys.stderr
        )
        return found
    return found | {
        "go-jsonnet": _jsonnet(programs.program("jsonnet"), made, scratch) / objects,
        "kustomize": _kustomize(programs.program("kustomize"), made, scratch) / objects,
    }


def _ours(count: int) -> tuple[list[Objects], float]:
    from mlops_gitops.compiler.driver import PASSES, compile_tree, render_targets
    from mlops_gitops.compiler.emit import emit
    from mlops_gitops.compiler.targets import serving
    from tests import factory

    tree = factory.tree(files={**dict(files(count)), "projects/platform.yaml": _LOCAL})
    done = compile_tree(tree, passes=PASSES[: PASSES.index(render_targets) + 1])
    assert not done.findings.errors, done.findings.errors[:3]
    times, contents = [], list[list[bytes]]()
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        contents = [
            [emit(one, "projects/") for one in serving.render(project, project.environments[0])]
            for project in done.projects
        ]
        times.append(time.perf_counter() - began)
    made = [[yaml.load(text, yaml.CSafeLoader) for text in project] for project in contents]
    assert {len(one) for one in made} == {4}
    return made, statistics.median(times[1:])


def _jsonnet(program: Path, made: Sequence[Objects], scratch: Path) -> float:
    values: list[list[Any]] = [[] for _ in made]
    body = _template(made, values)
    (scratch / "values.json").write_text(json.dumps(values))
    source = scratch / "objects.jsonnet"
    source.write_text(f"[\n  {body}\n  for v in import 'values.json'\n]\n")
    told = subprocess.run([program, source], capture_output=True, text=True, check=True).stdout
    assert json.loads(told) == made, "jsonnet made something else"
    return _seconds([program, str(source)]) - _seconds([program, "-e", "1"])


def _template(pieces: Sequence[Any], values: list[list[Any]]) -> str:
    """Jsonnet for what all have in common; what differs is appended to ``values`` and referred to."""
    first = pieces[0]
    if all(piece == first for piece in pieces):
        return json.dumps(first)
    if isinstance(first, dict) and all(isinstance(one, dict) and one.keys() == first.keys() for one in pieces):
        inside = (f"{json.dumps(key)}: {_template([one[key] for one in pieces], values)}" for key in first)
        return "{" + ", ".join(inside) + "}"
    if isinstance(first, list) and all(isinstance(one, list) and len(one) == len(first) for one in pieces):
        return "[" + ", ".join(_template([one[at] for one in pieces], values) for at in range(len(first))) + "]"
    for value, piece in zip(values, pieces, strict=True):
        value.append(piece)
    return f"v[{len(values[0]) - 1}]"


def _kustomize(program: Path, made: Sequence[Objects], scratch: Path) -> float:
    folder = scratch / "kustomize"
    for path, text in _overlays(made):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    few = scratch / "one"
    few.mkdir()
    (few / "kustomization.yaml").write_text("resources: []\nconfigMapGenerator: [{name: a, literals: [a=b]}]\n")
    # Once: it takes half a minute for a thousand projects, beside which its noise is nothing.
    return _seconds([program, "build", str(folder)], rounds=1) - _seconds([program, "build", str(few)])


def _overlays(made: Sequence[Objects]) -> Iterator[tuple[str, str]]:
    """A base with the first project's objects, and a folder a project that gives them another name."""
    yield "base/objects.yaml", yaml.dump_all(made[0], Dumper=yaml.CSafeDumper)
    yield "base/kustomization.yaml", "resources: [objects.yaml]\n"
    for number in range(len(made)):
        yield f"p{number}/kustomization.yaml", f"resources: [../base]\nnamePrefix: p{number}-\n"
    names = "".join(f"  - p{number}\n" for number in range(len(made)))
    yield "kustomization.yaml", f"resources:\n{names}"


def _seconds(command: Sequence[str | Path], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=os.environ)
        times.append(time.perf_counter() - began)
    return statistics.median(times)
