"""What is remembered between renders: it saves work, and never shows in what is rendered."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_gitops import wiring
from mlops_gitops.adapters.render_cache import FileRenderCache
from mlops_gitops.adapters.workers import ForkedWorkers
from mlops_gitops.compiler import driver
from mlops_gitops.compiler.rules.across.codeowners import PLACES as CODEOWNERS_ELSEWHERE
from mlops_gitops.diagnostics import FindingsError
from mlops_gitops.ports.tree_stamps import TreeStamps
from mlops_gitops.usecases.render import CheckReport, RenderReport, check, render
from mlops_gitops.usecases.rendering.memory import Memory
from tests.factory import CONFIG, CONTRACT, PLATFORM, PROJECT, on_disk

SECOND = "projects/second"
SERVICE = "rendered/fraud-detection/staging/serving/service.yaml"
STATE = ".mlops-gitops/render"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two projects in a git repository, rendered, and known so well that nothing is read again."""
    made = on_disk(tmp_path / "repository")
    shutil.copytree(made / PROJECT, made / SECOND)
    (made / ".gitignore").write_text(".mlops-gitops/\n")
    subprocess.run(["git", "init", "--quiet", str(made)], check=True)
    cached(made)
    settle(made)
    return made


def memory(root: Path) -> tuple[object, Memory]:
    tree = wiring.work_tree(root)
    made = wiring.render_memory(root, tree)
    return tree, made


def cached(root: Path, *projects: str) -> RenderReport:
    tree, kept = memory(root)
    return render(tree, wiring.rendered_tree(root), projects, None, kept)  # type: ignore[arg-type]


def checked(root: Path) -> CheckReport:
    tree, kept = memory(root)
    return check(tree, (), None, kept)  # type: ignore[arg-type]


def honest(root: Path) -> CheckReport:
    """Every byte is read."""
    return check(wiring.work_tree(root))


def settle(root: Path) -> None:
    """Until the clock has moved on from the last change: then everything is known by its stamp."""
    for _ in range(1000):
        checked(root)
        known = json.loads((root / STATE / "known.json").read_bytes().partition(b"\n")[2])
        projects = known["projects"].values()
        stamps = [known["folder"]["stamp"], *(one[key] for one in projects for key in ("stamp",))]
        if all((*stamps, *(one["folder"]["stamp"] for one in projects))):
            return
    raise AssertionError("the clock stands still")


