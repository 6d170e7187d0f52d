"""One stage by itself: what a CI job or a rendered Job calls.

The same as a run that ends with the stage: what it needs comes from the cache or is made first, so that whoever asks
first makes it and everybody else reads it.
"""

from __future__ import annotations

from dataclasses import replace

from mlops_gitops.pipeline.run_report import RunReport
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName
from mlops_gitops.usecases.run import RunOrder, Say, check_key, run
from mlops_gitops.usecases.run_services import RunServices


def run_stage(
    project: Project, name: StageName, order: RunOrder, services: RunServices, say: Say, *, key: str | None = None
) -> RunReport:
    """Run ``name`` and what it needs; ``key`` is the training key that the caller expects the work tree to have.

    Raises ``UsageError`` where the key differs or the pipeline has no such stage.
    """
    check_key(project, key)
    return run(project, replace(order, from_stage=name, to_stage=name), services, say)
