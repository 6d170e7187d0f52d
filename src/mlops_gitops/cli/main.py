"""``mlops-gitops``: picks the verb, and is the one place where errors become text and exit codes.

The table of verbs holds their one-line helps, so that ``--help`` imports none of them.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from mlops_gitops import __version__
from mlops_gitops.diagnostics import ExitCode, FindingsError, MlopsError

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
    "audit": "who changed what, by which commit, on which evidence",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, and never lets a traceback out."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return int(_dispatch(arguments))
    except MlopsError as error:
        _report(error, sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is wrong with us.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)
    except OSError as error:
        _report(_outside(error), sys.stderr)
        return int(ExitCode.OUTSIDE)
    except Exception as error:
        return _bug(error, arguments)


def _dispatch(arguments: list[str]) -> int:
    if arguments and arguments[0] in VERBS:
        verb, rest = arguments[0], arguments[1:]
        module = importlib.import_module(f"mlops_gitops.cli.{verb}")
        parser = argparse.ArgumentParser(
            prog=f"mlops-gitops {verb}", description=VERBS[verb][:1].upper() + VERBS[verb][1:] + "."
        )
        parser.add_argument(
            "--root", metavar="DIR", type=Path, help="the repository, if not the one around this folder"
        )
        module.add_arguments(parser)
        return int(module.run(parser.parse_args(rest)))
    _overview().parse_args(arguments)
    raise AssertionError("the overview's parser always exits")


def _overview() -> argparse.ArgumentParser:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb:{width}}  {text}" for verb, text in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="mlops-gitops",
        usage="mlops-gitops VERB …",
        description="A declarative GitOps config compiler and runner for machine-learning platforms.",
        epilog=f"verbs:\n{verbs}\n\n`mlops-gitops VERB --help` says more. Exit codes: 0 done, 1 the answer is no, "
        "2 usage,\n3 trouble outside (try again), 4 refused for safety, 70 a bug.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mlops-gitops {__version__}")
    parser.add_argument("verb", choices=VERBS, metavar="VERB", help="what to do")
    return parser


def _report(error: MlopsError, stream: TextIO) -> None:
    if isinstance(error, FindingsError):
        from mlops_gitops.cli.printer import print_findings

        print_findings(error.findings, error.texts, error.projects, stream)
        return
    where = f"{error.where}: " if error.where else ""
    print(f"{where}error: {error.what}", file=stream)
    if error.why:
        print(f"  why: {error.why}", file=stream)
    if error.todo:
        print(f"  do:  {error.todo}", file=stream)


def _outside(error: OSError) -> MlopsError:
    from mlops_gitops.diagnostics import OutsideError

    return OutsideError(error.strerror or str(error), where=str(error.filename or ""), todo="mend it and try again")


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
