"""What the pages promise is there: packages, links, verbs, and the README's commands."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import re
import shlex
from pathlib import Path

import pytest

import mlops_gitops
from mlops_gitops.cli.main import VERBS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def readme_commands() -> list[str]:
    shown = re.findall(r"^\$ (mlops-gitops .*)$", README, re.MULTILINE)
    return sorted({part.strip() for line in shown for part in line.partition("#")[0].split("&&") if "mlops" in part})


def test_the_architecture_page_names_every_package_and_no_other() -> None:
    named = set(re.findall(r"`mlops_gitops\.(\w+)`", ARCHITECTURE))
    real = {module.name for module in pkgutil.iter_modules(mlops_gitops.__path__)}
    assert named == real
    for name in named:
        importlib.import_module(f"mlops_gitops.{name}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_readme_shows_commands() -> None:
    assert len(readme_commands()) >= 8


@pytest.mark.parametrize("command", readme_commands())
def test_a_command_of_the_readme_is_one(command: str) -> None:
    _, verb, *rest = shlex.split(command)
    module = importlib.import_module(f"mlops_gitops.cli.{verb}")
    parser = argparse.ArgumentParser(exit_on_error=False)
    module.add_arguments(parser)
    parser.parse_args(rest)
    assert verb in VERBS


def test_the_make_targets_of_the_readme_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^\$ make ([\w-]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_support_table_tells_the_truth_of_the_stack() -> None:
    from mlops_gitops.spec.stack import AREA_BY_NAME

    supported = {area: AREA_BY_NAME[area].supported for area in ("ci_cd", "serving", "experiment_tracking")}
    assert supported == {"ci_cd": ("gitlab_ci",), "serving": ("kserve", "fastapi"), "experiment_tracking": ("mlflow",)}
    assert "| CI/CD | GitLab CI" in README
    assert "| serving | KServe" in README
    assert "| experiment tracking, registry | MLflow" in README
