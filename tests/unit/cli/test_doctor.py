"""`doctor`: what is there, what is missing, and who needs it."""

from __future__ import annotations

from mlops_gitops.cli import extras


def test_inside_and_outside(place, monkeypatch, tmp_path):
    told = place("doctor")
    assert (told.code, told.err) == (0, "")
    assert f"✓ repository   {place.root}\n" in told.out
    monkeypatch.chdir(tmp_path)
    told = place("doctor")
    assert told.code == 0
    assert "– repository   not inside a repository" in told.out


def test_a_root_that_is_not_there(place):
    told = place("doctor", "--root", "missing/deep")
    assert (told.code, told.err) == (0, "")
    assert "– repository   missing/deep holds no folder `projects`" in told.out
    assert "GB free" in told.out


def test_what_an_extra_lacks_and_how_to_get_it(place, monkeypatch):
    monkeypatch.setitem(extras.EXTRAS, "cluster", ("no_such_module",))
    told = place("doctor")
    assert told.code == 0
    assert "– cluster      extra cluster: without no_such_module; needed by reconcile --target kubernetes" in told.out
    assert "pip install 'mlops-gitops[cluster]'" in told.out


def test_without_git_the_answer_is_no(place, monkeypatch):
    monkeypatch.setenv("PATH", str(place.root))
    told = place("doctor")
    assert told.code == 1
    assert "✗ git          not found" in told.out
