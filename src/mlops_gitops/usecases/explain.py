"""Explain: what is in force for a key of a project, and which file and line it came from."""

from __future__ import annotations

import re
from collections.abc import Callable

from mlops_gitops.compiler.computed_defaults import Setting
from mlops_gitops.compiler.driver import read
from mlops_gitops.compiler.explain import (
    ENVIRONMENT,
    PLATFORM,
    PROJECT,
    Explainer,
    Explanation,
    Layer,
    look_up,
    shown_path,
    without_secrets,
)
from mlops_gitops.compiler.keyed_lists import by_key, legal_keys
from mlops_gitops.compiler.opened import open_tree
from mlops_gitops.compiler.overlay import Layered
from mlops_gitops.compiler.platform_file import read_platform
from mlops_gitops.compiler.secrets.report import hiding
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.suggest import unknown
from mlops_gitops.compiler.unit import Unit
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.usecases.validate import compile_checked


def explain(tree: SourceTree, project: str, key: str, environment: str = "") -> Explanation:
    """``key`` is a dotted path, list items as ``stages[0]`` or ``env[NAME]``; raises ``UsageError`` on unknown names.

    Without an environment it is as it is in all that have no overlay.
    """
    compiled = compile_checked(tree, [project]).project(project)
    assert compiled is not None, "it compiles without an error"
    path = parse_key(key)
    of = explainer(tree, compiled, environment_of(compiled, environment))
    explanation = of.explain(path) if path else None
    if explanation is None:
        raise _no_such_key(key, path, of)
    return without_secrets(explanation, secrets_hidden(tree, project))


def secrets_hidden(tree: SourceTree, project: str = "") -> Callable[[str], str]:
    """What hides all that may be a secret in the sources of a project and of the platform; a sure one is an error."""
    opened = open_tree(tree)
    inputs = read(opened.unit(project)).inputs if project else None
    return hiding((*opened.secrets, *(inputs.secrets if inputs else ())))


def environment_of(project: Project, name: str) -> Environment | None:
    """The environment of a name, nothing for no name; raises ``UsageError``."""
    found = project.environment(name)
    if name and found is None:
        names = tuple(one.name for one in project.environments)
        raise UsageError(unknown("environment", name, names), todo=f"environments: {', '.join(names)}")
    return found


def explainer(tree: SourceTree, project: Project, environment: Environment | None) -> Explainer:
    """What explains the keys of a project that compiles, as they are in an environment."""
    platform = read_platform(tree)
    assert platform.spec is not None, "the project compiles"
    inputs = read(Unit(project.name, tree, platform.spec)).inputs
    assert inputs is not None
    assert inputs.config is not None
    overlay = inputs.overlays.get(environment.name) if environment else None
    layers: list[tuple[Layer, Layered]] = [(ENVIRONMENT, by_key(overlay.layer)[0])] if overlay else []
    layers += [(PROJECT, by_key(inputs.config.layer)[0]), (PLATFORM, platform.defaults_as_written)]
    local = environment is not None and environment.cluster.kind == "local"
    return Explainer(Setting(project.name, environment.spec if environment else project.spec, local), tuple(layers))


def parse_key(key: str) -> Path:
    """``pipeline.stages[0]`` as a path; brackets also hold names with dots in them."""
    parts = re.findall(r"\[([^\]]+)\]|([^.\[\]]+)", key)
    return tuple(int(inside) if inside.isdecimal() else inside or plain for inside, plain in parts)


def _no_such_key(key: str, path: Path, of: Explainer) -> UsageError:
    """Names the first part of the path that is wrong, and what could stand there."""
    for depth, part in enumerate(path or ("",)):
        there, above = look_up(of.value, path[:depth])
        legal = legal_keys(path[:depth]) or (tuple(above) if there and isinstance(above, dict) else ())
        if legal and part not in legal:
            where = f"in `{shown_path(path[:depth])}`: " if depth else ""
            return UsageError(f"{where}{unknown('key', str(part), legal)}", todo=f"keys here: {', '.join(legal)}")
    return UsageError(f"nothing is set at `{key}`", todo="name a key that is written, or the section above it")
