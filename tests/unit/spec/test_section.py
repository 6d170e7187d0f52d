"""Sections cost nothing at import, and say what their fields mean when asked."""

from __future__ import annotations

import subprocess
import sys

from mlops_gitops.spec.descriptions import field_descriptions, models_below
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.stack import Stack
from mlops_gitops.spec.training import Training

PROBE = """
import mlops_gitops.compiler.driver
from mlops_gitops.spec.section import Section
def below(model):
    for one in model.__subclasses__():
        yield one
        yield from below(one)
sections = list(below(Section))
assert len(sections) > 40, len(sections)
print(*sorted(one.__name__ for one in sections if one.__pydantic_complete__))
"""


def test_no_validator_is_built_before_it_is_needed() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=60, check=True)
    why = "a default that is an instance builds its validator at import: write `= all_defaults()` (spec/section.py)"
    assert done.stdout.split() == [], why


def test_a_section_that_is_not_written_has_its_own_defaults() -> None:
    spec = ProjectSpec.model_validate({"pipeline": {"stages": ["model_training"]}} | ALL)
    assert spec.training == Training()
    assert PlatformSpec.model_validate(PLATFORM).images.server.name == "mlops-gitops-server"


ALL = {"testing": {}, "monitoring": {}, "alerting": {}}
PLATFORM = {"clusters": {"here": {"kind": "local"}}, "environments": {"staging": {"cluster": "here"}}}


def test_every_field_of_every_section_is_described() -> None:
    for root in (ProjectSpec, PlatformSpec):
        for name, model in models_below(root).items():
            assert set(field_descriptions(model)) == set(model.model_fields), name


def test_fields_made_from_a_table_and_inherited_ones_are_described_too() -> None:
    assert field_descriptions(Stack)["profile"].startswith("The size of company")
    assert field_descriptions(Stack)["ci_cd"].startswith("Tool for CI/CD")
