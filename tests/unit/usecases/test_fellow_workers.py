"""Workers that train together, each a process with its own `TF_CONFIG`, over one workspace: none may wait for a lock
that another holds while that one waits for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.stages.fellow_worker import fellow_worker
from tests.small_project import MODEL, NAME, write_project

ROOT = Path(__file__).parents[3]
# Stands in for a collective operation: nobody goes on before all are there.
TOGETHER = """

def _wait_for_the_others():
    config = json.loads(os.environ["TF_CONFIG"])
    folder = Path(os.environ["MEETING"])
    (folder / str(config["task"]["index"])).touch()
    give_up = time.monotonic() + 30
    while len(list(folder.iterdir())) < len(config["cluster"]["worker"]):
        if time.monotonic() > give_up:
            raise RuntimeError("the other worker never came")
        time.sleep(0.05)
"""
STAGE = """
import os, sys
from dataclasses import replace
from pathlib import Path
from mlops_gitops.spec.stages import StageName
from mlops_gitops.usecases.run import RunOrder
from mlops_gitops.usecases.stage import run_stage
from mlops_gitops.stages.fellow_worker import fellow_worker
from tests.small_project import project_of, services_of

root = Path(sys.argv[1])
services = replace(services_of(root), fellow=fellow_worker(os.environ["TF_CONFIG"]))
report = run_stage(project_of(root), StageName.MODEL_TRAINING, RunOrder(commit="0" * 40), services, print)
print(sorted(one.outputs["package"] for one in report.stages if "package" in one.outputs))
sys.exit(report.exit_code)
"""


def tf_config(index: int) -> str:
    return json.dumps({"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": index}})


@pytest.mark.slow
def test_two_workers_meet_and_one_keeps_the_model(tmp_path: Path) -> None:
    root, meeting = tmp_path / "root", tmp_path / "meeting"
    meeting.mkdir()
    write_project(root)
    model = MODEL.replace("import os\n", "import json\nimport os\nfrom pathlib import Path\n", 1) + TOGETHER
    model = model.replace("seed):\n", "seed):\n    _wait_for_the_others()\n", 1)
    (root / "projects" / NAME / "model.py").write_text(model)
    paths = f"{ROOT / 'src'}:{ROOT}"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", STAGE, str(root)],
            env=os.environ | {"TF_CONFIG": tf_config(index), "MEETING": str(meeting), "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for index in (1, 0)
    ]
    said = [worker.communicate(timeout=120)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], "\n".join(said)
    kept = [text.strip().splitlines()[-1] for text in said]
    assert kept[0] == kept[1]
    left = root / ".mlops-gitops" / "cache" / "model_training"
    assert not [path.name for path in left.iterdir() if path.name.startswith(".unfinished")]


@pytest.mark.parametrize(
    ("config", "number"),
    [
        ("", 0),
        ("{}", 0),
        (tf_config(0), 0),
        (tf_config(1), 1),
        ('{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}}', 0),
        ('{"cluster": {"chief": ["a:1"], "worker": ["b:1", "c:1"]}, "task": {"type": "chief", "index": 0}}', 0),
        ('{"cluster": {"chief": ["a:1"], "worker": ["b:1", "c:1"]}, "task": {"type": "worker", "index": 0}}', 1),
    ],
)
def test_which_worker_this_is(config: str, number: int) -> None:
    assert fellow_worker(config) == number


@pytest.mark.parametrize("config", ["[]", "{", '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {}}', "7"])
def test_a_damaged_configuration_is_told(config: str) -> None:
    with pytest.raises(UsageError, match="TF_CONFIG cannot be read"):
        fellow_worker(config)
