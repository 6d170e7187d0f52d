"""Explain: what is in force for a key of a project, and which file and line it came from."""

from __future__ import annotations

import re

from mlops_gitops.compiler.explain import Explanation, explain_value, legal_keys
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.suggest import unknown
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.usecases.validate import compile_checked


def explain(tree: SourceTree, project: str, key: str, environment: str = "") -> Explanation:
    """``key`` is a dotted path, list items as ``stages[0]``; raises ``UsageError`` on names that are not there."""
    compilation = compile_checked(tree, [project])
    compiled = compilation.project(project)
    assert compiled is not None, "it compiles without an error"
    spec = compiled.spec
    if environment:
        found = compiled.environment(environment)
        if found is None:
            names = tuple(one.name for one in compiled.environments)
            raise UsageError(unknown("environment", environment, names), todo=f"environments: {', '.join(names)}")
        spec = found.spec
    path = parse_key(key)
    explanation = explain_value(tree, project, environment, spec, path)
    if explanation is None:
        raise _no_such_key(key, path)
    return explanation


def parse_key(key: str) -> Path:
    """``pipeline.stages[0]`` as a path."""
    parts = re.findall(r"[^.\[\]]+|\[\d+\]", key)
    return tuple(int(part[1:-1]) if part.startswith("[") else part for part in parts)


def _no_such_key(key: str, path: Path) -> UsageError:
    """Names the first part of the path that is wrong, and what could stand there."""
    for depth, part in enumerate(path):
        legal = legal_keys(path[:depth])
        if legal and part not in legal:
            where = f"in `{key.split(f'.{part}')[0]}`: " if depth else ""
            return UsageError(f"{where}{unknown('key', str(part), legal)}", todo=f"keys here: {', '.join(legal)}")
    return UsageError(f"nothing is set at `{key}`", todo="name a key that is written, or the section above it")
