"""The process of one stage, with the services of this repository: ``python -m mlops_gitops.wiring.worker REQUEST``."""

from __future__ import annotations

import sys

from mlops_gitops.stages import worker
from mlops_gitops.wiring.runner import stage_services

if __name__ == "__main__":
    sys.exit(worker.main(services=stage_services))
