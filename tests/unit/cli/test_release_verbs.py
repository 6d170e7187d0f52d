"""`model`, `rollback` and `audit`: what git knows of versions, and the commits that release them."""

from __future__ import annotations

import json

import pytest

PROJECT = "fraud-detection"
RELEASE = f"projects/{PROJECT}/releases/staging.yaml"
STAGING = ("--environment", "staging")


def test_no_version_yet(place):
    assert place("model", "list", PROJECT).out == "no versions yet: run the pipeline\n"
    assert place("model", "list", PROJECT, "--format", "json").out == "[]\n"
    told = place("model", "show", PROJECT, "1")
    assert (told.code, told.out) == (2, "")
    assert "has no version 1\n  do:  versions: none yet: run the pipeline" in told.err


def test_versions_and_where_they_serve(place):
    place.release(1)
    place.release(2)
    place.release(1, "production")
    rows = place("model", "list", PROJECT).out.splitlines()
    assert [row.split()[:2] for row in rows] == [["v1", "production"], ["v2", "staging"]]
    assert rows[0].endswith("recall 0.910  serves production")
    shown = json.loads(place("model", "show", PROJECT, "v2").out)
    assert (shown["version"], shown["status"], shown["serves"]) == (2, "staging", ["staging"])
    listed = json.loads(place("model", "list", PROJECT, "--format", "json").out)
    assert listed[1] == shown


def test_promote_is_one_commit_and_twice_is_once(place):
    place.release(1)
    before = place.commits()
    told = place("model", "promote", PROJECT, "v1", "--environment", "production", "--reason", "Two quiet weeks")
    assert told.code == 0
    assert "v1 released to production by commit" in told.out
    assert told.out.endswith("mlops-gitops reconcile --environment production --target local\n")
    assert place.commits() == before + 1
    assert place.git("log", "-1", "--format=%an %s") == "A. Author Promote fraud-detection v1 to production"
    assert "Two quiet weeks" in place.git("log", "-1", "--format=%b")
    assert place.git("status", "--porcelain") == ""
    assert place("render", "--check").code == 0
    again = place("model", "promote", PROJECT, "1", "--environment", "production")
    assert again.code == 0
    assert "already released to production" in again.out
    assert place.commits() == before + 1


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("list", "nope"), 2, "no project `nope`"),
        (("list", "fraud-detecton"), 2, "did you mean `fraud-detection`?"),
        (("show", PROJECT, "9"), 2, "has no version 9"),
        (("show", PROJECT, "abc"), 2, "`abc` is no version"),
        (("show", PROJECT, "²"), 2, "`²` is no version"),
        (("show", PROJECT, "99999999999999999999"), 2, "is no version"),
        (("promote", PROJECT, "1"), 2, "required: --environment"),
        (("promote", PROJECT, "1", "--environment", "prod"), 2, "unknown environment `prod`"),
        (("promote", PROJECT, "9", "--environment", "production"), 2, "has no version 9"),
        (("demote", PROJECT), 2, "invalid choice"),
        ((), 2, "list|show|promote"),
    ],
)
def test_wrong_questions_about_models(place, words, code, expected):
    place.release(1)
    before = place.commits()
    told = place("model", *words)
    assert (told.code, told.out, place.commits()) == (code, "", before)
    assert expected in told.err


def test_roll_back_and_back_again(place):
    place.release(1)
    second = place.release(2)
    told = place("rollback", PROJECT, *STAGING, "--reason", "Customers complain")
    assert told.code == 0
    assert "v1 released to staging by commit" in told.out
    assert place.git("log", "-1", "--format=%s") == "Roll fraud-detection in staging back to v1"
    again = place("rollback", PROJECT, *STAGING)
    assert again.code == 4
    assert "was itself brought back" in again.err
    assert place("rollback", PROJECT, *STAGING, "--to", second[:9]).code == 0
    assert place("rollback", PROJECT, *STAGING, "--to", "v1").code == 0
    before = place.commits()
    assert "nothing done" in place("rollback", PROJECT, *STAGING, "--to", "1").out
    assert place.commits() == before


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nope", *STAGING), "no project `nope`"),
        ((PROJECT, "--environment", "stagin"), "did you mean `staging`?"),
        ((PROJECT, "--environment", "production"), "nothing is released to production"),
        ((PROJECT, *STAGING), "nothing served before"),
        ((PROJECT, *STAGING, "--to", "9"), "v9 never served in staging"),
        ((PROJECT, *STAGING, "--to", "²"), "no commit is called '²'"),
        ((PROJECT, *STAGING, "--to", ""), "no commit is called ''"),
        ((PROJECT, *STAGING, "--to", "nope"), "no commit is called 'nope'"),
        ((PROJECT, *STAGING, "--to=--help"), "no commit is called '--help'"),
        ((PROJECT, *STAGING, "--to", "HEAD~1"), "nothing was released to staging at HEAD~1"),
        ((PROJECT,), "required: --environment"),
    ],
)
def test_wrong_ways_back(place, words, expected):
    place.release(1)
    before = place.commits()
    told = place("rollback", *words)
    assert (told.code, told.out, place.commits()) == (2, "", before)
    assert expected in told.err


