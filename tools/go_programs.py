"""The programs in Go that judge what is rendered: where they are, and how they come to be there.

Nobody publishes them where this project installs from, so they are built from their modules, pinned by the go.mod and
go.sum of each set.  What is built lands in the user's cache under a digest of those two files, so that a second
checkout builds nothing, and a changed pin builds anew.  Standard library only: it runs before any environment is made.

    tools/go_programs.py missing [SET …]   prints what is not built yet; exit 1 where that is anything
    tools/go_programs.py build GO [SET …]  builds it with this go
    tools/go_programs.py where SET         the folder
    tools/go_programs.py accepts GO        is it new enough to build them all?
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class ProgramSet:
    """Programs that one go.mod pins, and files that are read from its modules."""

    folder: str
    programs: Mapping[str, str] = field(default_factory=dict)
    """Package of each program."""
    files: Mapping[str, str] = field(default_factory=dict)
    """``module`` to a glob in it: copied as they are."""
    tags: str = ""

    def module_file(self, name: str) -> Path:
        """``go.mod`` or ``go.sum`` of the set."""
        return ROOT / self.folder / name

    def version(self, module: str) -> str:
        """The version that go.mod pins, such as ``v1.36.3``."""
        found = re.search(rf"^\s*{re.escape(module)} (v\S+)", self.module_file("go.mod").read_text(), re.MULTILINE)
        if not found:
            raise SystemExit(f"{self.folder}/go.mod requires no {module}")
        return found[1]

    def place(self) -> Path:
        """The folder that holds what was built from exactly these pins with these flags for this kind of machine."""
        digest = hashlib.sha256("\0".join((platform.system(), platform.machine(), self.tags)).encode())
        for path in (self.module_file("go.mod"), self.module_file("go.sum"), *self.module_file("").glob("*.go")):
            digest.update(path.read_bytes())
        return cache() / digest.hexdigest()[:20]

    def program(self, name: str) -> Path:
        """Where a program of the set is, once it is built."""
        return self.place() / "bin" / name

    def copies(self, module: str) -> Path:
        """Where the copied files of one module are."""
        return self.place() / "files" / module.rsplit("/", 1)[1]

    def missing(self) -> list[str]:
        """What is not there yet."""
        programs = [name for name in self.programs if not self.program(name).exists()]
        return programs + [f"files of {module}" for module in self.files if not self.copies(module).exists()]


_KUBERNETES = "k8s.io/kubernetes"
SETS: dict[str, ProgramSet] = {
    # Without `remove_all_sd` promtool links the client libraries of some twenty clouds, which it needs to check
    # configurations of service discovery; rules need none of it.
    "prometheus": ProgramSet(
        "tools/go/prometheus",
        {
            "promtool": "github.com/prometheus/prometheus/cmd/promtool",
            "amtool": "github.com/prometheus/alertmanager/cmd/amtool",
        },
        tags="remove_all_sd",
    ),
    # On its own: it stands on an older reader of YAML than promtool does.
    "actionlint": ProgramSet("tools/go/actionlint", {"actionlint": "github.com/rhysd/actionlint/cmd/actionlint"}),
    "controlplane": ProgramSet(
        "tests/cluster/controlplane",
        {"etcd": "go.etcd.io/etcd/server/v3", "kube-apiserver": f"{_KUBERNETES}/cmd/kube-apiserver"},
    ),
    # A page of ours around Grafana's own types: its linter is in no module that we could pin.
    "dashboards": ProgramSet("tools/go/dashboards", {"dashboards": "."}),
    "crds": ProgramSet(
        "tests/cluster/crds",
        files={
            "github.com/prometheus-operator/prometheus-operator": "example/prometheus-operator-crd/*.yaml",
            "github.com/kserve/kserve": "config/crd/full/serving.kserve.io_*.yaml",
            "istio.io/api": "kubernetes/customresourcedefinitions.gen.yaml",
            "sigs.k8s.io/kueue": "config/components/crd/bases/*.yaml",
            "sigs.k8s.io/jobset": "config/components/crd/bases/*.yaml",
        },
    ),
    "peers": ProgramSet(
        "benchmarks/go",
        {
            "kustomize": "sigs.k8s.io/kustomize/kustomize/v5",
            "jsonnet": "github.com/google/go-jsonnet/cmd/jsonnet",
        },
    ),
}
DEFAULT = ("actionlint", "crds", "dashboards", "prometheus", "controlplane")
PROGRAM_SETS = {program: name for name, one in SETS.items() for program in one.programs}


def cache() -> Path:
    """The user's cache folder for what this project builds."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "mlops-gitops" / "go"


