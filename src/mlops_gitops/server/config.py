"""What a server is told: ``serving.json``, rendered by the compiler and mounted beside the process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from mlops_gitops.diagnostics import OutsideError, UsageError
from mlops_gitops.spec.scalars import Count, Digest, PositiveInt, Text
from mlops_gitops.spec.section import Section, all_defaults


class Slo(Section):
    """The promise that the latency histogram has a bucket edge at."""

    latency_ms: Annotated[float, Field(gt=0)] = 100.0
    """Longest prediction latency, in milliseconds."""


class ServerConfig(Section):
    """The file's contents; the last six keys have defaults that fit one model of a small machine."""

    project: Text
    """The project, and the name of the model in URLs."""
    environment: Text
    """Where it serves."""
    model_version: Count | None = None
    """Version of the release; nothing while nothing is released; 0 in an image, which is packed before it has one."""
    model_digest: Digest | None = None
    """Digest of the model package."""
    model_store: Text = "/var/lib/mlops-gitops/models"
    """Folder of model packages."""
    inference_log: Text = "/var/lib/mlops-gitops/inference"
    """Folder that answered rows are logged into."""
    slo: Slo = all_defaults()
    """Service level."""
    max_body_bytes: PositiveInt = 8 * 1024 * 1024
    """Longest request body."""
    max_rows: PositiveInt = 10_000
    """Most rows a request."""
    body_timeout_s: PositiveInt = 10
    """How long a client may take to send its body."""
    workers: PositiveInt = 2
    """Threads that read long requests and write long answers."""
    scorers: PositiveInt = 1
    """Calls of the model at a time."""
    max_waiting: PositiveInt = 64
    """Requests being answered, from their read body on; more are answered 503."""

    def released(self) -> tuple[int, str]:
        """Version and package digest; raises ``UsageError`` while nothing is released."""
        if self.model_version is None or self.model_digest is None:
            todo = "release a version to this environment first"
            raise UsageError(f"nothing is released: {self.project} in {self.environment}", todo=todo)
        return self.model_version, self.model_digest


def load_config(path: Path) -> ServerConfig:
    """Read ``serving.json``; raises ``OutsideError`` where it is missing and ``UsageError`` where it is wrong."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OutsideError("the server's configuration cannot be read", where=str(path), why=str(error)) from error
    try:
        return ServerConfig.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        raise UsageError("the server's configuration is wrong", where=str(path), why=why) from error
