"""The sample projects beside the reference case: loans run through the whole lifecycle, patches are what they say."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of its own with the sample projects, committed."""
    root = tmp_path_factory.mktemp("samples")
    leave = shutil.ignore_patterns("__pycache__", "*.csv", ".pytest_cache")
    for folder in ("projects", "rendered", "schemas", ".dvc"):
        shutil.copytree(ROOT / folder, root / folder, ignore=leave)
    (root / ".gitignore").write_text(".mlops-gitops/\n__pycache__/\n")
    for command in ("init -q", "add -A", "-c user.name=t -c user.email=t@example.com commit -qm samples"):
        subprocess.run(["git", *command.split()], cwd=root, check=True)
    return root


def mlops(root: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mlops_gitops.cli.main", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_loans_go_through_the_whole_lifecycle(repository: Path) -> None:
    said = mlops(repository, "run", "credit-default", "--to", "model_packaging")
    assert "SUCCESS" in said
    assert "4,454 rows kept" in said
    assert "registered           v1" in said


@pytest.mark.parametrize("project", ["credit-default", "image-defects", "fraud-detection"])
def test_the_data_is_the_one_that_the_pointer_names(project: str, tmp_path: Path) -> None:
    import yaml

    from mlops_gitops.spec.contract import DataContract
    from mlops_gitops.stages import source_data

    folder = tmp_path / project
    shutil.copytree(ROOT / "projects" / project, folder, ignore=shutil.ignore_patterns("*.csv", "__pycache__"))
    contract = DataContract.model_validate(yaml.safe_load((folder / "data_contract.yaml").read_text()))
    program = "import sys; sys.path.insert(0, sys.argv[1])\n" + (
        "from pathlib import Path\nfrom mlops_gitops.spec.contract import DataContract\n"
        "from mlops_gitops.stages.source_data import materialise\nimport yaml\n"
        "folder = Path(sys.argv[1])\n"
        "contract = DataContract.model_validate(yaml.safe_load((folder / 'data_contract.yaml').read_text()))\n"
        "materialise(folder, contract)\n"
    )
    # In a process of its own: every project has modules of the same names.
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True, timeout=120)
    source_data.check_against_pointer(folder / contract.source)


def test_patches_keep_what_their_tests_say() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "tests"]
    done = subprocess.run(command, cwd=ROOT / "projects/image-defects", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
