"""Provenance: which inputs, by digest, a project's rendered files were made from, and the digest of each file.

Digests and paths only, never a line number: a comment added to a configuration must not rewrite it.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlops_gitops import __version__
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.canonical import digest_bytes, digest_of
from mlops_gitops.records.project import Project


def provenance_path(project: str) -> str:
    """The file, from the repository root."""
    return f"rendered/{project}/provenance.json"


def provenance(project: Project, inputs: Mapping[str, Plain], files: Mapping[str, bytes]) -> Artifact:
    """``inputs`` maps each source file to its data (digested as data, so that comments do not count)."""
    document: dict[str, Plain] = {
        "compiler": f"mlops-gitops {__version__}",
        "project": project.name,
        "inputs": {path: digest_of(data) for path, data in sorted(inputs.items())},
        "code": project.code_digest,
        "data": project.data_digest,
        "files": {path: digest_bytes(content) for path, content in sorted(files.items())},
    }
    return Artifact(provenance_path(project.name), document, project.name)
