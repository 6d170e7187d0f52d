"""The project's own code that its files name as ``module:function``: the module must be there, and know the name.

Code is never run here, and only looked at as text: a name that its module does not hold anywhere cannot be a function
of it, unless the module takes in all names of another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mlops_gitops.compiler.suggest import did_you_mean
from mlops_gitops.diagnostics import Diagnostic, Span

CONFIG_KEYS: tuple[tuple[str, ...], ...] = (
    ("training", "entrypoint"),
    ("data", "entrypoint"),
    ("pipeline", "stage_options", "model_validation", "business_metric"),
)
CONTRACT_KEYS: tuple[tuple[str, ...], ...] = (("generator",),)
_NAMED = r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)"
# Where these are written and their module is not there, the built-in is taken, as where nothing is written.
_BUILT_IN = ("model:train", "data:load")
_DEFINED = r"(?m)^(?:async )?def (\w+)"
_ANY_NAME = r"import \*|__getattr__|globals\("


def named_code(
    named: str, told: Span | None, files: tuple[str, ...], folder: str, read: Callable[[str], bytes | None]
) -> Iterator[Diagnostic]:
    """MG106: ``named`` is what a file says, at ``told``; ``files`` are all below ``folder``."""
    match = re.fullmatch(_NAMED, named)
    if match is None:
        return  # MG110 tells of it.
    module, function = match.groups()
    stem = f"{folder}/{module.replace('.', '/')}"
    path = next((one for one in (f"{stem}.py", f"{stem}/__init__.py") if one in files), None)
    if path is None:
        if named not in _BUILT_IN:
            # `model.py:train` names a module `py` in a package `model`.
            meant = f"{module.removesuffix('.py')}:{function}" if module.endswith(".py") else ""
            yield _no_module(stem, told, files, folder) if not meant else _with_ending(named, meant, told)
        return
    text = (read(path) or b"").decode("utf-8", "replace")
    if not re.search(rf"\b{function}\b", text) and not re.search(_ANY_NAME, text):
        close = did_you_mean(function, re.findall(_DEFINED, text))
        message = f"`{path}` has no `{function}`" + (f"; did you mean `{module}:{close}`?" if close else "")
        yield Diagnostic("MG106", message, told, help=f"write the function, or name one that is there: {module}:NAME")


def _with_ending(named: str, meant: str, told: Span | None) -> Diagnostic:
    message = f"`{named}` names a module `py`: a module is named without its ending"
    return Diagnostic("MG106", message, told, help=f"write {meant}")


def _no_module(stem: str, told: Span | None, files: tuple[str, ...], folder: str) -> Diagnostic:
    modules = sorted(
        one.removeprefix(f"{folder}/").removesuffix(".py")
        for one in files
        if one.endswith(".py") and "/tests/" not in one
    )
    there = f"; modules there: {', '.join(name.replace('/', '.') for name in modules)}" if modules else ""
    todo = f"write it, or name a module of {folder}/{there}"
    return Diagnostic("MG106", f"missing file `{stem}.py`", told, help=todo)
