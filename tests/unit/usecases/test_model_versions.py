"""Versions as git and the runs of this machine know them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlops_gitops.adapters.run_store import FolderRunStore
from mlops_gitops.diagnostics import UsageError
from mlops_gitops.registry.lifecycle import Status
from mlops_gitops.usecases.model_versions import find_version, model_versions
from tests.factory import compiled


@pytest.fixture
def project(platform):
    """Two environments of the project that the platform of these tests releases."""
    made = compiled().project("fraud-detection")
    assert made is not None

    def now():
        from mlops_gitops.usecases.release_file import read_release

        tree = platform.repository.tree("HEAD")
        environments = tuple(replace(one, release=read_release(tree, "fraud", one.name)) for one in made.environments)
        return replace(made, name="fraud", environments=environments)

    return now


@pytest.fixture
def runs(tmp_path):
    return FolderRunStore(tmp_path / "runs")


def registered(runs, released):
    number, _ = runs.open("fraud")
    runs.save("fraud", number, {"status": "SUCCESS", "released": released})
    runs.close("fraud", number)


def test_nothing_yet(platform, runs, project):
    assert model_versions(platform.repository, runs, project()) == ()
    with pytest.raises(UsageError) as raised:
        find_version((), "fraud", 1)
    assert raised.value.todo == "versions: none yet: run the pipeline"


def test_from_runs_and_from_git_by_number(platform, runs, project):
    registered(runs, platform.model(3).model_dump(mode="json"))
    registered(runs, None)
    platform.deploy(1)
    platform.deploy(2)
    platform.deploy(1, "production")
    found = model_versions(platform.repository, runs, project())
    assert [(one.model.version, one.status, one.serves) for one in found] == [
        (1, Status.PRODUCTION, ("production",)),
        (2, Status.STAGING, ("staging",)),
        (3, Status.EXPERIMENTAL, ()),
    ]
    assert find_version(found, "fraud", 3).model == platform.model(3)


def test_what_no_longer_serves_is_archived(platform, runs, project):
    platform.deploy(1)
    platform.deploy(2)
    first, _ = model_versions(platform.repository, runs, project())
    assert (first.status, first.serves) == (Status.ARCHIVED, ())


@pytest.mark.parametrize("record", [{"version": 1}, "v1", 3, {}, []])
def test_a_damaged_record_of_a_run_is_passed_over(platform, runs, project, record):
    registered(runs, record)
    platform.deploy(2)
    assert [one.model.version for one in model_versions(platform.repository, runs, project())] == [2]


def test_a_damaged_state_of_the_release_file_released_nothing(platform, runs, project):
    platform.deploy(1)
    platform.write("projects/fraud/releases/staging.yaml", "{")
    platform.commit_all("Damage it")
    platform.git("revert", "--no-edit", "HEAD")
    assert [one.model.version for one in model_versions(platform.repository, runs, project())] == [1]