def missing(names: Iterable[str]) -> dict[str, list[str]]:
    """What each set lacks.  A control plane that ``KUBEBUILDER_ASSETS`` names lacks nothing."""
    return {
        name: lacking
        for name in names
        if not (name == "controlplane" and os.environ.get("KUBEBUILDER_ASSETS")) and (lacking := SETS[name].missing())
    }


def accepts(go: str) -> bool:
    """Is this go as new as every go.mod asks?"""
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    told = subprocess.run([go, "env", "GOVERSION"], env=environment, capture_output=True, text=True).stdout
    asked = (re.search(r"^go (\S+)$", one.module_file("go.mod").read_text(), re.MULTILINE) for one in SETS.values())
    return _numbers(told) >= max(_numbers(found[1]) for found in asked if found)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def _link_flags(one: ProgramSet, package: str) -> str:
    if not package.startswith(_KUBERNETES):
        return "-s -w"
    # A server that does not know its version calls itself v0.0.0, and clients misbehave.
    version = one.version(_KUBERNETES)
    major, minor = version.removeprefix("v").split(".")[:2]
    known = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    return " ".join(["-s -w", *(f"-X k8s.io/component-base/version.{key}={value}" for key, value in known.items())])


def _run(one: ProgramSet, *command: str) -> str:
    """Run go in the set's module; what it said is shown where it failed."""
    environment = {**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
    if _is_ours(command[0]):
        # Nobody here works with Go: what it keeps for the next build is in the way of everything else in a home.
        own = {"GOMODCACHE": "modules", "GOCACHE": "objects", "GOPATH": "path"}
        environment |= {"GOFLAGS": "-modcacherw", **{name: str(_work() / folder) for name, folder in own.items()}}
    done = subprocess.run(command, cwd=ROOT / one.folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stderr}set-up: this failed in {one.folder}: {' '.join(command)}")
    return done.stdout


def _is_ours(go: str) -> bool:
    """Is this the Go that set-up installed, because there is none on PATH?"""
    return Path(go).is_relative_to(ROOT)


def _work() -> Path:
    return cache() / "work"


def _build_programs(go: str, one: ProgramSet, scratch: Path) -> None:
    for name, package in one.programs.items():
        if one.program(name).exists():
            continue
        _say(f"building {name}, once for this machine …")
        started = time.monotonic()
        options = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-tags", one.tags]
        _run(one, go, "build", *options, "-ldflags", _link_flags(one, package), "-o", str(scratch / name), package)
        one.program(name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).rename(one.program(name))
        _say(f"{name} is built ({time.monotonic() - started:.0f} s)")


def _copy_files(go: str, one: ProgramSet, scratch: Path) -> None:
    wanted = [module for module in one.files if not one.copies(module).exists()]
    if not wanted:
        return
    for downloaded in _documents(_run(one, go, "mod", "download", "-json", *wanted)):
        module = downloaded["Path"]
        copied = scratch / "files"
        copied.mkdir()
        for path in sorted(Path(downloaded["Dir"]).glob(one.files[module])):
            (copied / path.name).write_bytes(path.read_bytes())
        one.copies(module).parent.mkdir(parents=True, exist_ok=True)
        copied.rename(one.copies(module))


def _documents(text: str) -> Iterator[dict[str, str]]:
    """JSON objects that follow each other without anything between them."""
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _work_folder(go: str) -> Iterator[None]:
    """What our own Go keeps on the way, for as long as it builds; the user's Go has places of its own."""
    if not _is_ours(go):
        yield
        return
    with _locked(cache() / "work.lock"):
        try:
            yield
        finally:
            shutil.rmtree(_work(), ignore_errors=True)


def build(go: str, names: Iterable[str]) -> None:
    """Make what the sets lack.  Who comes second waits, and finds it made."""
    with _work_folder(go):
        for name in names:
            with _locked(SETS[name].place() / "lock"):
                if missing([name]):
                    _make(go, SETS[name])


def _make(go: str, one: ProgramSet) -> None:
    scratch = one.place() / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    _build_programs(go, one, scratch)
    _copy_files(go, one, scratch)
    scratch.rmdir()


def _say(text: str) -> None:
    print(f"set-up: {text}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Do as the module's docstring says."""
    match arguments:
        case ["missing", *names]:
            lacking = missing(names or DEFAULT)
            for name, programs in lacking.items():
                print(f"{name}: {', '.join(programs)}")
            return 1 if lacking else 0
        case ["build", go, *names]:
            build(go, names or DEFAULT)
        case ["where", name] if name in SETS:
            print(SETS[name].place())
        case ["accepts", go]:
            return 0 if accepts(go) else 1
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
