"""What a release commit renders besides its source: only what differs, and what nothing renders any more."""

from __future__ import annotations

import pytest

from mlops_gitops.diagnostics import FindingsError
from mlops_gitops.records.overlay_tree import OverlayTree
from mlops_gitops.usecases.commit_render import release_yaml, rendered_differences
from mlops_gitops.usecases.release_file import parse_release
from tests.factory import CONFIG, compiled, edited, tree


def test_a_tree_without_rendered_files_gets_all():
    assert rendered_differences(tree()) == compiled().files


def test_a_rendered_tree_gets_nothing():
    assert rendered_differences(OverlayTree(tree(), compiled().files)) == {}


def test_what_changed_and_what_is_stale():
    files = dict(compiled().files)
    stale = "rendered/former/staging/serving/service.yaml"
    (path, *_) = files
    held = OverlayTree(tree(), {**files, path: b"edited by hand\n", stale: b"old\n"})
    assert rendered_differences(held) == {path: files[path], stale: None}


def test_what_does_not_compile_is_never_committed():
    with pytest.raises(FindingsError):
        rendered_differences(tree(edited(CONFIG, ("recall: 0.85", "recall: high"))))


def test_a_release_file_says_where_it_comes_from(platform):
    platform.deploy(1)
    release = platform.serving()
    content = release_yaml(release.model_dump(mode="json", exclude_none=True))
    assert content.startswith(b"# Written by release, promote and roll-back commits;")
    assert parse_release(content) == release
