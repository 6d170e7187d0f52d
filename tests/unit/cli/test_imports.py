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

PROBE = """
import sys
from mlops_gitops.cli.main import main
try:
    code = main(sys.argv[2:])
except SystemExit as stop:
    code = stop.code
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write("\\n".join({name.partition(".")[0] for name in sys.modules}))
sys.exit(code)
"""


def imported(tmp_path: Path, *arguments: str) -> frozenset[str]:
    """Top-level names of all modules that the command imported."""
    dump = tmp_path / "modules.txt"
    command = [sys.executable, "-I", "-c", PROBE, str(dump), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return frozenset(dump.read_text(encoding="utf-8").split())


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (["--help"], HEAVY | BASE),
        (["--version"], HEAVY | BASE),
        (["validate"], HEAVY),
        (["validate", "fraud-detection"], HEAVY | {"email", "socket", "zipfile"}),
        (["render", "--check"], HEAVY),
    ],
    ids=["help", "version", "validate", "validate-one", "render"],
)
def test_a_light_verb_imports_nothing_heavy(tmp_path: Path, arguments: list[str], forbidden: frozenset[str]) -> None:
    assert imported(tmp_path, *arguments) & forbidden == frozenset()


def test_the_probe_sees_what_is_imported(tmp_path: Path) -> None:
    assert imported(tmp_path, "validate") >= {"mlops_gitops", "pydantic", "yaml"}


@pytest.mark.parametrize("name", sorted(HEAVY - OPTIONAL))
def test_a_heavy_name_is_a_module_that_could_slip_in(name: str) -> None:
    assert importlib.util.find_spec(name) is not None
