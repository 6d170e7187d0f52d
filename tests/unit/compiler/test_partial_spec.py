"""What can be read of a configuration with mistakes in it."""

from __future__ import annotations

from typing import Any

import pytest

from mlops_gitops.compiler.partial_spec import build_partly
from mlops_gitops.compiler.unknowns import UnknownError, known_items, until_unknown
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.project import ProjectSpec
from mlops_gitops.spec.stages import StageName
from tests import any_spec

SOUND: dict[str, Any] = {
    "pipeline": {"stages": ["model_training"]},
    "testing": {"thresholds": {"recall": 0.9}},
    "monitoring": {},
    "alerting": {"channels": ["slack"]},
}


def unknown(*changes: any_spec.Change) -> set[str]:
    partial = build_partly(ProjectSpec, any_spec.changed(SOUND, list(changes)))
    assert partial
    return {".".join(str(part) for part in path) for path in partial.unknown}


def test_a_value_is_unknown_and_nothing_beside_it() -> None:
    assert unknown((("pipeline", "timeout"), "abc")) == {"pipeline.timeout"}
    assert unknown((("testing", "thresholds", "recall"), "high")) == {"testing.thresholds.recall"}
    assert unknown((("serving",), 3)) == {"serving"}


def test_only_the_bad_items_of_a_list_are_unknown() -> None:
    assert unknown((("alerting", "channels"), ["slack", "pigeon"])) == {"alerting.channels.1"}
    stages = ["x", "model_evaluation", None, "model_training"]
    partial = build_partly(ProjectSpec, any_spec.changed(SOUND, [(("pipeline", "stages"), stages)]))
    assert partial
    found = list(until_unknown(known_items(partial.spec.pipeline.stages)))
    assert found == [(1, StageName.MODEL_EVALUATION), (3, StageName.MODEL_TRAINING)]
    with pytest.raises(UnknownError):
        assert StageName.MODEL_TESTING not in partial.spec.pipeline.stages


def test_a_list_without_a_good_item_is_unknown() -> None:
    assert unknown((("pipeline", "stages"), ["x", "y"])) >= {"pipeline.stages"}
    assert unknown((("pipeline", "stages"), [])) == {"pipeline.stages"}


def test_a_list_that_layers_join_is_unknown_as_a_whole() -> None:
    assert unknown((("training", "env"), [{"name": "A", "value": "1"}, {"value": "2"}])) == {"training.env"}


def test_a_misspelt_key_may_mean_the_one_that_is_nearly_the_same() -> None:
    assert unknown((("pipeline", "timeot"), "1h")) == {"pipeline.timeot", "pipeline.timeout"}


def test_a_strange_key_may_mean_any_that_is_not_written() -> None:
    found = unknown((("alerting", "replicas"), 3))
    # Written already, so it was not meant; legal elsewhere, so it may have been.
    assert "alerting.channels" not in found
    assert {"alerting.replicas", "serving.replicas"} < found


@pytest.mark.parametrize("section", ["pipeline", "testing", "monitoring", "alerting"])
def test_a_section_that_must_be_there_is_unknown(section: str) -> None:
    partial = build_partly(ProjectSpec, {name: value for name, value in SOUND.items() if name != section})
    assert partial
    assert partial.unknown >= {(section,)}
    with pytest.raises(UnknownError):
        getattr(partial.spec, section)


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_what_is_no_mapping_has_nothing_to_read(data: Plain) -> None:
    assert build_partly(ProjectSpec, data) is None


def test_everything_wrong_at_once() -> None:
    sections = {"pipeline": 3, "testing": [], "monitoring": {"metrics": {}}, "serving": "x"}
    partial = build_partly(ProjectSpec, {**sections, "training": {"seed": 7, "workers": "x"}})
    assert partial
    assert partial.spec.training.seed == 7
    assert partial.spec.apiVersion == "mlops-gitops/v1"
