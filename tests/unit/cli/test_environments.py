"""`status` and `reconcile` where nothing runs yet: flags that contradict each other, dry runs, unknown names."""

from __future__ import annotations

import json

import pytest

STAGING = ("--environment", "staging")


def test_before_the_first_reconcile(place):
    told = place("status")
    head, *rows = told.out.splitlines()
    assert (told.code, told.err) == (0, "production is not shown: its cluster's kind is not supported yet\n")
    assert head.split()[:4] == ["PROJECT", "ENV", "VERSION", "WANTED"]
    assert [row.split()[0] for row in rows] == ["fraud-detection", "platform"]
    assert all(row.endswith("never reconciled: mlops-gitops reconcile --environment staging") for row in rows)
    assert place("status", "--exit-code").code == 1
    assert not (place.root / ".mlops-gitops").exists()


def test_status_as_json_is_one_document(place):
    commit = place.release(3)
    row, _ = json.loads(place("status", "--format", "json").out)
    assert (row["project"], row["version"], row["wanted"], row["url"]) == ("fraud-detection", 3, commit, None)


def test_status_of_one_environment(place):
    assert place("status", *STAGING).err == ""
    told = place("status", "--environment", "production", "--target", "local")
    assert (told.code, len(told.out.splitlines())) == (0, 3)


@pytest.mark.parametrize("verb", ["status", "reconcile"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--environment", "stagin"), "unknown environment `stagin`; did you mean `staging`?\n  do:  environments at"),
        (("--environment", "production"), "target `kubernetes` of environment production is not supported yet\n  do:"),
        ((*STAGING, "--target", "kubernetes"), "target `kubernetes` of environment staging is not supported yet"),
        ((*STAGING, "--target", "mainframe"), "invalid choice: 'mainframe'"),
        ((*STAGING, "--format", "xml"), "invalid choice: 'xml'"),
        ((*STAGING, "more"), "unrecognized arguments: more"),
        (("--environment", ""), "unknown environment ``"),
        (("--environment", "../x"), "unknown environment `../x`"),
    ],
)
def test_wrong_environments(place, verb, words, expected):
    told = place(verb, *words)
    assert (told.code, told.out) == (2, "")
    assert expected in told.err
    assert not (place.root / ".mlops-gitops").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "required: --environment"),
        ((*STAGING, "--project", "nope"), "unknown project `nope`\n  do:  in staging: fraud-detection, platform"),
        ((*STAGING, "--project", "fraud-detecton"), "did you mean `fraud-detection`?"),
        ((*STAGING, "--lock-timeout", "soon"), "`soon` is not a duration"),
        ((*STAGING, "--lock-timeout", "0s"), "not a duration"),
        ((*STAGING, "--watch", "--once"), "--watch and --once do not go together"),
        ((*STAGING, "--watch", "--dry-run"), "--watch and --dry-run do not go together"),
        ((*STAGING, "--stop", "--dry-run"), "--stop and --dry-run do not go together"),
        ((*STAGING, "--stop", "--watch"), "--watch and --stop do not go together"),
        ((*STAGING, "--exit-code"), "--exit-code belongs to --dry-run"),
        (("--environment", "stagin", "--stop"), "did you mean `staging`?"),
        (("--environment", "stagin", "--watch"), "did you mean `staging`?"),
    ],
)
def test_wrong_reconciles(place, words, expected):
    told = place("reconcile", *words)
    assert (told.code, told.out) == (2, "")
    assert expected in told.err
    assert not (place.root / ".mlops-gitops").exists()


def test_a_dry_run_writes_nothing(place):
    before = place.files()
    told = place("reconcile", *STAGING, "--dry-run")
    assert told.code == 0
    assert "would be created: Service/fraud-detection-serving" in told.out
    assert told.err.startswith("commit ")
    assert place("reconcile", *STAGING, "--dry-run", "--exit-code").code == 1
    plain = json.loads(place("reconcile", *STAGING, "--dry-run", "--format", "json").out)
    assert (plain["dry_run"], {change["outcome"] for change in plain["changes"]}) == (True, {"created"})
    assert place.files() == before


def test_one_project_comes_with_what_all_share(place):
    plain = json.loads(
        place("reconcile", *STAGING, "--dry-run", "--project", "fraud-detection", "--format", "json").out
    )
    kinds = {(change["project"], change["kind"]) for change in plain["changes"]}
    assert {("platform", "Namespace"), ("platform", "PersistentVolumeClaim"), ("fraud-detection", "Service")} <= kinds


def test_stopping_what_never_ran(place):
    for _ in range(2):
        told = place("reconcile", *STAGING, "--stop")
        assert (told.code, told.out) == (0, "nothing was ever started in staging on this machine\n")
    assert not (place.root / ".mlops-gitops").exists()


def test_an_environment_that_left_git_can_be_stopped(place):
    (place.root / ".mlops-gitops/local/former").mkdir(parents=True)
    told = place("reconcile", "--environment", "former", "--stop")
    assert (told.code, told.out) == (0, "nothing runs in former any more; a reconcile starts it again\n")


@pytest.mark.parametrize("name", ["inventory", "journal"])
@pytest.mark.parametrize("content", ["{", "[]", '{"owned": 3, "doing": 3}'])
def test_damaged_state_is_never_guessed(place, name, content):
    place.write(f".mlops-gitops/{name}/staging.json", content)
    told = place("reconcile", *STAGING, "--dry-run")
    assert (told.code, told.out) == (3, "")
    assert "damaged" in told.err
    assert "do:  remove it" in told.err


def test_a_state_folder_that_is_none(place):
    place.write(".mlops-gitops", "")
    for words in (("status",), ("reconcile", *STAGING), ("reconcile", *STAGING, "--dry-run")):
        told = place(*words)
        assert (told.code, told.out) == (3, "")
        assert "Not a directory" in told.err
    assert place("reconcile", *STAGING, "--stop").code == 0


def test_rendered_files_that_are_no_objects(place):
    place.write("rendered/fraud-detection/staging/serving/service.yaml", "kind: [\n")
    place.commit("Damage it")
    told = place("reconcile", *STAGING, "--dry-run")
    assert told.code in (1, 3, 4)
    assert "rendered/fraud-detection/staging/serving/service.yaml" in told.err


def test_following_goes_on_after_a_commit_that_cannot_be_applied(place, monkeypatch):
    from mlops_gitops.cli import reconcile

    place.release(1)
    seen = []

    def next_commit(seconds):
        seen.append(place.git("log", "-1", "--format=%s"))
        if len(seen) == 1:
            place.write("projects/platform.yaml", "nonsense: true\n")
            place.commit("Damage it")
        elif len(seen) == 2:
            place.git("revert", "--no-edit", "HEAD")
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr(reconcile.time, "sleep", next_commit)
    monkeypatch.setattr(reconcile, "_once", _dry(reconcile._once))
    told = place("reconcile", *STAGING, "--watch")
    assert told.code == 130
    assert seen == ["Release fraud-detection v1 to staging", "Damage it", 'Revert "Damage it"']
    assert told.out.count("would be: ") == 2
    assert "nonsense" in told.err


def _dry(once):
    def dry(root, arguments, repository):
        arguments.dry_run = True
        return once(root, arguments, repository)

    return dry
