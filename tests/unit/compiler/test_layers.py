"""All layers together: platform defaults, project, environment; keyed lists in both forms; places of what came out."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import BaseModel

from mlops_gitops.compiler.keyed_lists import as_lists, by_key, keyed_lists
from mlops_gitops.compiler.overlay import EMPTY, overlay
from mlops_gitops.compiler.platform_defaults import read_defaults
from mlops_gitops.compiler.source import read_source
from mlops_gitops.compiler.spans import Path
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.section import MergeKey
from tests.factory import CONFIG, FILES, PLATFORM, PROJECT, Content, compiled

OVERLAY = f"{PROJECT}/environments/production.yaml"


def env_of(*layers: str) -> Plain:
    """`training.env` of layers that each write its value in flow style, lowest first."""
    merged = EMPTY
    for text in layers:
        layer, found = by_key(read_source("file", f"training: {{env: {text}}}".encode()).layer)
        assert found == ()
        merged = overlay(merged, layer)
    data = as_lists(merged).data
    assert isinstance(data, dict)
    training = data["training"]
    assert isinstance(training, dict)
    return training.get("env")


@pytest.mark.parametrize(
    ("layers", "env"),
    [
        (("[{name: A, value: x}]",), [{"name": "A", "value": "x"}]),
        (("{A: {value: x}}",), [{"name": "A", "value": "x"}]),
        (("[{name: A, value: x}]", "[{name: A, value: y}]"), [{"name": "A", "value": "y"}]),
        (
            ("[{name: A, value: x}, {name: B, value: x}]", "[{name: C, value: y}, {name: A, value: y}]"),
            [{"name": "A", "value": "y"}, {"name": "B", "value": "x"}, {"name": "C", "value": "y"}],
        ),
        (("[{name: A, value: x}, {name: B, value: x}]", "{A: null}"), [{"name": "B", "value": "x"}]),
        (("{A: {value: x}}", "{A: null}", "{A: {value: z}}"), [{"name": "A", "value": "z"}]),
        (
            ("{A: {value: x}}", "{A: {value: null, secret: {name: s, key: k}}}"),
            [{"name": "A", "secret": {"name": "s", "key": "k"}}],
        ),
        (("{A: {value: x}}", "{A: null}"), []),
        (("{A: {value: x}}", "[]"), []),
        (("{A: {value: x}}", "{}"), [{"name": "A", "value": "x"}]),
        (("{A: {value: x}}", "[]", "{B: {value: y}}"), [{"name": "B", "value": "y"}]),
        (("{A: {value: x}}", "null"), None),
    ],
)
def test_a_list_with_a_key_merges_item_by_item(layers: tuple[str, ...], env: Plain) -> None:
    assert env_of(*layers) == env


TAINTS = "training: {tolerations: [{key: spot}, {key: spot, effect: NoExecute}, {key: gpu, operator: Equal, value: a}]}"


@pytest.mark.parametrize(
    ("overlay", "tolerations"),
    [
        ("{}", ["spot NoSchedule", "spot NoExecute", "gpu NoSchedule a"]),
        ("{training: {tolerations: {spot:NoExecute: null}}}", ["spot NoSchedule", "gpu NoSchedule a"]),
        ("{training: {tolerations: {spot: null}}}", ["spot NoExecute", "gpu NoSchedule a"]),
        # The usual effect may be written out: it is the same item.
        (
            "{training: {tolerations: [{key: gpu, effect: NoSchedule, value: b}, {key: gpu, effect: NoExecute}]}}",
            ["spot NoSchedule", "spot NoExecute", "gpu NoSchedule b", "gpu NoExecute"],
        ),
    ],
)
def test_one_taint_may_have_several_effects(overlay: str, tolerations: list[str]) -> None:
    done = compiled({CONFIG: f"{FILES[CONFIG]}{TAINTS}\n", OVERLAY: overlay})
    production = done.projects[0].environment("production")
    assert production is not None
    found = production.spec.training.tolerations
    assert [" ".join(filter(None, (one.key, one.effect, one.value))) for one in found] == tolerations


def test_every_list_that_declares_a_key_is_known() -> None:
    """One below a mapping with keys of a team's own would not be found: then `keyed_lists` must learn it."""
    found = {path[0] for path in keyed_lists()}
    assert found == {name for name, field in ProjectSpec.model_fields.items() if _declares(field.annotation)}


