"""``plan`` on the command line: it says no to a loosened gate until an approver's trailer stands in a commit."""

from __future__ import annotations

from tests.factory import CONFIG, FILES, PLATFORM

APPROVERS = 'policy:\n  gate_approvers: ["@risk-office"]\n'


def test_a_loosened_gate_needs_the_trailer_of_an_approver(place):
    base = changed(place, PLATFORM, FILES[PLATFORM] + APPROVERS, "Name who approves")
    laxer = FILES[CONFIG].replace("recall: 0.85", "recall: 0.8")
    changed(place, CONFIG, laxer, "Lower it")
    for message in (
        "No trailer",
        "A stranger's\n\nApproved-Gate: @somebody",
        "Another's gate\n\n" + trailer("f1_score"),
    ):
        place.git("commit", "--quiet", "--allow-empty", "--message", message)
        told = place("plan", "--root", place.root, "--base", base)
        assert told.code == 1, message
        assert "recall 0.85 → 0.8" in told.out
        assert "new error" in told.out
        assert "MG410" in told.out
    place.git("commit", "--quiet", "--allow-empty", "--message", "Agreed\n\n" + trailer("recall"))
    told = place("plan", "--root", place.root, "--base", base)
    assert (told.code, "MG410" in told.out) == (0, False)
    assert "recall 0.85 → 0.8" in told.out
    assert place("plan", "--root", place.root, "--base", base, "--exit-code").code == 1


def trailer(gate: str) -> str:
    return f"Approved-Gate: @risk-office fraud-detection {gate}"


def changed(place, path: str, text: str, message: str) -> str:
    place.write(path, text)
    assert place("render", "--root", place.root).code == 0
    return place.commit(message)
