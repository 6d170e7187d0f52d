"""Which series there are, by what serves."""

from __future__ import annotations

from mlops_gitops.compiler.targets.monitoring.own_signals import OwnSignals
from mlops_gitops.compiler.targets.monitoring.signals import Signals
from mlops_gitops.compiler.targets.monitoring.tensorflow_signals import TensorflowSignals
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.stack import TENSORFLOW_SERVING


def signals_of(project: Project, environment: Environment) -> Signals:
    """The service levels of an environment in the series of its serving runtime."""
    by_tensorflow = environment.choice("serving") == TENSORFLOW_SERVING
    return (TensorflowSignals if by_tensorflow else OwnSignals)(project, environment)