def _declares(annotation: object) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.values()
        return any(_marked(field.metadata) or _declares(field.annotation) for field in fields)
    return any(_declares(part) for part in get_args(annotation))


def _marked(metadata: list[object]) -> bool:
    return any(isinstance(mark, MergeKey) for mark in metadata)


DEFAULTS = """\
defaults:
  serving:
    replicas: 2
    rollout_timeout: 10m
    env:
      - {name: LOG_LEVEL, value: info}
      - {name: REGION, value: eu}
  training:
    seed: 7
"""
CHANGES: dict[str, Content] = {
    PLATFORM: FILES[PLATFORM] + DEFAULTS,
    CONFIG: FILES[CONFIG]
    + "serving:\n  replicas: 3\n  env:\n    REGION: {value: us}\n    COLOUR: {value: red}\ntraining:\n  seed: null\n",
    OVERLAY: "serving:\n  replicas: null\n  env:\n    LOG_LEVEL: null\n",
}

SET, WRITTEN = (len(FILES[path].splitlines()) for path in (PLATFORM, CONFIG))


def test_the_layers_lie_over_one_another() -> None:
    compilation = compiled(CHANGES)
    assert compilation.findings.diagnostics == ()
    project = compilation.project("fraud-detection")
    assert project is not None
    production = project.environment("production")
    assert production is not None
    assert (project.spec.serving.replicas, production.spec.serving.replicas) == (3, 1)
    assert project.spec.serving.rollout_timeout.total_seconds() == 600
    assert project.spec.training.seed == 42
    assert [(one.name, one.value) for one in project.spec.serving.env] == [
        ("LOG_LEVEL", "info"),
        ("REGION", "us"),
        ("COLOUR", "red"),
    ]
    assert [one.name for one in production.spec.serving.env] == ["REGION", "COLOUR"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("serving", "replicas"), f"{CONFIG}:{WRITTEN + 2}:13"),
        (("serving", "rollout_timeout"), f"{PLATFORM}:{SET + 4}:22"),
        (("serving", "env", 0, "value"), f"{PLATFORM}:{SET + 6}:34"),
        (("serving", "env", 1, "value"), f"{CONFIG}:{WRITTEN + 4}:21"),
        (("serving", "env", 1, "name"), f"{PLATFORM}:{SET + 7}:16"),
        (("serving", "env", 2), f"{CONFIG}:{WRITTEN + 5}:13"),
        # What no layer wrote is shown at the nearest section: the project's, where it writes that section too.
        (("serving", "port"), f"{CONFIG}:{WRITTEN + 1}:1"),
        (("training", "seed"), f"{CONFIG}:{WRITTEN + 7}:9"),
    ],
)
def test_each_value_is_shown_in_the_file_that_wrote_it(path: Path, place: str) -> None:
    defaults, *found = read_defaults(read_source(PLATFORM, str(CHANGES[PLATFORM]).encode()))
    assert found == [(), ()]
    config, _ = by_key(read_source(CONFIG, str(CHANGES[CONFIG]).encode()).layer)
    merged = as_lists(overlay(defaults, config, lower_is_home=False))
    assert str(merged.spans.value(path)) == place


def test_projects_without_an_overlay_share_one_spec() -> None:
    compilation = compiled({PLATFORM: FILES[PLATFORM] + DEFAULTS})
    project = compilation.project("fraud-detection")
    assert project is not None
    assert all(environment.spec is project.spec for environment in project.environments)
