"""How fast the compiler is on many generated projects, as ratios to peers that ran in the same minutes.

    python benchmarks/compiler.py [--sizes 1000,3000,10000] [--rounds 5] [--json FILE] [--readme]

Two environments a project, every target on.  The peer of a full render is libyaml on one core that parses the same
sources and dumps the same documents, and writes nothing; the peer of a render that has nothing to do is `git status`
of that tree.  Cheap commands are timed in turn, round by round; medians are compared.  Rendering from nothing is timed
once a size: it is the long one.  ``--readme`` writes the table into README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import four_objects, generated  # noqa: E402

BINARY = str(Path(sys.executable).parent / "mlops-gitops")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
LIBYAML = """
import json, sys, time, yaml
from pathlib import Path
root, spent = Path(sys.argv[1]), 0.0
for path in sorted((root / "projects").rglob("*")):
    if path.suffix in (".yaml", ".dvc"):
        text = path.read_bytes()
        began = time.perf_counter()
        yaml.load(text, yaml.CSafeLoader)
        spent += time.perf_counter() - began
for number, path in enumerate(sorted((root / "rendered").rglob("*"))):
    if path.suffix in (".yaml", ".yml"):
        data = list(yaml.load_all(path.read_bytes(), yaml.CSafeLoader))
        began = time.perf_counter()
        text = yaml.dump_all(data, Dumper=yaml.CSafeDumper, sort_keys=False)
        spent += time.perf_counter() - began
        assert number > 50 or list(yaml.load_all(text, yaml.CSafeLoader)) == data
    elif path.suffix == ".json":
        data = json.loads(path.read_bytes())
        began = time.perf_counter()
        json.dumps(data, indent=1)
        spent += time.perf_counter() - began
print(spent)
"""
BEGIN, END = "<!-- figures: made by benchmarks/compiler.py --readme -->", "<!-- end of the figures -->"
BARE = [sys.executable, "-c", "import pydantic, yaml"]


@dataclass(frozen=True)
class Row:
    """One measurement beside its peer; ``goal`` is the largest ratio that is wanted, where there is one."""

    what: str
    value: float
    unit: str
    peer: str
    ratio: float
    goal: float | None = None

    def text(self) -> str:
        """A line of the table."""
        met = "" if self.goal is None else f"<= {self.goal:g}  {'met' if self.ratio <= self.goal else 'MISSED'}"
        return f"{self.what:<46} {self.value:>10.4g} {self.unit:<4} {self.ratio:>7.2f} × {self.peer:<42} {met}".rstrip()


@dataclass(frozen=True)
class Ran:
    """Seconds, and the largest process of the command in MiB."""

    seconds: float
    mib: float


def ran(command: Sequence[str], root: Path, legal: Iterable[int] = (0,), core: int | None = None) -> Ran:
    """Run a command, which must end with one of the ``legal`` codes; ``core`` pins it to one."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=root, env=ENVIRONMENT, stdout=said, stderr=said,
            preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        elapsed_s = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in set(legal):
            said.seek(0)
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{said.read().decode()[-2000:]}")
    return Ran(elapsed_s, used.ru_maxrss / 1024)


def from_nothing(root: Path) -> Ran:
    """A render where nothing is rendered and nothing remembered."""
    for folder in ("rendered", ".mlops-gitops"):
        shutil.rmtree(root / folder, ignore_errors=True)
    return ran([BINARY, "render"], root)


def libyaml_s(root: Path) -> float:
    """What libyaml needs on one core for the sources and what is rendered of them."""
    core = min(os.sched_getaffinity(0))
    done = subprocess.run(
        ["taskset", "-c", str(core), sys.executable, "-c", LIBYAML, str(root)],
        capture_output=True, text=True, check=True, env=ENVIRONMENT,
    )  # fmt: skip
    return float(done.stdout)


def in_turn(commands: Mapping[str, Sequence[str]], root: Path, rounds: int) -> dict[str, Ran]:
    """Medians of commands that are timed in a new order each round; the first round is not counted."""
    found: dict[str, list[Ran]] = {name: [] for name in commands}
    order = random.Random(0)
    for number in range(rounds + 1):
        for name in order.sample(list(commands), len(commands)):
            one = ran(commands[name], root)
            if number:
                found[name].append(one)
    return {
        name: Ran(statistics.median(one.seconds for one in all_), max(one.mib for one in all_))
        for name, all_ in found.items()
    }


def whole(root: Path, count: int) -> tuple[list[Row], float]:
    """Rendering all from nothing, and its seconds a project."""
    generated.generate(root, count)
    full, peer_s = from_nothing(root), libyaml_s(root)
    title = f"{count} projects from nothing"
    return [
        Row(title, full.seconds, "s", f"libyaml, parse and dump ({peer_s:.2f} s)", full.seconds / peer_s, 0.5),
        Row(f"{count} projects, largest process", full.mib, "MiB", "300 MiB", full.mib / 300, 1.0),
    ], full.seconds / count


