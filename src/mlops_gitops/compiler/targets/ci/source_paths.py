"""The files of a project whose change starts its pipeline."""

from __future__ import annotations


def source_paths(folder: str, contract: str) -> list[str]:
    """Configuration, contract, code and its packages; pointers have a trigger of their own, overlays train nothing."""
    return [f"{folder}/mlops_config.yaml", f"{folder}/{contract}", f"{folder}/requirements.txt", f"{folder}/**/*.py"]
