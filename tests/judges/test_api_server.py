"""Every object applied to a real API server, with strict field validation, as the reconciler will apply it.

The server knows what schemas do not: a GPU request without an equal limit, a failure policy that its pod's restart
policy forbids, a field that a version took away, a name too long.  Its warnings count too.  The namespaces enforce and
warn of restricted pod security, and the pods of every workload's template are tried on their own.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.cluster.controlplane.server import ApiServer
from tests.judges.cluster import complaints, define_kinds, make_namespaces, make_what_pods_name, namespace
from tests.judges.documents import rendered_objects, tree_names

pytestmark = pytest.mark.slow
# Defined first: what the others lie in or refer to.
FIRST = ("Namespace", "PriorityClass", "StorageClass")


@pytest.fixture(scope="module")
def cluster(api_server: ApiServer) -> ApiServer:
    """The server, with the operators' kinds defined."""
    define_kinds(api_server, rendered_objects())
    return api_server


@pytest.mark.parametrize("tree", tree_names())
def test_the_server_takes_every_object_without_a_warning(cluster: ApiServer, tree: str) -> None:
    objects = rendered_objects(tree)
    assert objects
    make_namespaces(cluster, objects)
    make_what_pods_name(cluster, objects)
    told = [problem for found in objects for problem in complaints(cluster, found)]
    assert not told, "\n".join(told)


def test_applied_again_nothing_changes(cluster: ApiServer) -> None:
    objects = sorted(rendered_objects("rendered"), key=lambda found: found.body["kind"] not in FIRST)
    for found in objects:
        # The second write of a claim is the server's own afterthought about its finalizer.
        answers = [cluster.apply(found.body) for _ in range(3)]
        assert [answer.refusal for answer in answers if answer.refusal] == []
        second, third = (answer.body["metadata"]["resourceVersion"] for answer in answers[1:])
        assert second == third, f"{found} is written again"


JOB = next(found.body for found in rendered_objects("rendered") if found.body["kind"] == "Job")


def changed_pod(**changes: Any) -> dict[str, Any]:
    spec = {**JOB["spec"], "template": {**JOB["spec"]["template"]}}
    spec["template"]["spec"] = {**spec["template"]["spec"], **changes}
    return {**JOB, "metadata": {"name": "wrong", "namespace": "wrong"}, "spec": spec}


def changed_container(**changes: Any) -> dict[str, Any]:
    return changed_pod(containers=[{**JOB["spec"]["template"]["spec"]["containers"][0], **changes}])


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (changed_pod(restartPolicy="OnFailure"), "podFailurePolicy|restartPolicy"),
        (changed_container(resources={"requests": {"nvidia.com/gpu": "1"}}), "[Ll]imit must be set"),
        (changed_container(resourcez={}), "unknown field|field not declared in schema"),
    ],
    ids=["restart policy", "device without limit", "unknown field"],
)
def test_the_server_refuses_what_schemas_may_miss(cluster: ApiServer, body: dict[str, Any], refusal: str) -> None:
    cluster.apply(namespace("wrong"))
    answer = cluster.apply(body, dry_run=True)
    assert answer.status >= 400
    assert re.search(refusal, answer.refusal), answer.refusal


def test_the_server_warns_of_a_pod_that_is_not_restricted(cluster: ApiServer) -> None:
    cluster.apply(namespace("wrong"))
    answer = cluster.apply(changed_container(securityContext={}), dry_run=True)
    assert any("restricted" in warning for warning in answer.warnings), answer
