"""The trace's own arithmetic and its checks on recorded changes, without a repository."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from mlops_gitops.audit.integrity import FindingKind
from mlops_gitops.audit.recorded import Proof, RecordedChange
from mlops_gitops.audit.trace import Actor, Trace, build_trace, margin, weakest_gate
from mlops_gitops.audit.trace_text import format_trace
from mlops_gitops.ports.repository import Author, LoggedCommit
from mlops_gitops.records.canonical import digest_bytes, digest_of
from mlops_gitops.records.release import Release, ReleasedGate, ReleasedModel
from mlops_gitops.records.trailers import Trailer, format_message

BOT = Author("bot", "bot@localhost")
NOON = datetime(2026, 2, 27, 14, 2, tzinfo=timezone(timedelta(hours=2)))


def gate(name: str, measured: float, sign: str, limit: float) -> ReleasedGate:
    return ReleasedGate.model_validate(
        {"stage": "model_testing", "name": name, "measured": measured, "sign": sign, "limit": limit}
    )


def model(version: int, *gates: ReleasedGate) -> ReleasedModel:
    return ReleasedModel(
        version=version,
        digest=digest_of(version),
        data_digest="",
        code_digest=digest_of("c"),
        environment_digest=digest_of("e"),
        config_digest=digest_of("k"),
        run="18",
        trained_at_commit="1b7f" * 10,
        gates=gates,
    )


def change(version: int, **named: object) -> RecordedChange:
    """A sound first release."""
    release = Release(project="fraud", environment="staging", model=model(version))
    trailers = {
        Trailer.ACTION: "deploy",
        Trailer.PROJECT: "fraud",
        Trailer.ENVIRONMENT: "staging",
        Trailer.VERSION: str(version),
        Trailer.MODEL: release.model.digest,
    }
    commit = LoggedCommit("c" * 40, ("p" * 40,), BOT, NOON, format_message("Release", "", trailers))
    return replace(RecordedChange(commit, release, rendered=2, rendered_with_digest=1), **named)


def trace(*changes: RecordedChange) -> Trace:
    return build_trace("fraud", "staging", changes, BOT)


def test_a_sound_change_has_no_finding() -> None:
    found = trace(change(1))
    assert found.sound
    assert (found.changes[0].actor, found.changes[0].proof) == (Actor.BOT, Proof.ASSERTED)


def test_times_are_shown_in_utc() -> None:
    assert "since 2026-02-27 12:02 UTC" in format_trace(trace(change(1)))
    assert trace(change(1)).to_plain()["changes"][0]["at"] == "2026-02-27T12:02:00+00:00"


@pytest.mark.parametrize(
    ("named", "kind", "text"),
    [
        ({"rendered": 0, "rendered_with_digest": 0}, FindingKind.NOT_RENDERED, "no rendered serving files"),
        ({"rendered_with_digest": 0}, FindingKind.NOT_RENDERED, "carries sha256:"),
        ({"release": None, "problem": "not YAML"}, FindingKind.UNREADABLE, "not YAML"),
        (
            {"before": Release(project="fraud", environment="staging", model=model(4))},
            FindingKind.CHAIN,
            "names nothing as what served before, but it was v4",
        ),
    ],
)
def test_each_contradiction(named: dict[str, object], kind: FindingKind, text: str) -> None:
    (found,) = trace(change(1, **named)).findings
    assert (found.kind, found.commit) == (kind, "c" * 40)
    assert text in found.message


def test_a_file_of_another_environment_is_found() -> None:
    found = build_trace("fraud", "production", [change(1)], BOT).findings
    assert found[0].message == "the release file speaks of fraud in staging"


def test_what_is_not_known_is_not_held_against_anybody() -> None:
    end = change(2, before_known=False)
    end = replace(end, commit=replace(end.commit, boundary=True, parents=(), message="Anything\n"))
    found = trace(end)
    assert found.sound
    assert (found.history_ends, found.changes[0].actor) == ("c" * 40, Actor.UNKNOWN)


def test_evidence_of_another_form_proves_its_own_bytes() -> None:
    evidence = json.dumps(["a note"]).encode()
    sound = change(1)
    assert sound.release is not None
    release = sound.release.model_copy(update={"evidence": digest_bytes(evidence)})
    message = sound.commit.message.rstrip() + f"\n{Trailer.EVIDENCE.value}: {release.evidence}\n"
    proved = replace(sound, release=release, evidence=evidence, commit=replace(sound.commit, message=message))
    assert trace(proved).findings == ()
    assert trace(proved).changes[0].proof is Proof.PROVED
    unnamed = trace(replace(proved, commit=sound.commit)).findings
    assert [found.kind for found in unnamed] == [FindingKind.UNRECORDED]
    assert Trailer.EVIDENCE.value in unnamed[0].message


def test_the_weakest_gate_is_the_narrowest_in_its_own_direction() -> None:
    recall, f1 = gate("recall", 0.91, "≥", 0.85), gate("f1_score", 0.931, "≥", 0.92)
    rate = gate("false_positive_rate", 0.0006, "≤", 0.01)
    latency = gate("latency", 99.5, "≤", 100.0)
    assert weakest_gate([recall, f1, rate]) is f1
    assert weakest_gate([recall, f1, rate, latency]) is latency
    assert weakest_gate([recall, gate("loss", 0.2, "≤", 0.0)]) is not recall
    assert weakest_gate([recall, gate("tests_failed", 0.0, "≤", 0.0)]) is recall
    assert weakest_gate([]) is None
    assert margin(rate) == pytest.approx(0.0094)
    assert margin(gate("recall", 0.8, "≥", 0.85)) == pytest.approx(-0.05)


def test_a_gate_that_was_not_met_is_counted_as_such() -> None:
    sound = change(1)
    assert sound.release is not None
    failed = model(1, gate("recall", 0.8, "≥", 0.85), gate("f1_score", 0.93, "≥", 0.92))
    text = format_trace(trace(replace(sound, release=sound.release.model_copy(update={"model": failed}))))
    assert "1 of 2 passed; weakest margin recall -0.05 (0.8 ≥ 0.85)" in text
