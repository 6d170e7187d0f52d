"""How a key of a record says which file it is of.

Keys of a project's configuration stand as they are, `serving.replicas`; those of the other files have a word before
them: `platform:registry`, `contract:label`, `release:model.version`.  In the record of what is one for all, a project's
keys have its folder before them: `projects/fraud-detection:project.owners[0]`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from mlops_gitops.records.release import Release
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.platform import PlatformSpec

Word = Literal["platform", "contract", "release"]
FILE_WORDS: dict[Word, type[BaseModel]] = {"platform": PlatformSpec, "contract": DataContract, "release": Release}


def root_of(word: Word) -> str:
    """What stands before the keys of a file."""
    return f"{word}:"


def split_key(key: str) -> tuple[Word | None, str]:
    """The word of the file, nothing for a project's configuration, and the key in it."""
    for word in FILE_WORDS:
        if key.startswith(root_of(word)):
            return word, key.removeprefix(root_of(word))
    return None, key


def of_project(name: str) -> str:
    """What stands before the keys of a project where several are spoken of."""
    return f"projects/{name}:"


def split_project(key: str) -> tuple[str, str]:
    """The project, nothing where none is named, and the key."""
    if not key.startswith("projects/"):
        return "", key
    folder, _, rest = key.partition(":")
    return folder.removeprefix("projects/"), rest
