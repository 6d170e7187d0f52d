"""The files of a project whose change starts its pipeline."""

from __future__ import annotations

from collections.abc import Iterable


def source_paths(folder: str, contract: str, packages: Iterable[str]) -> list[str]:
    """Configuration, contract, code and its packages; pointers have a trigger of their own, overlays train nothing."""
    # One that does not exist yet starts a pipeline when it comes.
    wanted = dict.fromkeys((f"{folder}/requirements.txt", *packages))
    return [f"{folder}/mlops_config.yaml", f"{folder}/{contract}", *wanted, f"{folder}/**/*.py"]
