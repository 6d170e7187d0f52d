"""Rendered bytes in, resources out; all problems at once."""

import pytest

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.reconciler.resources import parse_resources

CONFIG = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n  namespace: ml\n"


def test_documents_of_all_files_sorted_by_key() -> None:
    service = b"---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\n" + CONFIG
    deployment = b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    found = parse_resources({"b.yaml": service, "a.yaml": deployment, "notes.md": b"{"}, "staging")
    assert [str(one.key) for one in found] == ["ConfigMap/one", "Service/web", "Deployment/web"]
    assert found[0].key.namespace == "ml"
    assert found[2].key.group == "apps"


def test_rule_files_and_empty_documents_are_no_objects() -> None:
    assert parse_resources({"rules.yaml": b"groups: []\n", "empty.yaml": b"---\n---\n"}, "staging") == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"kind: ConfigMap\nmetadata: {name: a}\n", "document 1 has no apiVersion"),
        (b"apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {}}\n", "document 1 has no metadata.name"),
        (b"apiVersion: v1\nkind: ConfigMap\n", "document 1 has no metadata"),
        (b"- a\n- b\n", "document 1 is not an object"),
        (b"a: [1, 2\n", "not YAML"),
        (b"a: \xff\xfe\n", "not YAML"),
        (CONFIG + b"---\n" + CONFIG, "ConfigMap/one stands in x.yaml too"),
        (CONFIG + b"  labels: {mlops-gitops.io/environment: production}\n", "belongs to production"),
    ],
)
def test_what_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(RefusedError, match="cannot be applied") as caught:
        parse_resources({"x.yaml": content}, "staging")
    assert why in caught.value.why
    assert caught.value.where == "x.yaml"


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(RefusedError) as caught:
        parse_resources({"a.yaml": b"[", "b.yaml": b"1", "c.yaml": CONFIG, "d.yaml": CONFIG}, "staging")
    assert caught.value.why.count("; ") == 2
    assert "stands in c.yaml too" in caught.value.why
