"""Which of several workers that train together this is, from TensorFlow's ``TF_CONFIG``."""

from __future__ import annotations

import json

from mlops_gitops.diagnostics import UsageError

VARIABLE = "TF_CONFIG"


def fellow_worker(config: str) -> int:
    """0 is the first worker, or the only one; a ``chief`` beside the workers comes before them."""
    try:
        found = json.loads(config or "{}")
        task, cluster = found.get("task", {}), found.get("cluster", {})
        chiefs = len(cluster.get("chief", ()))
        alone = len(cluster.get("worker", ())) + chiefs < 2
        return 0 if alone or task.get("type", "worker") != "worker" else int(task["index"]) + chiefs
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        form = '{"cluster": {"worker": ["HOST:PORT", …]}, "task": {"type": "worker", "index": 0}}'
        raise UsageError(
            f"{VARIABLE} cannot be read", why=str(error), todo=f"write it as TensorFlow does: {form}"
        ) from error
