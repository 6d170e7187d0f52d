"""All that is rendered, sorted by who can judge it.

Three trees are judged: the committed ``rendered/`` with the workflows and ``images/`` beside it, the golden tree, and
the samples under ``tests/judges/samples/``, small repositories that between them turn on what the product can render.
A sample is compiled in the test; dropping a folder with a ``projects/`` into ``samples/`` is all that a new one needs.

A document is a whole file, one document of a YAML stream, or a text inside a ConfigMap (a dashboard, a configuration).
What no judge knows is of kind ``unknown``, and a test refuses it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mlops_gitops.compiler.driver import Compilation, compile_tree
from tests import factory
from tests.golden import test_golden
from tests.judges import text_protos

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).parent / "samples"
# libyaml's parser is ten times as fast, and there are thousands of documents.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to judge.  ``tree`` is ``rendered``, ``golden`` or a sample's name."""

    tree: str
    path: str
    kind: str
    text: str
    body: Any = None

    def __str__(self) -> str:
        """What a failing test calls it."""
        name = f" {self.body['kind']}/{self.body['metadata']['name']}" if self.kind == "object" else ""
        return f"{self.tree}: {self.path}{name}"

    @property
    def environment(self) -> str:
        """The environment it is rendered for; empty for CI files and the like."""
        parts = self.path.split("/")
        return parts[2] if parts[0] == "rendered" and len(parts) > 3 and parts[2] != "ci" else ""


def _on_disk(root: Path, *folders: str) -> dict[str, str]:
    found = (path for folder in folders for path in sorted((root / folder).rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}


def sources(tree: str) -> dict[str, str]:
    """The files that a tree is rendered from, by path."""
    if tree == "golden":
        made = factory.tree(test_golden.SOURCES)
        return {path: (made.read(path) or b"").decode() for path in made.files("projects")}
    return _on_disk(ROOT if tree == "rendered" else SAMPLES / tree, "projects")


def compiled(files: Mapping[str, str]) -> Compilation:
    """What a repository that holds these files compiles to."""
    return compile_tree(factory.tree(files=files))


def _rendered(name: str, files: Mapping[str, str]) -> dict[str, str]:
    done = compiled(files)
    errors = [f"{problem.span}: {problem.message}" for problem in done.findings.errors]
    assert not errors, f"sample {name} does not compile:\n" + "\n".join(errors)
    return {path: content.decode() for path, content in done.files.items()}


def objects_for(tree: str, version: str) -> list[dict[str, Any]]:
    """Every Kubernetes object of a tree, rendered for clusters of another version than its platform names."""
    given = sources(tree)
    platform = re.sub(r"\n +kubernetes_version: .*", "", given["projects/platform.yaml"])
    platform = re.sub(r"(\n +)kind: (local|kubernetes)\b", rf'\g<0>\1kubernetes_version: "{version}"', platform)
    found = _rendered(tree, given | {"projects/platform.yaml": platform})
    everything = (one for path, text in sorted(found.items()) for one in classified(tree, path, text))
    return [one.body for one in everything if one.kind == "object"]


def tree_names() -> list[str]:
    """The trees that are judged."""
    return ["rendered", "golden", *sorted(path.name for path in SAMPLES.iterdir() if (path / "projects").is_dir())]


@functools.cache
def files(tree: str) -> dict[str, str]:
    """Text by path of one tree."""
    if tree == "rendered":
        gitlab = {".gitlab-ci.yml": (ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8")}
        return _on_disk(ROOT, "rendered", ".github", "images") | gitlab
    return (
        _on_disk(ROOT / "tests/golden", "rendered", ".github") if tree == "golden" else _rendered(tree, sources(tree))
    )


# What tells a mapping of one kind from another, first match counts.
_SIGNS: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
    ("object", lambda body: "apiVersion" in body and "kind" in body and "metadata" in body),
    ("rules_test", lambda body: "rule_files" in body and "tests" in body),
    ("rules", lambda body: "groups" in body and "route" not in body),
    ("alertmanager", lambda body: "route" in body and "receivers" in body),
    ("dashboard", lambda body: "panels" in body and "schemaVersion" in body),
)


def _kind_by_path(path: str) -> str | None:
    name = path.rsplit("/", 1)[-1]
    if path.startswith(".github/workflows/"):
        return "workflow"
    if "/ci/" in path or name == ".gitlab-ci.yml":
        return "gitlab"
    if "dockerfile" in name.lower() or "containerfile" in name.lower():
        return "dockerfile"
    if name in text_protos.FILES:
        return "text_proto"
    return "own" if name in OWN else None


# Formats of this project, which nobody else could judge: schemas and readers of ours do, in their own tests.
OWN = frozenset({"provenance.json", "detector.json", "serving.json", "CODEOWNERS", ".dockerignore"})


def classified(tree: str, path: str, text: str) -> Iterator[Document]:
    """The documents of one file, and those inside of them."""
    if known := _kind_by_path(path):
        yield Document(tree, path, known, text)
        return
    if not path.endswith((".yaml", ".yml", ".json")):
        yield Document(tree, path, "unknown", text)
        return
    bodies = [json.loads(text)] if path.endswith(".json") else yaml.load_all(text, LOADER)
    for body in bodies:
        kind = next((kind for kind, sign in _SIGNS if isinstance(body, dict) and sign(body)), "unknown")
        yield Document(tree, path, kind, text, body)
        if kind == "object" and body["kind"] in {"ConfigMap", "Secret"}:
            for key, value in {**(body.get("data") or {}), **(body.get("stringData") or {})}.items():
                yield from classified(tree, f"{path}/{key}", value)


@functools.cache
def documents(tree: str) -> tuple[Document, ...]:
    """Every document of a tree, by path."""
    return tuple(found for path, text in sorted(files(tree).items()) for found in classified(tree, path, text))


def of_kind(kind: str, tree: str | None = None) -> list[Document]:
    """The documents of one kind, in all trees or in one."""
    names = tree_names() if tree is None else [tree]
    return [found for name in names for found in documents(name) if found.kind == kind]


def rendered_objects(tree: str | None = None) -> list[Document]:
    """Every Kubernetes object, in all trees or in one."""
    return of_kind("object", tree)
