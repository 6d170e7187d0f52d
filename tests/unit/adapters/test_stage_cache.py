"""Entries are whole or not there; keys are held one at a time."""

import json
import subprocess
import sys

import pytest

from mlops_gitops.adapters.stage_cache import FolderStageCache

HOLDER = """
import sys, time
from pathlib import Path
from mlops_gitops.adapters.stage_cache import FolderStageCache
with FolderStageCache(Path(sys.argv[1])).lock("train", "k", lambda: None):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def fill(cache, value="1"):
    folder = cache.begin("train", "k")
    (folder / "package" / "code").mkdir(parents=True)
    (folder / "package" / "code" / "model.py").write_text(value)
    (folder / "scores").write_text(value)
    outputs = {"package": "package", "scores": "scores"}
    (folder / "result.json").write_text(json.dumps({"outputs": outputs, "metrics": {"f1": 0.9}}))
    return folder, outputs


def test_an_entry_is_there_once_it_is_committed(tmp_path):
    cache = FolderStageCache(tmp_path)
    folder, outputs = fill(cache)
    assert cache.load("train", "k") is None
    made = cache.commit("train", "k", folder, outputs)
    kept = cache.load("train", "k")
    assert kept == made
    assert kept.measurement["metrics"] == {"f1": 0.9}
    assert set(kept.digests) == {"package", "scores"}
    assert not folder.exists()


def test_the_same_contents_have_the_same_digests_and_others_replace_them(tmp_path):
    cache = FolderStageCache(tmp_path)
    first = cache.commit("train", "k", *fill(cache)).digests
    assert cache.commit("train", "k", *fill(cache)).digests == first
    assert cache.commit("train", "k", *fill(cache, "2")).digests != first
    assert sorted(path.name for path in (tmp_path / "train").iterdir()) == ["k"]


@pytest.mark.parametrize("damage", ["package/code/model.py", "result.json", "entry.json", "scores"])
def test_a_damaged_entry_is_not_used(tmp_path, damage):
    cache = FolderStageCache(tmp_path)
    cache.commit("train", "k", *fill(cache))
    (tmp_path / "train" / "k" / damage).write_text("torn")
    assert cache.load("train", "k") is None


def test_what_a_killed_run_left_is_removed(tmp_path):
    cache = FolderStageCache(tmp_path)
    fill(cache)
    assert list(cache.begin("train", "k").iterdir()) == []


def test_a_second_process_waits_and_a_dead_one_holds_nothing(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path), "0.5"], stdout=subprocess.PIPE)
    holder.stdout.readline()
    waited = []
    cache = FolderStageCache(tmp_path)
    with cache.lock("train", "k", lambda: waited.append(1)):
        assert holder.wait() == 0
    killed = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path), "60"], stdout=subprocess.PIPE)
    killed.stdout.readline()
    killed.kill()
    killed.wait()
    with cache.lock("train", "k", lambda: waited.append(2)):
        pass
    assert waited == [1]
