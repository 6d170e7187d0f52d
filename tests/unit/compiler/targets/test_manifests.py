"""A project's own manifests as they are rendered, what is recorded of them, and who else sees them."""

from __future__ import annotations

import json

from mlops_gitops.compiler.driver import compile_tree
from mlops_gitops.plan.objects import resources, training_job
from mlops_gitops.usecases.explain_line import explain_line
from tests.factory import PLATFORM, PROJECT, Content, edited, tree
from tests.unit.compiler.targets.rendered import CLOUD, LOCAL, objects

FILE = f"{PROJECT}/manifests/words.yaml"
RENDERED = f"rendered/fraud-detection/{CLOUD}/manifests/words.yaml"
WORDS = """\
kind: ConfigMap
apiVersion: v1
metadata:
  annotations: {team: fraud}
  name: fraud-words
  labels: {app.kubernetes.io/name: words}
data:
  words: |
    one
    two
"""


def test_it_is_rendered_with_namespace_and_labels_and_otherwise_as_it_is() -> None:
    found = objects(more={FILE: WORDS})["manifests/words.yaml"]
    assert found == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "fraud-words",
            "namespace": "ml",
            "labels": {
                "app.kubernetes.io/name": "words",
                "app.kubernetes.io/component": "manifests",
                "app.kubernetes.io/part-of": "fraud-detection",
                "app.kubernetes.io/managed-by": "mlops-gitops",
                "mlops-gitops.io/project": "fraud-detection",
                "mlops-gitops.io/environment": CLOUD,
            },
            "annotations": {"team": "fraud"},
        },
        "data": {"words": "one\ntwo\n"},
    }
    assert list(found) == ["apiVersion", "kind", "metadata", "data"]


def test_one_machine_gets_none() -> None:
    assert not [path for path in objects(environment=LOCAL, more={FILE: WORDS}) if path.startswith("manifests/")]


def test_every_cluster_gets_it_with_its_own_namespace() -> None:
    changes: dict[str, Content] = {FILE: WORDS, **edited(PLATFORM, ("cluster: workstation", "cluster: cloud"))}
    files = compile_tree(tree(changes)).files
    assert b"namespace: ml-staging\n" in files[RENDERED.replace(CLOUD, "staging")]
    assert b"namespace: ml\n" in files[RENDERED]


def test_the_record_knows_its_source_and_the_lines_that_were_added() -> None:
    files = compile_tree(tree({FILE: WORDS})).files
    record = json.loads(files["rendered/fraud-detection/provenance.json"])
    other = json.loads(
        compile_tree(tree({FILE: WORDS.replace("two", "three")})).files["rendered/fraud-detection/provenance.json"]
    )
    assert record["inputs"][FILE] != other["inputs"][FILE]
    lines = files[RENDERED].decode().splitlines()
    added = {
        key: [lines[int(number) - 1].strip() for number in numbers.split()]
        for key, numbers in record["origins"][RENDERED].items()
    }
    assert added["platform:environments.production.namespace"] == ["namespace: ml"]
    assert "mlops-gitops.io/project: fraud-detection" in added["name:project"]
    assert not any("words" in line for told in added.values() for line in told)


def test_two_projects_of_one_shape_have_the_lines_of_their_own_manifests() -> None:
    """The trace of one is no trace of the other, though both files are of as many lines."""
    second = "projects/fraud-twin"
    one = tree()
    copied: dict[str, Content] = {
        path.replace(PROJECT, second): one.read(path) for path in one.files(PROJECT) if not path.endswith("/")
    }
    turned = WORDS.replace("{app.kubernetes.io/name: words}", "{a: b}").replace("{team: fraud}", "{}")
    files = compile_tree(tree({FILE: WORDS, **copied, FILE.replace(PROJECT, second): turned})).files
    alone = compile_tree(tree({**copied, FILE.replace(PROJECT, second): turned})).files
    record = "rendered/fraud-twin/provenance.json"
    assert json.loads(files[record])["origins"] == json.loads(alone[record])["origins"]


def test_a_line_of_it_is_explained() -> None:
    changes: dict[str, Content] = {FILE: WORDS}
    files = compile_tree(tree(changes)).files
    found = tree({**changes, **files})
    lines = files[RENDERED].decode().splitlines()
    words, namespace = (
        explain_line(found, RENDERED, next(number for number, line in enumerate(lines, start=1) if text in line))
        for text in ("words: |", "namespace:")
    )
    assert (words.target, words.keys) == ("manifests", ())
    assert [name for name, _ in namespace.keys] == ["platform:environments.production.namespace"]


def test_a_job_of_its_own_is_not_taken_for_the_training() -> None:
    job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a-first}\nspec: {}\n"
    files = compile_tree(tree({f"{PROJECT}/manifests/job.yaml": job})).files
    assert training_job(resources(files, "fraud-detection", CLOUD)).startswith("fraud-detection-train-")
