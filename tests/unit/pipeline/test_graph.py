"""The order of stages, and what is done for those that a pipeline leaves out."""

import pytest

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.pipeline.graph import span, steps_of
from mlops_gitops.spec.stages import StageName as S
from mlops_gitops.stages import STAGES

WHOLE = (S.DATA_VALIDATION, S.FEATURE_ENGINEERING, S.MODEL_TRAINING, S.MODEL_TESTING, S.MODEL_DEPLOYMENT)


def test_a_whole_pipeline_is_taken_as_written():
    steps = steps_of(WHOLE, STAGES)
    assert [step.stage.name for step in steps] == list(WHOLE)
    assert not any(step.implicit for step in steps)


def test_cleaning_and_splitting_are_put_in_front_of_a_training_that_lacks_them():
    steps = steps_of([S.MODEL_TRAINING], STAGES)
    assert [(step.name, step.implicit) for step in steps] == [("feature_engineering", True), ("model_training", False)]


def test_what_cannot_be_defaulted_names_the_stage_to_add():
    with pytest.raises(UsageError) as raised:
        steps_of([S.FEATURE_ENGINEERING, S.MODEL_TESTING], STAGES)
    assert "model_testing needs package" in raised.value.what
    assert raised.value.todo == "add model_training before model_testing"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, list(WHOLE)),
        (S.MODEL_TRAINING, None, list(WHOLE[2:])),
        (None, S.FEATURE_ENGINEERING, list(WHOLE[:2])),
        (S.MODEL_TESTING, S.MODEL_TESTING, [S.MODEL_TESTING]),
    ],
)
def test_span(first, last, expected):
    assert [step.stage.name for step in span(steps_of(WHOLE, STAGES), first, last)] == expected


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (S.MODEL_MONITORING, None, "not part of this pipeline"),
        (S.MODEL_TESTING, S.MODEL_TRAINING, "comes after"),
    ],
)
def test_an_impossible_span_is_refused(first, last, said):
    with pytest.raises(UsageError, match=said):
        span(steps_of(WHOLE, STAGES), first, last)
