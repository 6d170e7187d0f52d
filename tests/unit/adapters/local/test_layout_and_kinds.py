"""Short private run folders wherever the repository lies, and kinds that this machine cannot run."""

from pathlib import Path

import pytest

from mlops_gitops.adapters.local.kinds import refuse_unsupported
from mlops_gitops.adapters.local.layout import Layout, make_run_folder
from mlops_gitops.diagnostics import OutsideError, RefusedError

from .conftest import job, resource


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runtime folder that is short enough, which pytest's own is not always."""
    import tempfile

    with tempfile.TemporaryDirectory(dir="/tmp", prefix="rt") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


def test_the_socket_path_is_short_and_plain(tmp_path: Path, runtime: Path) -> None:
    layout = Layout(tmp_path / ("x" * 200) / "100 %; #", "staging")
    layout.state.mkdir(parents=True)
    folder = make_run_folder(layout)
    assert folder.parent == runtime
    assert len(str(layout.socket)) < 100
    assert (folder.stat().st_mode & 0o777, (folder / "state").resolve()) == (0o700, layout.state.resolve())
    assert Layout(layout.root, "production").fresh_run_folder != folder


@pytest.mark.parametrize("value", ["/nowhere", "x" * 80, "/tmp/100 %", ""])
def test_an_unfit_runtime_folder_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    folder = Layout(tmp_path, "staging").run_folder
    assert value == "" or value not in str(folder)
    assert len(str(folder)) < 100


def test_a_planted_run_folder_is_refused(tmp_path: Path, runtime: Path) -> None:
    layout = Layout(tmp_path, "staging")
    (tmp_path / "planted").mkdir()
    layout.run_folder.symlink_to(tmp_path / "planted")
    with pytest.raises(OutsideError, match="belongs to somebody else"):
        make_run_folder(layout)


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (resource("StatefulSet", "db", {"spec": {}}), "cannot run the kind StatefulSet"),
        (resource("Secret", "token", {}), "secrets are not supported"),
        (resource("Service", "headless", {"spec": {}}), "without a selector"),
        (job("pass", parallelism=2), "one process"),
    ],
    ids=lambda value: value.key.kind if hasattr(value, "key") else "",
)
def test_what_cannot_run_here_is_refused(refused, why: str) -> None:
    with pytest.raises(RefusedError) as caught:
        refuse_unsupported(refused)
    assert why in caught.value.why
