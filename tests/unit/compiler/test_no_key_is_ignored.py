"""Whatever a team writes has an effect: another value changes a rendered file, a finding, or what a run goes by.

A key that is accepted and changes nothing would be a promise that nobody keeps.  ``tests/every_key.py`` writes every
key there is; each is changed here by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as File

import pytest

from mlops_gitops.records.project import Project
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.stack import AREAS
from tests import every_key
from tests.every_key import Outcome, Path

# Written for people: `explain` and reviews show them, and nothing goes by them.  There is one apiVersion so far.
WORDS: set[Path] = {("apiVersion",), ("project", "description"), ("project", "risk_reason")}
# Read while something outside is asked, which no pure function tells: these tests ask.
TESTED_WHERE_IT_IS_READ = {
    ("testing", "inference", "clients"): "tests/unit/stages/test_endpoint_round.py",
    ("testing", "inference", "requests_per_client"): "tests/unit/stages/test_endpoint_round.py",
    ("serving", "canary", "interval"): "tests/unit/usecases/test_canary.py",
}
# Only one legal value beside the others, which `_PAIRS` changes together.
_PAIRS: dict[Path, dict[str, object]] = {
    (section, "tolerations", 0, "operator"): {"key": "spot", "operator": "Exists"}
    for section in ("training", "serving")
}
# The contract moves with its file, which a test of findings does (tests/diagnostics/good/MG106.txt); a project's name
# is its folder's.
_NAMES_OF_FILES: set[Path] = {("project", "name"), ("data", "contract")}
# Either of two keys is written, or a tool of the stack that nothing renders yet, whichever it is.
_NOT_WRITTEN: set[Path] = {("stack", area.name) for area in AREAS if not area.supported} | {
    ("pipeline", "stage_options", "model_validation", "business_metric"),
    *((section, "env", at, key) for section in ("training", "serving") for at, key in ((0, "secret"), (1, "value"))),
}


def _project() -> Project:
    project = every_key.base().project
    assert project, every_key.base().found
    return project


LEAVES = dict(every_key.leaves(_project().spec.plain))


def test_the_configuration_writes_every_key() -> None:
    for variant in range(len(every_key.VARIANTS)):
        assert every_key.base(variant).project, every_key.base(variant).found
    left_out = {path for path, value in LEAVES.items() if value in (None, [], {})} - _NOT_WRITTEN
    assert not left_out, f"write {left_out} in tests/every_key.py, and what they have an effect beside"


def test_what_is_tested_elsewhere_is() -> None:
    for path, file in TESTED_WHERE_IT_IS_READ.items():
        assert path in LEAVES
        assert str(path[-1]) in File(__file__).parents[3].joinpath(file).read_text(encoding="utf-8")


_LEFT_OUT = {*_NOT_WRITTEN, *WORDS, *TESTED_WHERE_IT_IS_READ, *_NAMES_OF_FILES}


@pytest.mark.parametrize(
    "path",
    [path for path in LEAVES if path not in {*_NOT_WRITTEN, *WORDS, *TESTED_WHERE_IT_IS_READ, *_NAMES_OF_FILES}],
    ids=lambda path: ".".join(map(str, path)),
)
def test_another_value_has_an_effect(path: Path) -> None:
    variants = range(len(every_key.VARIANTS))
    assert any(effect for variant in variants for effect in _effects(path, variant)), (
        f"{'.'.join(map(str, path))} is accepted, and no other value of it changes anything: "
        "render it, use it in a run, or refuse it with a finding"
    )


def _effects(path: Path, variant: int) -> Iterator[bool]:
    base, data = every_key.base(variant), every_key.varied(every_key.config(), every_key.VARIANTS[variant])
    if pair := _PAIRS.get(path):
        yield has_effect(base, every_key.compile_with(every_key.with_value(data, path[:-1], pair)))
        return
    for value in every_key.others(ProjectSpec, path, LEAVES[path]):
        yield has_effect(base, every_key.compile_with(every_key.with_value(data, path, value)))


def has_effect(base: Outcome, done: Outcome) -> bool:
    """Whether anything changed but digests of the sources; a value that is not legal has no effect."""
    if any(code < "MG200" for code, *_ in done.said):
        return False
    return done.said != base.said or done.rendered != base.rendered or done.in_a_run != base.in_a_run
