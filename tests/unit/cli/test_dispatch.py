"""Finding the verb: slips of the pen, `--root` anywhere, readers that go away, packages that are not installed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_gitops.cli import extras
from mlops_gitops.cli import main as program
from mlops_gitops.cli.main import VERBS, main

PROGRAM = [sys.executable, "-m", "mlops_gitops.cli.main"]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(place, verb):
    told = place(verb, "--help")
    assert told.code == 0
    assert told.out.startswith(f"usage: mlops-gitops {verb} ")
    assert told.err == ""


def test_a_slip_of_the_pen(place):
    told = place("valdate")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("error: unknown verb `valdate`; did you mean `validate`?\n  do:")


def test_nothing_at_all_is_answered_with_the_verbs(place):
    told = place()
    assert (told.code, told.out) == (2, "")
    assert all(f"  {verb} " in told.err for verb in VERBS)


@pytest.mark.parametrize("flag", ["--no-such", "-x"])
def test_an_unknown_flag_before_the_verb(place, flag):
    assert place(flag, "validate").code == 2


def test_root_may_stand_anywhere(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root = ("--root", place.root)
    for words in (
        (*root, "model", "list", "fraud-detection"),
        ("model", *root, "list", "fraud-detection"),
        ("model", "list", "fraud-detection", *root),
        ("model", "list", f"--root={place.root}", "fraud-detection"),
    ):
        told = place(*words)
        assert (told.code, told.out) == (0, "no versions yet: run the pipeline\n")


@pytest.mark.parametrize(
    "words",
    [
        ("run", "a"),
        ("stage", "a", "model_training"),
        ("reconcile", "--environment", "a"),
        ("reconcile", "--environment", "a", "--stop"),
        ("status",),
        ("model", "list", "a"),
        ("detect", "drift", "a", "--environment", "b", "--batch", "c"),
        ("monitor", "a", "--environment", "b"),
        ("rollback", "a", "--environment", "b"),
        ("audit", "trace", "a", "--environment", "b"),
    ],
    ids=" ".join,
)
def test_outside_a_repository_every_verb_says_so(outside, words):
    told = outside(*words)
    assert (told.code, told.out) == (2, "")
    assert "not inside a repository with a folder `projects`" in told.err
    assert "mlops-gitops init DIR" in told.err
    assert outside.files() == set()


@pytest.mark.parametrize(
    ("command", "code"), [("--help", 0), ("status", 0), ("validate", 0), ("no-such-verb", 2), ("run nothing", 2)]
)
def test_a_reader_that_leaves_is_no_trouble(place, command, code):
    line = f"{' '.join(PROGRAM)} {command} 2>&1 | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=place.root, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (f"{code}\n", "")


def test_a_connection_that_broke_is_trouble(place, monkeypatch):
    def broken(arguments):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(program, "_dispatch", broken)
    told = place("status")
    assert told.code == 3
    assert told.err.startswith("error: Broken pipe")


def test_a_terminal_without_our_characters_shows_numbers(place):
    done = subprocess.run(
        [*PROGRAM, "doctor"],
        cwd=place.root,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "ascii"},
        timeout=60,
    )
    assert done.returncode == 0
    assert done.stdout.startswith(b"\\u2713 python")


def test_an_interrupt_ends_with_130(tmp_path):
    script = tmp_path / "waits.py"
    script.write_text(
        "import sys, time\n"
        "from mlops_gitops.cli import main as program\n"
        "def wait(arguments):\n"
        "    print('waiting', flush=True)\n"
        "    time.sleep(60)\n"
        "program._dispatch = wait\n"
        "sys.exit(program.main(['run']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "interrupted\n")


def test_a_package_that_is_missing_names_its_extra(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    for name in [name for name in sys.modules if name.startswith(("mlops_gitops.detector", "mlops_gitops.usecases"))]:
        monkeypatch.delitem(sys.modules, name)
    place.write("batch.csv", "amount\n1\n")
    place.release(1)
    told = place("detect", "drift", "fraud-detection", "--environment", "staging", "--batch", "batch.csv")
    assert told.code == 3
    assert told.err == "error: this needs numpy, not installed here\n  do:  pip install 'mlops-gitops[run]'\n"


@pytest.mark.parametrize(
    "words",
    [
        ("run", "fraud-detection"),
        ("stage", "fraud-detection", "data_validation"),
        ("reconcile", "--environment", "staging"),
    ],
    ids=" ".join,
)
def test_what_needs_an_extra_says_so_before_it_starts(place, monkeypatch, words):
    monkeypatch.setitem(extras.EXTRAS, "run", ("no_such_a", "no_such_b", "no_such_c", "no_such_d"))
    before = place.files()
    told = place(*words)
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith(f"error: `{words[0]}` needs no_such_a, no_such_b, no_such_c and 1 more, not installed")
    assert "pip install 'mlops-gitops[run]'" in told.err
    assert place.files() == before


def test_a_module_of_nobody_is_told_and_one_of_ours_is_a_bug():
    known = extras.error_for(ModuleNotFoundError("No module named 'yolo.v9'", name="yolo.v9"))
    assert known is not None
    assert (known.what, known.exit_code) == ("the Python module yolo is not installed", 3)
    assert extras.error_for(ModuleNotFoundError("No module named 'mlops_gitops.x'", name="mlops_gitops.x")) is None


def test_the_extras_are_those_of_the_package():
    import tomllib

    file = Path(__file__).resolve().parents[3] / "pyproject.toml"
    wanted = tomllib.loads(file.read_text())["project"]["optional-dependencies"]
    modules = {"scikit-learn": "sklearn", "pytest-cov": "pytest_cov", "prometheus-client": "prometheus_client"}
    for extra, names in extras.EXTRAS.items():
        listed = {line.partition(">")[0] for line in wanted[extra]}
        assert {modules.get(name, name) for name in listed} <= set(names)
    assert set(extras.EXTRAS) | {"all"} == set(wanted)


def test_main_takes_the_words_of_the_process(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["mlops-gitops", "--version"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("mlops-gitops ")