def test_a_commit_needs_clean_files_and_a_branch(place):
    place.release(1)
    place.write(RELEASE, "mine: true\n")
    told = place("model", "promote", PROJECT, "1", "--environment", "production")
    assert told.code == 0, "another environment's file is nobody's business"
    told = place("rollback", PROJECT, *STAGING, "--to", "1")
    assert told.code == 0, "nothing is to be written"
    place.git("checkout", RELEASE)
    place.release(2)
    place.write(RELEASE, "mine: true\n")
    told = place("rollback", PROJECT, *STAGING)
    assert told.code == 4
    assert RELEASE in told.err
    assert (place.root / RELEASE).read_text() == "mine: true\n"
    place.git("checkout", RELEASE)
    place.git("checkout", "--quiet", "--detach")
    told = place("rollback", PROJECT, *STAGING)
    assert told.code == 4
    assert "HEAD is detached" in told.err


def test_who_commits_must_be_known(place):
    place.release(1)
    for key in ("user.name", "user.email"):
        place.git("config", "--unset", key)
    told = place("model", "promote", PROJECT, "1", "--environment", "production")
    assert told.code == 2
    assert "git does not know who you are" in told.err
    assert "git config user.name" in told.err


@pytest.mark.parametrize("content", ["{", "", "- x\n", "project: 3\n"])
def test_a_damaged_release_file(place, content):
    place.release(1)
    place.write(RELEASE, content)
    place.commit("Damage it")
    before = place.commits()
    for words in (("rollback", PROJECT, *STAGING, "--to", "1"), ("model", "promote", PROJECT, "1", *STAGING)):
        told = place(*words)
        assert told.code in (1, 4)
        assert RELEASE in told.err
    assert place("audit", "trace", PROJECT, *STAGING).code == 1
    assert place("status").code == 0, "it says what is wrong with the one project, and shows the others"
    assert place.commits() == before
    # Mended, what was released before the damage is known again; the damaged state released nothing.
    place.git("revert", "--no-edit", "HEAD")
    assert place("model", "list", PROJECT).out.startswith("v1 ")


def test_a_project_that_does_not_compile_does_not_stop_another(place):
    place.release(1)
    place.write("projects/other/mlops_config.yaml", "pipeline: {}\n")
    place.commit("Another project, not finished")
    assert place("validate").code == 1
    assert place("model", "list", PROJECT).out.startswith("v1 ")
    assert place("audit", "trace", PROJECT, *STAGING).code == 0


def test_the_trace(place):
    place.release(1)
    told = place("audit", "trace", PROJECT, *STAGING)
    assert told.code == 0
    assert told.out.startswith("fraud-detection v1 serves in staging since ")
    assert not told.out.endswith("\n\n")
    plain = json.loads(place("audit", "trace", PROJECT, *STAGING, "--format", "json").out)
    assert (plain["sound"], plain["serving"]["model"]["version"]) == (True, 1)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nope", *STAGING), "no project 'nope'"),
        ((PROJECT, "--environment", "stagin"), "did you mean `staging`?"),
        ((PROJECT,), "required: --environment"),
    ],
)
def test_wrong_questions_of_an_auditor(place, words, expected):
    told = place("audit", "trace", *words)
    assert (told.code, told.out) == (2, "")
    assert expected in told.err


def test_an_environment_without_releases_has_an_empty_trace(place):
    told = place("audit", "trace", PROJECT, "--environment", "production")
    assert (told.code, told.out) == (0, "fraud-detection: nothing was ever released to production\n")


def test_a_trace_outlives_its_environment(place):
    place.release(1)
    platform = (place.root / "projects/platform.yaml").read_text()
    start = platform.index("  staging:\n")
    place.write("projects/platform.yaml", platform[:start] + platform[platform.index("  production:\n") :])
    place.commit("Give staging up")
    told = place("audit", "trace", PROJECT, *STAGING)
    assert told.out.startswith("fraud-detection v1 serves in staging")
