"""The project's own code: ``module:function`` in its folder, loaded in the stage's process and nowhere else."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlops_gitops.diagnostics import UsageError

SNAPSHOT_EXCLUDES = ("tests", "__pycache__", "releases", "environments", "data")


def entrypoint(folder: Path, name: str, default: str) -> Callable[..., Any] | None:
    """The function ``module:function``; ``None`` where it is the default name and the project has no such module.

    Raises ``UsageError`` where a written entrypoint's module is missing, or the module lacks the function.
    """
    module, _, function = name.partition(":")
    if not has_module(folder, module):
        if name == default:
            return None
        raise UsageError(f"the project has no module {module}", where=str(folder), todo=f"write {module}.py")
    found = optional(folder, module, function)
    if found is None:
        raise UsageError(f"{module}.py has no function {function}", where=str(folder / f"{module}.py"))
    return found


def optional(folder: Path, module: str, function: str) -> Callable[..., Any] | None:
    """A function of a project's module, or ``None`` where either is missing."""
    if not has_module(folder, module):
        return None
    # The project's folder comes first, and stays: its modules may import each other later on.
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    found = getattr(importlib.import_module(module), function, None)
    return found if callable(found) else None


def has_module(folder: Path, module: str) -> bool:
    """Whether a project's folder holds a module or package of this name."""
    path = folder / Path(*module.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def code_snapshot(folder: Path) -> dict[str, bytes]:
    """The project's Python files by relative path, without its tests."""
    paths = sorted(path for path in folder.rglob("*.py") if path.is_file())
    relative = {path.relative_to(folder): path for path in paths}
    return {
        name.as_posix(): path.read_bytes() for name, path in relative.items() if name.parts[0] not in SNAPSHOT_EXCLUDES
    }
