"""Every rendered file has a judge, and there is something of each kind to judge."""

from __future__ import annotations

import pytest

from tests.judges.documents import documents, of_kind, rendered_objects, tree_names


@pytest.mark.parametrize("tree", tree_names())
def test_every_file_has_a_judge(tree: str) -> None:
    strangers = [str(found) for found in documents(tree) if found.kind == "unknown"]
    assert strangers == [], "no judge knows these: name their kind in tests/judges/documents.py"


def test_there_is_something_of_each_kind() -> None:
    kinds = {body["kind"] for body in (found.body for found in rendered_objects())}
    assert {"Job", "Deployment", "Service", "ConfigMap", "PersistentVolumeClaim", "PrometheusRule"} <= kinds
    assert of_kind("gitlab")
