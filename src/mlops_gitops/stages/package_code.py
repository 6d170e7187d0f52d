"""Loading a pickled estimator whose classes live in a project's own modules, without mixing up projects.

Every project calls its module ``model``, and a detector loads two versions of it side by side.  So the package's code
folder is on the import path only while its estimator is loaded, and the modules that came from it are taken out of
``sys.modules`` again: the estimator keeps its classes alive, the next package imports its own.  The price: project
code imports its sibling modules at the top of the file, not inside a function that runs later.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

# sys.path and sys.modules belong to the whole process.
_LOADING = threading.RLock()


def top_level_names(paths: Iterator[str] | list[str]) -> set[str]:
    """The importable top-level names among relative paths: ``model.py`` and ``parts/trees.py`` → model, parts."""
    return {path.split("/", 1)[0].removesuffix(".py") for path in paths if path.endswith(".py")}


@contextmanager
def importable(code: Path) -> Iterator[None]:
    """While inside, the modules below ``code`` come first; afterwards everything is as it was before.

    No byte code is written, for a package's contents are digested.  Other threads that import meanwhile may see the
    package's modules; loads of packages wait for each other.
    """
    with _LOADING:
        names = top_level_names([path.relative_to(code).as_posix() for path in code.rglob("*.py")])
        before = _take_out(names)
        writes_no_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        sys.path.insert(0, str(code))
        importlib.invalidate_caches()
        try:
            yield
        finally:
            sys.path.remove(str(code))
            sys.path_importer_cache.pop(str(code), None)
            sys.dont_write_bytecode = writes_no_bytecode
            _take_out(names)
            sys.modules.update(before)


def _take_out(names: set[str]) -> dict[str, ModuleType]:
    found = [name for name in sys.modules if name.split(".", 1)[0] in names]
    return {name: sys.modules.pop(name) for name in found}
