"""The key under which a stage's outputs are kept: the same key means the same outputs, wherever they were made.

A key is the digest of the stage's name, the contents of its inputs, the part of the configuration that it declares,
and the code that runs: the project's own and, of the product's, the stage's module with all that it imports from the
packages that do the work.  Gate limits are not in it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.canonical import digest_bytes, digest_of

PACKAGE = "mlops_gitops"
# Only what computes counts: a reworded description in the spec or a new command must not train a model again.
WORKING_PACKAGES = ("stages", "modeltests", "detector")


def cache_key(stage: str, inputs: Mapping[str, str], parameters: Plain, code: Mapping[str, str]) -> str:
    """Hex key of a stage; ``inputs`` and ``code`` map names to content digests."""
    recipe = {"stage": stage, "inputs": dict(inputs), "parameters": parameters, "code": dict(code)}
    return digest_of(recipe).removeprefix("sha256:")


def code_closure(module: str, source: Callable[[str], bytes | None]) -> dict[str, str]:
    """Digests of a module's source and of all working modules it imports, at any depth and inside functions too.

    ``source`` gives the bytes of a dotted module, ``None`` where the name is no module (an imported function, say).
    """
    found: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or not _works(name):
            continue
        text = source(name)
        if text is not None:
            found[name] = digest_bytes(text)
            waiting.extend(_imported(text))
    return found


def _works(module: str) -> bool:
    parts = module.split(".")
    # A package's own __init__ is the registry of all stages: it would tie every stage to every other.
    return len(parts) > 2 and parts[0] == PACKAGE and parts[1] in WORKING_PACKAGES


def _imported(text: bytes) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
