"""Provenance: which inputs, by digest, rendered files were made from, and the digest of each file.

Digests and paths only, never a line number, and inputs are digested as data: a comment added to a configuration must
not rewrite it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlops_gitops import __version__
from mlops_gitops.compiler.inputs import PLATFORM
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.canonical import digest_bytes, digest_of
from mlops_gitops.records.project import Project

PLATFORM_FOLDER = "_platform"


def provenance_path(folder: str) -> str:
    """The record of one folder below ``rendered/``, from the repository root."""
    return f"rendered/{folder}/provenance.json"


def of_project(project: Project, inputs: Mapping[str, Plain], files: Mapping[str, bytes]) -> Artifact:
    """``inputs`` maps each source file to its data."""
    document: dict[str, Plain] = {
        "compiler": f"mlops-gitops {__version__}",
        "project": project.name,
        "inputs": {path: digest_of(data) for path, data in sorted(inputs.items())},
        "code": project.code_digest,
        "data": project.data_digest,
        "files": _digests(files),
    }
    return Artifact(provenance_path(project.name), document, project.name)


def of_platform(platform: Plain, projects: Iterable[Project], files: Mapping[str, bytes]) -> Artifact:
    """What is one for all projects: made from the platform's file and the names and triggers of the projects."""
    document: dict[str, Plain] = {
        "compiler": f"mlops-gitops {__version__}",
        "inputs": {PLATFORM: digest_of(platform)},
        "projects": [project.name for project in projects],
        "files": _digests(files),
    }
    return Artifact(provenance_path(PLATFORM_FOLDER), document, PLATFORM_FOLDER)


def _digests(files: Mapping[str, bytes]) -> dict[str, Plain]:
    return {path: digest_bytes(content) for path, content in sorted(files.items())}
