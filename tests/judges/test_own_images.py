"""images/Dockerfile: what it copies reaches its context, and what it names exists; its judges read it elsewhere."""

from __future__ import annotations

import re
import tomllib

from tests.judges.documents import ROOT, of_kind

DOCKERFILE = (ROOT / "images/Dockerfile").read_text(encoding="utf-8")
LETS_IN = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"]


def test_it_is_judged_with_the_rendered_ones() -> None:
    assert "images/Dockerfile" in [one.path for one in of_kind("dockerfile")]


def test_all_that_the_package_is_made_of_reaches_the_context() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    wanted = [
        *wheel,
        "pyproject.toml",
        project["project"]["readme"],
        *project["project"]["license-files"],
        "requirements",
    ]
    left_out = [path for path in wanted if not any(f"{path}/".startswith(f"{let}/") for let in LETS_IN)]
    assert left_out == []


def test_what_is_let_in_exists() -> None:
    assert [let for let in LETS_IN if not list(ROOT.glob(let))] == []


def test_every_lock_that_it_names_is_there() -> None:
    named = set(re.findall(r"requirements/(\w+)\.txt", DOCKERFILE)) | set(
        re.findall(r"^ARG LOCK=(\w+)", DOCKERFILE, re.MULTILINE)
    )
    assert {"uv", "build", "run"} <= named
    assert [lock for lock in sorted(named) if not (ROOT / f"requirements/{lock}.txt").is_file()] == []


def test_every_stage_stands_on_one_base_with_a_digest() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", bases[0])
    assert set(bases[1:]) == {"base"}
