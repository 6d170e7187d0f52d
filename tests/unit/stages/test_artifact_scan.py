"""The scan stops at names that a model has no business with, and runs none of them."""

import os
import pickle

import joblib
import numpy as np
import pytest

from mlops_gitops.stages.artifact_scan import scan


class Shell:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


class Evaluated:
    def __reduce__(self):
        return eval, ("1 + 1",)


def package(folder, thing, dump=joblib.dump):
    (folder / "code").mkdir()
    dump(thing, folder / "model.joblib")
    return folder


@pytest.mark.parametrize("nested", [lambda bad: bad, lambda bad: {"weights": np.arange(5), "more": [bad]}])
def test_a_shell_command_is_found_and_not_run(tmp_path, nested):
    trace = tmp_path / "trace"
    found = scan(package(tmp_path, nested(Shell(f"touch {trace}"))))
    assert found.metrics == {"artifact_findings": 1.0}
    assert found.details["refused"] == ["posix.system"]
    assert not trace.exists()


def test_eval_is_found_in_a_plain_pickle_too(tmp_path):
    def dump(thing, path):
        path.write_bytes(pickle.dumps(thing))

    assert scan(package(tmp_path, Evaluated(), dump)).details["refused"] == ["builtins.eval"]


def test_a_model_is_clean(tmp_path):
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit([[0], [1], [2]], [0, 1, 1])
    found = scan(package(tmp_path, fitted))
    assert found.metrics == {"artifact_findings": 0.0}
    assert "sklearn.linear_model._logistic.LogisticRegression" in found.details["names"]


def test_a_torn_file_is_an_error_and_no_pass(tmp_path):
    folder = package(tmp_path, {"a": np.arange(100)})
    whole = (folder / "model.joblib").read_bytes()
    (folder / "model.joblib").write_bytes(whole[:40])
    assert "cannot be read" in scan(folder).error
