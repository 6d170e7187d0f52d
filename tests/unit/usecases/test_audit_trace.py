"""The auditor's answer from git alone, and every way of tampering that it must see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlops_gitops.adapters.git.repository import GitRepository
from mlops_gitops.audit.integrity import FindingKind
from mlops_gitops.audit.recorded import Proof
from mlops_gitops.audit.trace import Actor, Trace
from mlops_gitops.audit.trace_text import format_trace
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.records.release import evidence_path, release_path
from mlops_gitops.spec.monitoring import Remediation
from mlops_gitops.usecases.audit_trace import audit_trace
from mlops_gitops.usecases.remedy import remedy
from mlops_gitops.usecases.rollback import RollBackOrder, rollback

FILE = release_path("fraud", "staging")


def trace(platform: Any, rev: str = "HEAD") -> Trace:
    return audit_trace(platform.repository, "fraud", "staging", bot=platform.bot, rev=rev)


def rolled_back_by_the_bot(platform: Any) -> str:
    """Two versions and a remedy; the digest of its evidence."""
    platform.deploy(1)
    platform.deploy(2)
    verdict = platform.verdict(2, former=1)
    return remedy(platform.repository, platform.render, platform.dump, verdict, Remediation(), platform.bot).evidence


def amend(platform: Any, path: str, content: bytes | None, message: str | None = None) -> None:
    """Rewrite the last commit, as somebody who wants to hide something would."""
    if content is None:
        (platform.root / path).unlink()
    else:
        (platform.root / path).write_bytes(content)
    platform.git("add", "--all")
    kept = message if message is not None else platform.git("log", "-1", "--format=%B")
    platform.git("commit", "--quiet", "--amend", "--reset-author", "--message", kept)


def test_the_whole_story(platform: Any) -> None:
    evidence = rolled_back_by_the_bot(platform)
    found = trace(platform)
    assert found.sound, found.findings
    assert found.serving == platform.serving()
    assert [(change.action, change.model.version, change.actor) for change in found.changes if change.model] == [
        ("rollback", 1, Actor.BOT),
        ("deploy", 2, Actor.BOT),
        ("deploy", 1, Actor.BOT),
    ]
    newest = found.changes[0]
    assert (newest.commit, newest.evidence, newest.proof) == (platform.repository.head(), evidence, Proof.PROVED)
    assert (newest.previous, newest.severity) == (2, "high")
    assert found.changes[1].proof is Proof.ASSERTED
    assert found.history_ends is None


def test_a_person_is_told_from_the_bot(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(2)
    order = RollBackOrder("fraud", "staging")
    rollback(platform.repository, platform.render, platform.dump, order, platform.person)
    newest = trace(platform).changes[0]
    assert (newest.actor, newest.author, newest.proof) == (Actor.PERSON, platform.person, Proof.ASSERTED)


def test_as_of_an_older_commit(platform: Any) -> None:
    rolled_back_by_the_bot(platform)
    older = trace(platform, "HEAD~1")
    assert older.serving is not None
    assert (older.serving.model.version, len(older.changes)) == (2, 2)


def test_the_text_answers_the_questions(platform: Any) -> None:
    evidence = rolled_back_by_the_bot(platform)
    lines = format_trace(trace(platform)).splitlines()
    head = platform.repository.head()[:7]
    assert lines[0].startswith("fraud v1 serves in staging since ")
    assert lines[0].endswith(f"UTC · commit {head} by release-bot (bot)")
    assert "trained in run run-1 at commit 1111111" in lines[1]
    assert "2 of 2 passed; weakest margin f1_score +0.011 (0.931 ≥ 0.92)   asserted by run run-1" in lines[2]
    assert f"{evidence[:17]}…  high severity   proved" in lines[3]
    assert lines[5] == "before that"
    assert lines[6].startswith("  v2  ")
    assert lines[-1].startswith("release files, trailers, evidence and rendered files agree")


def test_the_plain_form_is_json(platform: Any) -> None:
    rolled_back_by_the_bot(platform)
    plain = json.loads(json.dumps(trace(platform).to_plain()))
    assert plain["serving"]["model"]["version"] == 1
    assert [change["proof"] for change in plain["changes"]] == ["proved", "asserted", "asserted"]
    assert (plain["sound"], plain["findings"]) == (True, [])


def test_nothing_released_and_no_project(platform: Any) -> None:
    assert format_trace(trace(platform)) == "fraud: nothing was ever released to staging\n"
    with pytest.raises(UsageError, match="no project 'nobody'"):
        audit_trace(platform.repository, "nobody", "staging", bot=platform.bot)


def test_an_edit_by_hand_is_found(platform: Any) -> None:
    platform.deploy(1)
    text = (platform.root / FILE).read_text()
    platform.write(FILE, text.replace("version: 1", "version: 5"))
    sha = platform.commit_all("A quiet change")
    found = trace(platform)
    assert [(one.kind, one.commit) for one in found.findings] == [
        (FindingKind.UNRECORDED, sha),
        (FindingKind.CHAIN, sha),
    ]
    assert "without trailers" in found.findings[0].message
    assert f"BROKEN  {sha[:7]}" in format_trace(found)


def test_trailers_that_tell_another_story_are_found(platform: Any) -> None:
    platform.deploy(1)
    message = platform.git("log", "-1", "--format=%B").replace("Mlops-Model-Version: 1", "Mlops-Model-Version: 2")
    amend(platform, FILE, (platform.root / FILE).read_bytes(), message)
    (found,) = trace(platform).findings
    assert found.kind is FindingKind.UNRECORDED
    assert "Mlops-Model-Version" in found.message


@pytest.mark.parametrize(
    ("content", "text"), [(None, "is not in the commit"), (b'{"forged":true}', "has digest sha256:")]
)
def test_evidence_that_is_gone_or_forged_is_found(platform: Any, content: bytes | None, text: str) -> None:
    digest = rolled_back_by_the_bot(platform)
    amend(platform, evidence_path("fraud", digest), content)
    found = trace(platform)
    assert [one.kind for one in found.findings] == [FindingKind.EVIDENCE]
    assert text in found.findings[0].message
    assert found.changes[0].proof is Proof.BROKEN


def test_evidence_taken_away_later_was_still_there_then(platform: Any) -> None:
    digest = rolled_back_by_the_bot(platform)
    (platform.root / evidence_path("fraud", digest)).unlink()
    platform.commit_all("Tidy up")
    found = trace(platform)
    assert found.sound
    assert found.changes[0].proof is Proof.PROVED


def test_a_verdict_about_another_version_proves_nothing(platform: Any) -> None:
    platform.deploy(1)
    platform.deploy(2)
    verdict = json.dumps(platform.verdict(7, former=1).to_plain()).encode()
    order = RollBackOrder("fraud", "staging", evidence=verdict)
    rollback(platform.repository, platform.render, platform.dump, order, platform.person)
    (found,) = trace(platform).findings
    assert (found.kind, trace(platform).changes[0].proof) == (FindingKind.EVIDENCE, Proof.BROKEN)


def test_a_rendered_tree_without_the_released_model_is_found(platform: Any) -> None:
    platform.deploy(1)
    amend(platform, "rendered/fraud/staging/serving/config.yaml", b"model: another\n")
    (found,) = trace(platform).findings
    assert found.kind is FindingKind.NOT_RENDERED
    assert platform.model(1).digest in found.message
    amend(platform, "rendered/fraud/staging/serving/config.yaml", None)
    assert "no rendered serving files" in trace(platform).findings[0].message


def test_a_release_that_went_away_or_cannot_be_read(platform: Any) -> None:
    platform.deploy(1)
    platform.write(FILE, "model: [\n")
    platform.commit_all("Broken")
    (found,) = trace(platform).findings
    assert found.kind is FindingKind.UNREADABLE
    (platform.root / FILE).unlink()
    platform.commit_all("Gone")
    assert [one.kind for one in trace(platform).findings] == [FindingKind.UNRECORDED, FindingKind.UNREADABLE]
    assert format_trace(trace(platform)).startswith("fraud: nothing serves in staging since")


def test_a_shallow_clone_says_where_its_knowledge_ends(platform: Any, tmp_path: Path) -> None:
    rolled_back_by_the_bot(platform)
    shallow = tmp_path / "shallow"
    platform.git("clone", "--quiet", "--depth=1", platform.root.as_uri(), str(shallow))
    opened = GitRepository(shallow)
    found = audit_trace(opened, "fraud", "staging", bot=platform.bot)
    opened.close()
    assert found.history_ends == platform.repository.head()
    assert found.changes[0].actor is Actor.UNKNOWN
    assert found.changes[0].proof is Proof.PROVED
    assert found.sound
    text = format_trace(found)
    assert "at least since" in text
    assert "git fetch --unshallow" in text
    assert "release-bot" not in text, "the commit at the end of a shallow history is not known to be the change"


def test_a_merge_keeps_the_story(platform: Any) -> None:
    platform.deploy(1)
    platform.git("checkout", "--quiet", "-b", "side")
    platform.deploy(2)
    platform.git("checkout", "--quiet", "main")
    platform.git("commit", "--quiet", "--allow-empty", "--message", "Meanwhile")
    platform.git("merge", "--quiet", "--no-ff", "--no-edit", "side")
    found = trace(platform)
    assert found.sound, found.findings
    assert [change.model.version for change in found.changes if change.model] == [2, 1]


def test_control_characters_do_not_reach_the_terminal(platform: Any) -> None:
    platform.deploy(1)
    platform.git("-c", "user.name=A\x1b[2J\x07", "commit", "--amend", "--quiet", "--reset-author", "--no-edit")
    text = format_trace(trace(platform))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "�[2J" in text
