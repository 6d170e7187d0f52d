"""What is written on rendered lines, yet stands in no file as a value: a project's name, and digests.

Their keys look like those of other files, with a word before them: `name:project`, `digest:data`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.compiler.explain import MADE_OF, Explanation, Origin
from mlops_gitops.records.project import Project


@dataclass(frozen=True, slots=True)
class Made:
    """``attribute`` of a project holds it; ``of`` says what it is made of, ``{0}`` is the project's folder.

    ``title`` is what people call it.
    """

    attribute: str
    title: str
    meaning: str
    of: str


NAME = "name:project"
MADE = {
    NAME: Made("name", "the project's name", "The project's name, which is that of its folder.", "the folder {0}/"),
    "digest:data": Made(
        "data_digest", "the digest of the data", "Digest of the data.", "the pointer to the data, {0}/…/*.dvc"
    ),
    "digest:code": Made("code_digest", "the digest of the code", "Digest of the project's Python code.", "{0}/**/*.py"),
    "digest:config": Made(
        "config_digest",
        "the digest of the configuration",
        "Digest of the configuration that decides what training makes.",
        "data, training and the data contract in {0}/",
    ),
    "digest:training": Made(
        "training_key",
        "the key of the training",
        "The same key means the same training, wherever it runs.",
        "the digests of data, code and configuration",
    ),
}


def made(project: Project, key: str) -> Explanation:
    """Explain such a key."""
    one = MADE[key]
    value: str = getattr(project, one.attribute)
    word, _, name = key.partition(":")
    return Explanation(
        (f"{word}:{name}",), value, one.meaning, (Origin(MADE_OF, value, why=one.of.format(project.folder)),)
    )
