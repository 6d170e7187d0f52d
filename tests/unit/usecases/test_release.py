"""The release commit: source and rendered tree in one, with its trailers, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mlops_gitops.diagnostics import RefusedError, UsageError
from mlops_gitops.ports.repository import HeadMoved
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.records.release import release_path
from mlops_gitops.records.trailers import Trailer, parse_trailers
from mlops_gitops.usecases.release import Action, release
from mlops_gitops.usecases.release_file import parse_release, read_release

FILE = release_path("fraud", "staging")


def test_a_release_is_one_commit_of_source_and_rendered_tree(platform: Any) -> None:
    outcome = platform.deploy(1)
    assert outcome.made
    assert outcome.commit == platform.repository.head()
    assert platform.serving().model == platform.model(1)
    assert platform.serving().previous is None
    assert platform.git("diff-tree", "-r", "--name-only", "--no-commit-id", "HEAD").split() == [
        FILE,
        "rendered/fraud/production/serving/config.yaml",
        "rendered/fraud/staging/serving/config.yaml",
    ]
    assert platform.git("status", "--porcelain") == ""
    assert platform.render(platform.repository.tree("HEAD")) == {}, "the commit's rendered tree is current"


def test_the_message_says_what_and_its_trailers_how(platform: Any) -> None:
    platform.deploy(1)
    outcome = release(
        platform.repository,
        platform.render,
        platform.dump,
        replace(platform.order(2), action=Action.PROMOTE, reason="Recall is up.\n\nSee the run."),
        platform.person,
    )
    commit = platform.repository.commit(outcome.commit)
    assert commit.subject == "Promote fraud v2 to staging"
    assert commit.author == platform.person
    assert (
        "Recall is up.\n\nSee the run.\n\nReplaces v1.\n\nrecall 0.91 ≥ 0.85\nf1_score 0.931 ≥ 0.92" in commit.message
    )
    assert parse_trailers(commit.message) == {
        Trailer.ACTION: "promote",
        Trailer.PROJECT: "fraud",
        Trailer.ENVIRONMENT: "staging",
        Trailer.VERSION: "2",
        Trailer.MODEL: platform.model(2).digest,
        Trailer.PREVIOUS: "1",
        Trailer.RUN: "run-2",
    }
    assert f"{Trailer.VERSION.value}: 2" in platform.git("log", "-1", "--format=%(trailers)")
    assert platform.serving().previous == platform.model(1)


def test_the_same_release_again_makes_no_commit_and_says_so(platform: Any) -> None:
    first = platform.deploy(1)
    platform.write("notes.txt", "x")
    platform.commit_all("Something else")
    again = platform.deploy(1)
    assert (again.made, again.commit) == (False, first.commit)
    assert "already released to staging" in again.message
    assert platform.count() == 3


def test_a_version_number_means_one_content(platform: Any) -> None:
    platform.deploy(1)
    other = platform.model(1).model_copy(update={"digest": platform.model(9).digest})
    with pytest.raises(RefusedError, match="v1 is already released with other contents"):
        release(
            platform.repository, platform.render, platform.dump, replace(platform.order(1), model=other), platform.bot
        )


def test_environments_are_apart(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(1, "production")
    platform.deploy(2)
    assert [platform.serving(name).model.version for name in ("staging", "production")] == [2, 1]


def test_evidence_is_committed_under_its_digest(platform: Any) -> None:
    evidence = b'{"seen":true}'
    order = replace(platform.order(1), evidence=evidence)
    release(platform.repository, platform.render, platform.dump, order, platform.bot)
    digest = digest_bytes(evidence)
    assert platform.serving().evidence == digest
    path = f"projects/fraud/releases/evidence/{digest.removeprefix('sha256:')}.json"
    assert platform.repository.tree("HEAD").read(path) == evidence
    assert parse_trailers(platform.repository.commit("HEAD").message)[Trailer.EVIDENCE] == digest


def test_a_commit_in_between_is_built_upon(platform: Any) -> None:
    """Somebody commits while this one renders: it is made anew on their commit, and takes nothing of theirs back."""
    times = []

    def slow_render(tree: Any) -> Any:
        if not times:
            platform.write("projects/fraud/notes.txt", "theirs\n")
            platform.commit_all("Theirs")
        times.append(tree.read("projects/fraud/notes.txt"))
        return platform.render(tree)

    outcome = release(platform.repository, slow_render, platform.dump, platform.order(1), platform.bot)
    assert times == [None, b"theirs\n"]
    assert platform.git("log", "-1", "--format=%s", f"{outcome.commit}^").strip() == "Theirs"
    assert platform.repository.tree(outcome.commit).read("projects/fraud/notes.txt") == b"theirs\n"


def test_an_endless_race_ends(platform: Any) -> None:
    def busy_render(tree: Any) -> Any:
        platform.git("commit", "--quiet", "--allow-empty", "--message", "Busy")
        return platform.render(tree)

    with pytest.raises(HeadMoved):
        release(platform.repository, busy_render, platform.dump, platform.order(1), platform.bot)
    assert read_release(platform.repository.tree("HEAD"), "fraud", "staging") is None


def test_a_decision_about_another_version_is_refused(platform: Any) -> None:
    platform.deploy(1)
    order = replace(platform.order(3), replaces=platform.model(2).digest)
    with pytest.raises(RefusedError, match="v1 serves in staging now"):
        release(platform.repository, platform.render, platform.dump, order, platform.bot)
    elsewhere = replace(order, environment="production")
    with pytest.raises(RefusedError, match="nothing serves in production now"):
        release(platform.repository, platform.render, platform.dump, elsewhere, platform.bot)


def test_dirty_files_in_the_way_are_refused_and_others_kept(platform: Any) -> None:
    platform.deploy(1)
    platform.write("projects/fraud/mlops_config.yaml", "pipeline: {edited: true}\n")
    platform.deploy(2)
    assert platform.git("status", "--porcelain") == " M projects/fraud/mlops_config.yaml\n"
    platform.write("rendered/fraud/staging/serving/config.yaml", "edited: true\n")
    with pytest.raises(RefusedError, match="changes of their own"):
        platform.deploy(3)
    assert platform.serving().model.version == 2


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"project": "nobody"}, "no project 'nobody'"),
        ({"project": "../fraud"}, "not a name"),
        ({"environment": "a/b"}, "not a name"),
        ({"evidence": b"not json"}, "not JSON"),
    ],
)
def test_wrong_orders(platform: Any, change: dict[str, Any], text: str) -> None:
    order = replace(platform.order(1), **change)
    with pytest.raises(UsageError, match=text):
        release(platform.repository, platform.render, platform.dump, order, platform.bot)
    assert platform.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"- a\n",
        b"project: [\n",
        b"\xff\xfe",
        b"a: &a [1]\nb: *a\n",
        b"[" * 5000 + b"]" * 5000,
        b"#" * 70_000,
        b"apiVersion: mlops-gitops/v9\n",
    ],
)
def test_a_damaged_release_file_is_one_clear_refusal(platform: Any, content: bytes) -> None:
    with pytest.raises(ValueError):
        parse_release(content)
    (platform.root / FILE).parent.mkdir(parents=True)
    (platform.root / FILE).write_bytes(content)
    platform.commit_all("By hand")
    with pytest.raises(RefusedError, match="release file cannot be read") as refused:
        platform.deploy(1)
    assert refused.value.where == FILE
