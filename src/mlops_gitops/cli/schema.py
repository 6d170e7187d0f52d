"""``schema``: the JSON Schemas of what a team writes: printed, written to ``schemas/``, or compared with it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mlops_gitops.diagnostics import ExitCode, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which schema, or what to do with all of them."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="print this one; without a name, list them")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--write", action="store_true", help="write all of them to schemas/")
    group.add_argument("--check", action="store_true", help="exit 1 where schemas/ differs")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0, or 1 where ``--check`` finds a difference."""
    from mlops_gitops.compiler.schemas import schema_files

    files = schema_files()
    if arguments.write or arguments.check:
        if arguments.name:
            raise UsageError("--write and --check are about all schemas", todo="drop the name")
        return _against(files, arguments.root, write=arguments.write)
    if arguments.name is None:
        print("\n".join(_short(path) for path in files))
    else:
        sys.stdout.write(files[_named(arguments.name, files)].decode())
    return int(ExitCode.DONE)


def _against(files: dict[str, bytes], given: Path | None, *, write: bool) -> int:
    from mlops_gitops import wiring

    root = wiring.find_root(given)
    differing = [path for path, content in files.items() if not _holds(root / path, content)]
    if write:
        for path in differing:
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_bytes(files[path])
        print(f"{len(differing)} written, {len(files) - len(differing)} unchanged in schemas/")
        return int(ExitCode.DONE)
    for path in differing:
        print(f"{path}: {'outdated' if (root / path).is_file() else 'missing'}")
    if differing:
        print("Never edit schemas/: run `mlops-gitops schema --write`.")
        return int(ExitCode.ANSWER_NO)
    print(f"schemas/ is what the spec means: {len(files)} files")
    return int(ExitCode.DONE)


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.read_bytes() == content


def _short(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".schema.json")


def _named(name: str, files: dict[str, bytes]) -> str:
    """The path of a schema, from its short name or from the name of a file that it describes."""
    from mlops_gitops.compiler.suggest import unknown

    wanted = Path(name).name.removesuffix(".json").removesuffix(".schema").removesuffix(".yaml")
    by_name = {_short(path): path for path in files}
    if wanted not in by_name:
        raise UsageError(unknown("schema", name, by_name), todo=f"schemas: {', '.join(by_name)}")
    return by_name[wanted]
