"""Configurations of TensorFlow Serving are what its parser takes."""

from __future__ import annotations

import pytest

from tests.judges.documents import of_kind
from tests.judges.text_protos import FILES, parsed

FOUND = of_kind("text_proto")


def test_each_file_is_a_message() -> None:
    assert {found.path.rsplit("/", 1)[-1] for found in FOUND} == FILES
    for found in FOUND:
        assert parsed(found.path.rsplit("/", 1)[-1], found.text).ByteSize() > 0


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("models.config", "model_config_list { config { nam: 'x' } }"),
        ("models.config", "model_config_list { config { model_version_policy { specific { versions: 'x' } } } }"),
        ("monitoring.config", "prometheus_config { enable: maybe }"),
        ("batching.config", "max_batch_size: 3"),
        ("batching.config", "max_batch_size { value: 3 "),
    ],
)
def test_a_wrong_one_is_refused(file: str, text: str) -> None:
    with pytest.raises(AssertionError, match="is not valid"):
        parsed(file, text)
