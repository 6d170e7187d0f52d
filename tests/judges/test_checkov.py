"""Every manifest, Dockerfile and CI file by checkov: no finding but those that the committed list accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.judges.checkov import Report, checkov, waivers
from tests.judges.documents import documents, files, tree_names

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One run over all trees: starting checkov takes longer than all the checks."""
    folder = tmp_path_factory.mktemp("checkov")
    for tree in tree_names():
        own = {found.path for found in documents(tree) if found.kind == "own"}
        for path, text in files(tree).items():
            if path not in own:
                place = folder / tree / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
    return checkov(folder)


def test_every_finding_is_accepted_with_a_reason(report: Report) -> None:
    assert report.unread == ()
    accepted = waivers()
    left = sorted({str(found) for found in report.failed if not any(one.covers(found) for one in accepted)})
    assert not left, "mend the target, or accept it in tests/judges/checkov_waivers.yaml:\n" + "\n".join(left)


def test_every_accepted_finding_is_still_found(report: Report) -> None:
    idle = [one for one in waivers() if not any(one.covers(found) for found in report.failed)]
    assert idle == [], "nothing is found any more that these would accept"
    assert [one for one in waivers() if len(one.reason.split()) < 5] == [], "a reason is a sentence"


def test_the_checks_did_run(report: Report) -> None:
    assert report.passed["kubernetes"] > 500
    assert report.passed["gitlab_ci"] > 0


def test_a_careless_object_is_found(tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n    - {name: x, image: debian}\n"
    (tmp_path / "pod.yaml").write_text(pod)
    (tmp_path / "Dockerfile").write_text("FROM debian:12\nUSER root\n")
    found = {one.check for one in checkov(tmp_path).failed}
    assert {"CKV_K8S_14", "CKV_K8S_20", "CKV_DOCKER_8"} <= found
