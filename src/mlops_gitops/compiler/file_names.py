"""What the files are called that a team writes."""

from __future__ import annotations

PROJECTS = "projects"
PLATFORM = f"{PROJECTS}/platform.yaml"
CONFIG = "mlops_config.yaml"
CONTRACT = "data_contract.yaml"