def nothing_changed(root: Path, rounds: int) -> tuple[list[Row], float]:
    """Commands that find nothing to do, and the median of `git status` in seconds."""
    generated.commit(root)
    status = ["git", "-c", "core.fsmonitor=false", "status", "--porcelain"]
    commands = {"git status": status, "render": [BINARY, "render"], "render --check": [BINARY, "render", "--check"]}
    found = in_turn(commands, root, rounds)
    peer_s = found.pop("git status").seconds
    peer = f"git status ({peer_s:.3f} s)"
    rows = [_unchanged(name, one, peer, peer_s, 3) for name, one in found.items()]
    unremembered = ran([BINARY, "render", "--check", "--no-cache"], root)
    return [*rows, _unchanged("--check --no-cache", unremembered, peer, peer_s)], peer_s


def _unchanged(name: str, one: Ran, peer: str, peer_s: float, goal: float | None = None) -> Row:
    return Row(f"nothing changed: {name}", one.seconds, "s", peer, one.seconds / peer_s, goal)


def one_edited(root: Path, status_s: float, rounds: int) -> Row:
    """One project edited: at most what nothing costs, and twice the project's own render."""
    config = sorted((root / "projects").glob("*/mlops_config.yaml"))[0]
    text, times, alone = config.read_text(), [], []
    for number in range(rounds):
        config.write_text(text.replace("recall: 0.85", f"recall: 0.8{number % 5}"))
        times.append(ran([BINARY, "render"], root).seconds)
    config.write_text(text)
    ran([BINARY, "render"], root)
    with tempfile.TemporaryDirectory() as scratch:
        generated.generate(Path(scratch), 1, git=False)
        alone = [from_nothing(Path(scratch)).seconds for _ in range(rounds)]
    edited_s, allowed_s = statistics.median(times), 3 * status_s + 2 * statistics.median(alone)
    peer = f"3 git status + 2 renders of it ({allowed_s:.2f} s)"
    return Row("one project edited: render", edited_s, "s", peer, edited_s / allowed_s, 1.0)


def validated(root: Path, rounds: int) -> Row:
    """One project's findings from a cold start."""
    name = sorted((root / "projects").glob("*/mlops_config.yaml"))[0].parent.name
    found = in_turn({"bare": BARE, "validate": [BINARY, "validate", name]}, root, rounds)
    bare_s, ours_s = found["bare"].seconds, found["validate"].seconds
    peer = f"python -c 'import pydantic, yaml' ({bare_s:.2f} s)"
    return Row("validate one project", ours_s, "s", peer, ours_s / bare_s, 3.0)


def beside_others(count: int) -> list[Row]:
    """The four-object work, an object."""
    with tempfile.TemporaryDirectory() as scratch:
        found = four_objects.compare(count, Path(scratch))
    ours_s = found.pop("ours")
    what, goals = f"four objects × {count}, an object", {"go-jsonnet": 1.0}
    return [
        Row(what, 1e6 * ours_s, "µs", f"{name} ({1e6 * peer_s:.0f} µs)", ours_s / peer_s, goals.get(name))
        for name, peer_s in found.items()
    ]


def measure(sizes: Sequence[int], rounds: int) -> Iterator[Row]:
    """Every row of the table as it is measured; the first size takes all of them."""
    first_s = 0.0
    for count in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            root = Path(scratch)
            found, a_project_s = whole(root, count)
            yield from found
            if not first_s:
                first_s = a_project_s
                unchanged, status_s = nothing_changed(root, rounds)
                yield from unchanged
                yield one_edited(root, status_s, rounds)
                yield validated(root, rounds)
                yield from beside_others(count)
            else:
                peer = f"of {sizes[0]} ({1000 * first_s:.1f} ms a project)"
                yield Row(f"{count} projects, a project", 1000 * a_project_s, "ms", peer, a_project_s / first_s, 1.2)


def readme(rows: Sequence[Row], command: str) -> str:
    """README.md with the table of today between its two marks."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    lines = ["| what | measured | against | ratio | goal |", "|---|---|---|---|---|"]
    for row in rows:
        goal = "" if row.goal is None else f"≤ {row.goal:g}"
        lines.append(f"| {row.what} | {row.value:.4g} {row.unit} | {row.peer} | {row.ratio:.2f} | {goal} |")
    return f"{before}{BEGIN}\n\n`{command}`:\n\n" + "\n".join(lines) + f"\n\n{END}{after}"


def _sizes(text: str) -> list[int]:
    sizes = [int(one) if one.isdecimal() else 0 for one in text.split(",")]
    if min(sizes) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of projects, like 1000 or 1000,3000")
    return sizes


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The compiler on many projects, as ratios to peers.")
    what = "numbers of projects (default: 1000); several tell whether the cost is linear"
    parser.add_argument("--sizes", "--projects", type=_sizes, default=[1000], metavar="N,N,…", help=what)
    parser.add_argument("--rounds", type=int, default=5, help="of the cheap commands (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md too")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be 1 or more")
    rows = list[Row]()
    for row in measure(arguments.sizes, arguments.rounds):
        print(row.text(), flush=True)
        rows.append(row)
    if arguments.json:
        plain = [asdict(row) | {"met": None if row.goal is None else row.ratio <= row.goal} for row in rows]
        document = {"sizes": arguments.sizes, "rows": plain}
        arguments.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if arguments.readme:
        command = (
            f"python benchmarks/compiler.py --sizes {','.join(map(str, arguments.sizes))} --rounds {arguments.rounds}"
        )
        (ROOT / "README.md").write_text(readme(rows, command), encoding="utf-8")


if __name__ == "__main__":
    main()
