"""How a key of a record says which file it is of.

Keys of a project's configuration stand as they are, `serving.replicas`; those of the other files have a word before
them: `platform:registry`, `contract:label`, `release:model.version`.
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
