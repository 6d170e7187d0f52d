"""``mlops-gitops``: picks the verb, and is the one place where errors become text and exit codes.

The table of verbs holds their one-line helps, so that ``--help`` imports none of them.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import io
import os
import select
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from mlops_gitops import __version__
from mlops_gitops.cli.error_text import report
from mlops_gitops.diagnostics import ExitCode, MlopsError, OutsideError, UsageError

# As shells say it: 128 and the number of the signal.
INTERRUPTED = 130

VERBS: dict[str, str] = {
    "init": "make a new repository with a first project",
    "doctor": "look for what this machine lacks",
    "schema": "print or write the JSON Schemas of what a team writes",
    "demo": "one change, all the way through, in a scratch repository",
    "validate": "find everything that is wrong, writing nothing",
    "render": "compile projects/ into rendered/",
    "plan": "say in words what a change means",
    "explain": "say what a finding's code means, or where a value comes from",
    "run": "run a project's pipeline here",
    "stage": "run one stage of a pipeline: what CI jobs and Kubernetes Jobs call",
    "reconcile": "make an environment what the commit says",
    "status": "what each environment wants, runs and how it is",
    "model": "list, show and promote model versions",
    "detect": "judge a labelled batch, or drift",
    "monitor": "watch a served model",
    "rollback": "release the former version again, as a commit",
    "comment": "put a plan under the merge request that CI runs for",
    "notify": "tell how a pipeline ended, through the project's alert channels",
    "audit": "who changed what, by which commit, on which evidence",
}


# Verbs that compile and start no code of a team's.
_COMPILING = frozenset({"validate", "render", "plan", "explain", "schema"})
_COLLECTED_EVERY = 100_000
"""New objects between two runs of the collector."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, and never lets a traceback out."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _never_fail_on_a_character()
    try:
        try:
            return int(_dispatch(arguments))
        finally:
            # A reader that went away is noticed here, and not when the interpreter ends.
            sys.stdout.flush()
    except MlopsError as error:
        report(error, sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError as error:
        return _broken_pipe(error)
    except OSError as error:
        return _outside(error)
    except ModuleNotFoundError as error:
        return _missing(error, arguments)
    except Exception as error:
        return _bug(error, arguments)


def _dispatch(arguments: list[str]) -> int:
    # `--root` may stand anywhere: before the verb, behind it, or behind an action of it.
    anywhere = argparse.ArgumentParser(prog="mlops-gitops", add_help=False, allow_abbrev=False)
    anywhere.add_argument("--root", metavar="DIR", type=Path)
    given, words = anywhere.parse_known_args(arguments)
    if not words:
        _overview().print_help(sys.stderr)
        return int(ExitCode.USAGE)
    if words[0].startswith("-"):
        _overview().parse_args(words[:1])
        raise AssertionError("the overview's parser always exits")
    return _run_verb(words[0], words[1:], given.root)


def _run_verb(verb: str, rest: list[str], root: Path | None) -> int:
    if verb not in VERBS:
        from mlops_gitops.compiler.suggest import unknown

        raise UsageError(unknown("verb", verb, VERBS), todo="`mlops-gitops --help` lists the verbs")
    if verb in _COMPILING:
        # A pydantic plugin that happens to be installed must not change what a configuration means, and looking for
        # one would be a good part of the start-up.
        os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
        _never_look_for_plugins()
        # What a compiler makes is trees, which are freed without it: by default it would look through all of them
        # again and again, and find nothing.
        gc.set_threshold(_COLLECTED_EVERY, 20, 20)
        # Nor is what there is at the end worth a look through: the memory goes back with the process.
        atexit.register(gc.freeze)
    module = importlib.import_module(f"mlops_gitops.cli.{verb}")
    parser = argparse.ArgumentParser(
        prog=f"mlops-gitops {verb}", description=VERBS[verb][:1].upper() + VERBS[verb][1:] + "."
    )
    what = "the repository, if not the one around this folder"
    parser.add_argument("--root", metavar="DIR", type=Path, default=root, help=what)
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(rest)))


def _never_look_for_plugins() -> None:
    """What would look for plugins loads all that reads packages' metadata first, mail and sockets with it.

    In its place stands a module that knows of none.  Where pydantic should look elsewhere one day, it is slower again
    and nothing else: the variable above is what decides.
    """
    none = types.ModuleType("pydantic.plugin._loader")
    vars(none)["get_plugins"] = tuple
    sys.modules.setdefault(none.__name__, none)


def _overview() -> argparse.ArgumentParser:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb:{width}}  {text}" for verb, text in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="mlops-gitops",
        usage="mlops-gitops [--root DIR] VERB …",
        description="A declarative GitOps config compiler and runner for machine-learning platforms.",
        epilog=f"verbs:\n{verbs}\n\n`mlops-gitops VERB --help` says more. Exit codes: 0 done, 1 the answer is no, "
        "2 usage,\n3 trouble outside (try again), 4 refused for safety, 70 a bug.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mlops-gitops {__version__}")
    parser.add_argument("verb", nargs="?", metavar="VERB", help="what to do")
    return parser


def _never_fail_on_a_character() -> None:
    """A terminal that cannot show a character is shown its number instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _broken_pipe(error: BrokenPipeError) -> int:
    """Where the reader of our output went away (`| head`) nothing is wrong with us; a lost connection is trouble."""
    left = [stream for stream in (sys.stdout, sys.stderr) if _reader_left(stream)]
    for stream in left:
        # What is still in the buffer must not fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return int(ExitCode.DONE) if left else _outside(error)


def _reader_left(stream: TextIO) -> bool:
    watched = select.poll()
    try:
        watched.register(stream.fileno(), 0)
    except (OSError, ValueError):
        return False
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in watched.poll(0))


def _outside(error: OSError) -> int:
    what, where = error.strerror or str(error), str(error.filename or "")
    report(OutsideError(what, where=where, todo="mend it and try again"), sys.stderr)
    return int(ExitCode.OUTSIDE)


def _missing(error: ModuleNotFoundError, arguments: list[str]) -> int:
    from mlops_gitops.cli.extras import error_for

    known = error_for(error)
    if known is None:
        return _bug(error, arguments)
    report(known, sys.stderr)
    return int(known.exit_code)


def _bug(error: Exception, arguments: list[str]) -> int:
    """Write the traceback to a file for a bug report: on the terminal it would help nobody."""
    import tempfile
    import traceback

    text = f"mlops-gitops {__version__}\npython {sys.version}\narguments {arguments}\n\n{traceback.format_exc()}"
    with tempfile.NamedTemporaryFile("w", prefix="mlops-gitops-bug-", suffix=".txt", delete=False) as report:
        report.write(text)
    print(f"error: a bug in mlops-gitops: {type(error).__name__}: {error}", file=sys.stderr)
    print(f"  do:  send {report.name} with what you did", file=sys.stderr)
    return int(ExitCode.BUG)


if __name__ == "__main__":
    sys.exit(main())
