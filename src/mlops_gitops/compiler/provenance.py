"""Provenance: which inputs, by digest, rendered files were made from, the digest of each, and the keys of its lines.

A line of a rendered file is told to come from a key, never from a line of a source, and inputs are digested as data:
a comment added to a configuration must not rewrite the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mlops_gitops import __version__
from mlops_gitops.compiler.inputs import PLATFORM
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.canonical import digest_bytes, digest_of
from mlops_gitops.records.layout import PLATFORM_FOLDER, is_outside, provenance_path
from mlops_gitops.records.project import Project
from mlops_gitops.records.summary import Summary

if TYPE_CHECKING:
    from mlops_gitops.compiler.origins.tracing import KeyLines


def of_project(
    project: Project, inputs: Mapping[str, Plain], files: Mapping[str, bytes], origins: Mapping[str, KeyLines]
) -> Artifact:
    """``inputs`` maps each source file to its data."""
    document: dict[str, Plain] = {
        "compiler": f"mlops-gitops {__version__}",
        "project": project.name,
        "inputs": {path: digest_of(data) for path, data in sorted(inputs.items())},
        "code": project.code_digest,
        "data": project.data_digest,
        "files": _digests(files),
        "origins": _origins(origins),
    }
    return Artifact(provenance_path(project.name), document, project.name)


def of_platform(
    platform: Plain, projects: Iterable[Summary], files: Mapping[str, bytes], origins: Mapping[str, KeyLines]
) -> Artifact:
    """What is one for all projects: made from the platform's file and the summaries of the projects.

    ``outside`` names every rendered file that stands outside of ``rendered/``: those are ours, and are removed when
    nothing renders them any more, even where a project's own record is lost.
    """
    summaries = tuple(projects)
    outside = sorted({path for one in summaries for path in one.outside} | {path for path in files if is_outside(path)})
    document: dict[str, Plain] = {
        "compiler": f"mlops-gitops {__version__}",
        "inputs": {PLATFORM: digest_of(platform)},
        "projects": [summary.name for summary in summaries],
        "outside": list[Plain](outside),
        "files": _digests(files),
        "origins": _origins(origins),
    }
    return Artifact(provenance_path(PLATFORM_FOLDER), document, PLATFORM_FOLDER)


def _digests(files: Mapping[str, bytes]) -> dict[str, Plain]:
    return {path: digest_bytes(content) for path, content in sorted(files.items())}


def _origins(origins: Mapping[str, KeyLines]) -> dict[str, Plain]:
    return {path: keys if isinstance(keys, dict) else dict(keys) for path, keys in sorted(origins.items()) if keys}