@pytest.fixture
def no_compiler(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first render on, whatever compiles fails."""
    del root

    def compile_project(*_: object, **__: object) -> None:
        raise AssertionError("something is compiled")

    monkeypatch.setattr(driver, "compile_project", compile_project)
    monkeypatch.setattr(driver, "repository_files", compile_project)


@pytest.mark.usefixtures("no_compiler")
def test_where_nothing_changed_nothing_is_compiled_or_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = list[str]()
    real = type(wiring.work_tree(root)).read
    monkeypatch.setattr(type(wiring.work_tree(root)), "read", lambda self, path: read.append(path) or real(self, path))
    before = (root / STATE / "known.json").stat()
    report = cached(root)
    assert (report.written, report.removed) == ((), ())
    assert report.unchanged == checked(root).files
    assert set(read) == {PLATFORM, ".env", ".gitlab-ci.yml", *CODEOWNERS_ELSEWHERE}
    assert (root / STATE / "known.json").stat().st_ino == before.st_ino


@pytest.mark.usefixtures("no_compiler")
def test_what_was_only_touched_is_read_and_not_compiled(root: Path) -> None:
    for path in (CONFIG, SERVICE, PLATFORM, "rendered/_platform/provenance.json"):
        (root / path).touch()
    assert cached(root).written == ()
    settle(root)


def same_size(path: Path, old: str, new: str) -> None:
    """Change a file without changing its size or the time of its content."""
    told, text = path.stat(), path.read_text()
    assert len(old) == len(new)
    assert old in text
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


def swapped_in(path: Path, old: str, new: str) -> None:
    """Another file of the same size and times takes the place of one."""
    other = path.with_name("other")
    shutil.copy2(path, other)
    same_size(other, old, new)
    other.replace(path)


CHANGES: dict[str, Callable[[Path], None]] = {
    "edited": lambda root: same_size(root / CONFIG, "recall: 0.85", "recall: 0.88"),
    "swapped in": lambda root: swapped_in(root / CONFIG, "recall: 0.85", "recall: 0.87"),
    "contract": lambda root: same_size(root / CONTRACT, "amount", "amoumt"),
    "platform": lambda root: same_size(root / PLATFORM, "ml-staging", "ml-stagimg"),
    "rendered edited": lambda root: same_size(root / SERVICE, "port: 80", "port: 81"),
    "rendered swapped in": lambda root: swapped_in(root / SERVICE, "port: 80", "port: 81"),
    "rendered gone": lambda root: (root / SERVICE).unlink(),
    "record gone": lambda root: (root / "rendered/second/provenance.json").unlink(),
    "all gone": lambda root: shutil.rmtree(root / "rendered"),
    "stray": lambda root: (root / "rendered/stray.txt").touch(),
    "stray within": lambda root: (root / "rendered/second/stray.txt").touch(),
    "platform's own edited": lambda root: same_size(
        root / "rendered/_platform/staging/namespace.yaml", "restricted", "privilege2"
    ),
    "overlay": lambda root: written(root / PROJECT / "environments/production.yaml", "serving:\n  replicas: 3\n"),
    "code": lambda root: same_size(root / PROJECT / "model.py", "def train", "def trein"),
    "more code": lambda root: written(root / PROJECT / "features.py", "X = 1\n"),
    "new project": lambda root: written_tree(root / PROJECT, root / "projects/third"),
    "renamed": lambda root: (root / SECOND).rename(root / "projects/zweites"),
    "removed": lambda root: shutil.rmtree(root / SECOND),
    "two traded": lambda root: traded(root / CONFIG, root / SECOND / "mlops_config.yaml"),
    "linked": lambda root: linked(root / CONTRACT, root / "shared.yaml"),
}


def written(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def written_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target)


def traded(one: Path, other: Path) -> None:
    other.write_text(other.read_text().replace("recall: 0.85", "recall: 0.81"))
    one.rename(one.with_name("aside"))
    other.rename(one)
    one.with_name("aside").rename(other)


def linked(path: Path, elsewhere: Path) -> None:
    path.rename(elsewhere)
    path.symlink_to(os.path.relpath(elsewhere, path.parent))


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(root: Path, change: str) -> None:
    CHANGES[change](root)
    expected = honest(root)
    found = checked(root)
    assert found.differences == expected.differences
    assert bool(found.differences) == (change != "linked")
    cached(root)
    assert honest(root).differences == ()
    settle(root)
    assert cached(root).written == ()


def test_a_link_whose_target_changes(root: Path) -> None:
    linked(root / CONFIG, root / "shared.yaml")
    cached(root)
    settle(root)
    same_size(root / "shared.yaml", "recall: 0.85", "recall: 0.88")
    assert checked(root).differences == honest(root).differences != ()


def test_any_series_of_changes_gives_what_reading_every_byte_gives(root: Path) -> None:
    draw = random.Random(7)
    for _ in range(15):
        try:
            CHANGES[draw.choice([one for one in CHANGES if one != "linked"])](root)
        except (AssertionError, FileNotFoundError, FileExistsError, OSError):
            continue
        assert checked(root).differences == honest(root).differences
        if draw.random() < 0.7:
            cached(root)
            assert honest(root).differences == ()


def test_a_change_within_the_same_tick_of_the_clock_is_seen(root: Path) -> None:
    config, service = root / CONFIG, root / SERVICE
    for number in range(12):
        config.write_text(config.read_text().replace("recall: 0.8", "recall: 0.9"))
        cached(root)
        same_size(config, "recall: 0.9", "recall: 0.8")
        assert cached(root).written, number
        same_size(service, "port: 80", "port: 81")
        assert cached(root).written == (SERVICE,), number


class Stopped:
    """Stamps whose clock stands still, or runs backwards."""

    def __init__(self, real: TreeStamps, clock: int) -> None:
        self._real = real
        self._clock = clock

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def clock(self) -> int:
        return self._clock


def test_a_clock_that_was_set_back_keeps_nothing_that_it_cannot_be_sure_of(root: Path) -> None:
    same_size(root / CONFIG, "recall: 0.85", "recall: 0.88")
    tree, kept = memory(root)
    late = Memory(kept.cache, Stopped(kept.stamps, 1))  # type: ignore[arg-type]
    render(tree, wiring.rendered_tree(root), (), None, late)  # type: ignore[arg-type]
    known = Memory(kept.cache, kept.stamps).known()
    assert known.projects["fraud-detection"].stamp == ""
    assert known.projects["second"].stamp != ""
    assert honest(root).differences == ()


def document(root: Path, name: str) -> Path:
    return root / STATE / f"{name}.json"


POISON: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "half written": lambda content: content[: len(content) // 2],
    "one letter": lambda content: content.replace(b'"files":', b'"filez":', 1),
    "not text": lambda content: b"\xff\x00" * 100,
    "longer": lambda content: content + b" ",
    "no digest": lambda content: content.partition(b"\n")[2],
}


@pytest.mark.parametrize("poison", POISON)
@pytest.mark.parametrize("name", ["known", "summaries"])
def test_a_damaged_cache_is_as_good_as_none(root: Path, name: str, poison: str) -> None:
    path = document(root, name)
    path.write_bytes(POISON[poison](path.read_bytes()))
    same_size(root / CONFIG, "recall: 0.85", "recall: 0.88")
    assert checked(root).differences == honest(root).differences
    cached(root)
    assert honest(root).differences == ()
    settle(root)


def test_a_cache_that_tells_lies_under_a_right_digest_is_held_against_the_files(root: Path) -> None:
    _, kept = memory(root)
    plain = kept.known().plain()
    record = plain["projects"]["fraud-detection"]["folder"]
    plain["projects"]["fraud-detection"] |= {"stamp": "", "folder": {**record, "record": "sha256:0", "stamp": ""}}
    kept.cache.save("known", plain)
    kept.cache.save("summaries", {"fraud-detection": {"name": "x"}, "second": 3})
    (root / "projects/platform.yaml").touch()
    same_size(root / SECOND / "mlops_config.yaml", "recall: 0.85", "recall: 0.88")
    cached(root)
    assert honest(root).differences == ()


@pytest.mark.parametrize("document", [3, [], {}, {"projects": 3}, {"projects": {"a": 3}}, {"x": 1}])
def test_a_document_of_another_shape_is_as_good_as_none(root: Path, document: object) -> None:
    _, kept = memory(root)
    kept.cache.save("known", document)
    kept.cache.save("summaries", document)
    assert cached(root).written == ()


def test_another_compiler_knows_nothing(root: Path) -> None:
    cache = FileRenderCache(root / STATE, "another")
    assert cache.load("known") is None
    cache.save("known", {"a": 1})
    assert cache.load("known") == {"a": 1}
    _, kept = memory(root)
    assert kept.known().projects == {}


def test_warnings_are_told_again_and_errors_are_never_kept(root: Path) -> None:
    config = root / CONFIG
    text = config.read_text()
    config.write_text(text.replace("    f1_score: 0.92", "    precision: 0.9\n    f1_score: 0.8"))
    first = cached(root)
    settle(root)
    again = cached(root)
    assert first.findings.warnings
    assert again.findings == first.findings
    assert again.texts == first.texts
    config.write_text(text.replace("recall: 0.85", "recall: high"))
    for _ in range(2):
        with pytest.raises(FindingsError) as raised:
            cached(root)
        assert CONFIG in raised.value.texts
    config.write_text(text)
    cached(root)
    assert honest(root).differences == ()


def test_some_projects_alone_leave_the_rest_to_a_whole_render(root: Path) -> None:
    for path in (CONFIG, f"{SECOND}/mlops_config.yaml"):
        same_size(root / path, "recall: 0.85", "recall: 0.88")
    assert {path.split("/")[1] for path in cached(root, "second").written} == {"second"}
    assert checked(root).differences == honest(root).differences != ()
    cached(root)
    assert honest(root).differences == ()


def test_where_nothing_can_be_kept_everything_works(root: Path) -> None:
    shutil.rmtree(root / ".mlops-gitops")
    (root / ".mlops-gitops").mkdir()
    (root / STATE).write_text("in the way\n")
    same_size(root / CONFIG, "recall: 0.85", "recall: 0.88")
    assert cached(root).written
    assert checked(root).differences == ()


def test_many_projects_in_several_processes(root: Path) -> None:
    for number in range(30):
        shutil.copytree(root / PROJECT, root / f"projects/project-{number}")
    tree, kept = memory(root)
    report = render(tree, wiring.rendered_tree(root), (), ForkedWorkers(3), kept)  # type: ignore[arg-type]
    assert report.written
    settle(root)
    for number in range(30):
        (root / f"projects/project-{number}/mlops_config.yaml").touch()
    same_size(root / "projects/project-7/mlops_config.yaml", "recall: 0.85", "recall: 0.88")
    tree, kept = memory(root)
    report = render(tree, wiring.rendered_tree(root), (), ForkedWorkers(3), kept)  # type: ignore[arg-type]
    assert {path.split("/")[1] for path in report.written} == {"project-7"}
    assert honest(root).differences == ()
