"""How long the light verbs take to start, as ratios to a bare interpreter.

The peer is ``python -c "import pydantic, yaml"``.  It is less than any program pays that reads typed YAML, for pydantic
imports itself only when a name of it is first used; the line below it is what one model costs.  All commands are timed
in the same run, in turn and in a new random order each round, so that a busy moment of the machine hits all of them
alike; medians are compared.  The first round warms the page cache and the byte code, and is not counted.

    python benchmarks/startup.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BINARY = str(Path(sys.executable).parent / "mlops-gitops")
PEER = "python -c 'import pydantic, yaml'"
ONE_MODEL = "import pydantic, yaml; type('Model', (pydantic.BaseModel,), {})"
COMMANDS: Mapping[str, Sequence[str]] = {
    PEER: [sys.executable, "-c", "import pydantic, yaml"],
    "the same, and one model": [sys.executable, "-c", ONE_MODEL],
    "mlops-gitops --help": [BINARY, "--help"],
    "mlops-gitops validate fraud-detection": [BINARY, "validate", "fraud-detection"],
    "mlops-gitops validate": [BINARY, "validate"],
    "mlops-gitops render": [BINARY, "render"],
}
GOALS = {"mlops-gitops --help": 1.0, "mlops-gitops validate fraud-detection": 3.0}
# Without it every start would compile every module again.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: Sequence[str], root: Path) -> float:
    """Wall-clock time of one run, which must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    elapsed_s = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return elapsed_s


def measure(root: Path, rounds: int) -> dict[str, list[float]]:
    """Times of every command, one a round, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    order = random.Random(0)
    for number in range(rounds + 1):
        for name in order.sample(list(COMMANDS), len(COMMANDS)):
            elapsed_s = seconds(COMMANDS[name], root)
            if number > 0:
                times[name].append(elapsed_s)
    return times


def table(times: Mapping[str, Sequence[float]]) -> str:
    """One line a command: median, quartiles, and the ratio to the peer's median."""
    peer = statistics.median(times[PEER])
    lines = [f"{'command':38} {'median':>8} {'quartiles':>15} {'ratio':>6}  goal"]
    for name, values in times.items():
        low, middle, high = (1000 * value for value in statistics.quantiles(values, n=4))
        goal = f"<= {GOALS[name]:.1f}" if name in GOALS else ""
        lines.append(f"{name:38} {middle:5.0f} ms {low:5.0f} to {high:4.0f} ms {middle / 1000 / peer:6.2f}  {goal}")
    return "\n".join(line.rstrip() for line in lines)


def main() -> None:
    """Measure in a copy of ``projects/``, so that ``render`` leaves this checkout alone."""
    parser = argparse.ArgumentParser(description="Start-up times, as ratios to a bare interpreter.")
    parser.add_argument("--rounds", type=int, default=15, help="counted runs of each command (default: %(default)s)")
    rounds = parser.parse_args().rounds
    if rounds < 2:
        parser.error("--rounds must be 2 or more")
    with tempfile.TemporaryDirectory() as scratch:
        ignored = shutil.ignore_patterns("*.csv", "__pycache__")
        shutil.copytree(ROOT / "projects", Path(scratch, "projects"), ignore=ignored)
        print(table(measure(Path(scratch), rounds)))


if __name__ == "__main__":
    main()
