"""What a model file names: every global that loading it would look up, held against a list of what a model needs.

Loading a pickle calls what it names.  So before anything loads the file, it is read by an unpickler that looks each
name up in the list below and stops at the first one that is not there: nothing of the kind ``os.system`` is ever
called, not even by the scan.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from mlops_gitops.modeltests.suite import Finding
from mlops_gitops.stages.model_package import CODE, MODEL
from mlops_gitops.stages.package_code import importable, top_level_names

TRUSTED_PACKAGES = ("joblib", "numpy", "pandas", "scipy", "sklearn")
TRUSTED_NAMES = {
    "builtins": {"bool", "bytearray", "complex", "dict", "float", "frozenset", "int", "list", "object", "range", "set",
                 "slice", "str", "tuple", "bytes"},
    "collections": {"OrderedDict", "defaultdict", "deque", "Counter"},
    "copyreg": {"_reconstructor", "__newobj__"},
    "datetime": {"date", "datetime", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "functools": {"partial"},
    "pathlib": {"PurePosixPath"},
    "_codecs": {"encode"},  # how bytes were written before protocol 3
}  # fmt: skip
# Functions inside trusted packages that run text or open files.
NEVER = {("numpy", "load"), ("joblib", "load"), ("pandas", "read_pickle"), ("pandas", "eval")}


class _Refused(pickle.UnpicklingError):
    """A name that is not on the list."""


def scan(package: Path) -> Finding:
    """Count the names in ``model.joblib`` that are not on the list (the scan stops at the first)."""
    from joblib.numpy_pickle import NumpyUnpickler

    code = package / CODE
    own = top_level_names([path.relative_to(code).as_posix() for path in code.rglob("*.py")])
    names: set[str] = set()

    class Scanner(NumpyUnpickler):  # type: ignore[misc]
        def find_class(self, module: str, name: str) -> Any:
            names.add(f"{module}.{name}")
            if not _trusted(module, name, own):
                raise _Refused(f"{module}.{name}")
            return super().find_class(module, name)

    model = package / MODEL
    refused: list[str] = []
    with importable(code), model.open("rb") as file:
        try:
            Scanner(str(model), file, ensure_native_byte_order=True).load()
        except _Refused as error:
            refused.append(str(error))
        except (
            pickle.UnpicklingError,
            EOFError,
            ImportError,
            AttributeError,
            IndexError,
            KeyError,
            ValueError,
        ) as error:
            return Finding(error=f"the model file cannot be read: {error}")
    return Finding({"artifact_findings": float(len(refused))}, details={"refused": refused, "names": sorted(names)})


def _trusted(module: str, name: str, own: set[str]) -> bool:
    top = module.partition(".")[0]
    if (top, name) in NEVER:
        return False
    return top in TRUSTED_PACKAGES or top in own or name in TRUSTED_NAMES.get(module, ())
