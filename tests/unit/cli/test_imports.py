"""What a verb may import: start-up is light, and stays so.

A verb is run in an interpreter of its own, which writes down the top-level modules it holds at the end.  A heavy
package that slips into a light verb costs every user of that verb seconds, and breaks the light base install outright.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

HEAVY = frozenset(
    {"tensorflow", "keras", "mlflow", "dvc", "pandas", "numpy", "numba", "sklearn", "scipy", "pyarrow", "joblib"}
    | {"kubernetes", "git", "fastapi", "uvicorn", "prometheus_client", "supervisor", "sqlalchemy", "requests"}
)
# Not installed for the tests: extras that only some users take.
OPTIONAL = frozenset({"tensorflow", "keras", "kubernetes"})
BASE = frozenset({"pydantic", "yaml", "jsonschema", "jinja2"})

# Of the standard library and of our own dependencies: what a look at one project in order has no use for.
NOT_FOR_ONE = frozenset(
    {"asyncio", "concurrent", "csv", "ctypes", "difflib", "email", "http", "jinja2", "jsonschema", "logging"}
    | {"multiprocessing", "packaging", "pickle", "shlex", "socket", "sqlite3", "ssl", "tempfile", "unittest", "zipfile"}
)
# The same of our own: what renders, what swaps in, what judges files that the project does not have.
LATE = frozenset(
    f"mlops_gitops.{name}"
    for name in (
        *("adapters.rendered_tree", "compiler.manifests", "compiler.origins", "compiler.requirements_file"),
        *("compiler.summarise", "compiler.targets", "plan", "records.project", "records.release", "records.summary"),
    )
)
# Each is about a thousandth of the start-up of `validate PROJECT`: who adds some should know which verb pays for them.
MOST_OF_OUR_OWN = 148

PROBE = """
import sys
from mlops_gitops.cli.main import main
try:
    code = main(sys.argv[2:])
except SystemExit as stop:
    code = stop.code
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write("\\n".join(sys.modules))
sys.exit(code)
"""


def modules(tmp_path: Path, *arguments: str) -> frozenset[str]:
    """All modules that the command imported."""
    dump = tmp_path / "modules.txt"
    command = [sys.executable, "-I", "-c", PROBE, str(dump), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return frozenset(dump.read_text(encoding="utf-8").split())


def imported(tmp_path: Path, *arguments: str) -> frozenset[str]:
    """Top-level names of all modules that the command imported."""
    return frozenset(name.partition(".")[0] for name in modules(tmp_path, *arguments))


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (["--help"], HEAVY | BASE),
        (["--version"], HEAVY | BASE),
        (["validate"], HEAVY),
        (["validate", "fraud-detection"], HEAVY | NOT_FOR_ONE),
        (["render", "--check"], HEAVY),
    ],
    ids=["help", "version", "validate", "validate-one", "render"],
)
def test_a_light_verb_imports_nothing_heavy(tmp_path: Path, arguments: list[str], forbidden: frozenset[str]) -> None:
    assert imported(tmp_path, *arguments) & forbidden == frozenset()


def test_validating_one_project_imports_no_more_of_our_own_than_it_uses(tmp_path: Path) -> None:
    own = {name for name in modules(tmp_path, "validate", "fraud-detection") if name.startswith("mlops_gitops")}
    assert own & LATE == frozenset()
    assert len(own) <= MOST_OF_OUR_OWN


@pytest.mark.parametrize("name", sorted(LATE))
def test_a_late_name_is_a_module_that_could_slip_in(name: str) -> None:
    assert importlib.util.find_spec(name) is not None


def test_the_probe_sees_what_is_imported(tmp_path: Path) -> None:
    assert imported(tmp_path, "validate") >= {"mlops_gitops", "pydantic", "yaml"}


@pytest.mark.parametrize("name", sorted(HEAVY - OPTIONAL))
def test_a_heavy_name_is_a_module_that_could_slip_in(name: str) -> None:
    assert importlib.util.find_spec(name) is not None
