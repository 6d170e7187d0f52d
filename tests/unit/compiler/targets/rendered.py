"""What the small project of ``tests/factory`` renders, with a few lines added to its files."""

from __future__ import annotations

from typing import Any

import yaml

from tests.factory import CONFIG, FILES, PLATFORM, PROJECT, Content, compiled

CLOUD, LOCAL = "production", "staging"


def objects(
    config: str = "", platform: str = "", environment: str = CLOUD, more: dict[str, Content] | None = None
) -> dict[str, dict[str, Any]]:
    """The project's objects in an environment by path below it; fails where anything is found wrong."""
    return _read(f"rendered/fraud-detection/{environment}/", config, platform, more)


def platform_objects(platform: str = "", environment: str = CLOUD, config: str = "") -> dict[str, dict[str, Any]]:
    """The platform's objects in an environment by path below it, only the first of several in a file."""
    return _read(f"rendered/_platform/{environment}/", config, platform, None)


def _read(folder: str, config: str, platform: str, more: dict[str, Content] | None) -> dict[str, dict[str, Any]]:
    changes = {CONFIG: FILES[CONFIG] + config, PLATFORM: FILES[PLATFORM] + platform, **(more or {})}
    done = compiled(changes)
    assert [str(one) for one in (*done.findings.faults, *done.findings.warnings)] == []
    return {
        path.removeprefix(folder): next(yaml.safe_load_all(content))
        for path, content in done.files.items()
        if path.startswith(folder) and path.endswith(".yaml")
    }


def training(config: str = "", platform: str = "", environment: str = CLOUD) -> dict[str, Any]:
    """The training Job's spec; ``config`` is what stands below `training`."""
    job = objects(f"training:\n{config}" if config else "", platform, environment)["training/job.yaml"]
    return dict(job["spec"])


def overlay(text: str, environment: str = LOCAL) -> dict[str, Content]:
    """An environment's overlay."""
    return {f"{PROJECT}/environments/{environment}.yaml": text}
