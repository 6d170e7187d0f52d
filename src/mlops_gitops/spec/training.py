"""Training: which code fits the model, on which devices, in how many workers, and how Keras fits."""

from typing import Annotated, Literal

from pydantic import Field

from mlops_gitops.spec.resources import Accelerator, Placement, TrainingResources, Variables
from mlops_gitops.spec.scalars import (
    Bool,
    Count,
    Cron,
    DnsLabel,
    Entrypoint,
    Fraction,
    Int,
    Number,
    PositiveInt,
    Size,
    Text,
)
from mlops_gitops.spec.section import Section, all_defaults

Framework = Literal["sklearn", "keras"]
# What decides which model comes out; all else says only where and when it is trained.
DECIDES_THE_MODEL = {"entrypoint", "framework", "parameters", "fitting", "split", "seed", "workers"}


class Fitting(Section):
    """How Keras fits; scikit-learn takes `training.parameters` instead."""

    batch_size: PositiveInt = 32
    """Rows a step, over all workers."""
    max_epochs: PositiveInt = 100
    """Most passes over the training data."""
    early_stopping_patience: Count = 10
    """Epochs without a better validation loss before fitting stops; the best weights are restored."""
    learning_rate_factor: Annotated[Number, Field(gt=0, lt=1)] = 0.2
    """What the learning rate is multiplied by on a plateau."""
    learning_rate_patience: Count = 5
    """Epochs without a better validation loss before that."""


class Checkpoints(Section):
    """Where a long training saves its progress, so that an evicted pod goes on instead of starting anew."""

    enabled: Bool | None = None
    """Whether there is a claim for checkpoints; where it is not written, for Keras only."""
    storage: Size = "20Gi"
    """Size of the claim."""
    storage_class: DnsLabel | None = None
    """Storage class of the claim; the cluster's default where it is not written."""


class Split(Section):
    """Shares of the rows, in time order where rows have a time."""

    train: Annotated[Fraction, Field(gt=0)] = 0.7
    """For fitting."""
    validation: Annotated[Fraction, Field(gt=0)] = 0.15
    """For early stopping and the choice of a model."""
    test: Annotated[Fraction, Field(gt=0)] = 0.15
    """For the gates."""


class Training(Placement):
    """How the model is fitted, and on what."""

    entrypoint: Entrypoint = "model:train"
    """`module:function` in the project's folder that fits the model."""
    framework: Framework = "sklearn"
    """The library the model is built with."""
    parameters: dict[str, Bool | Int | Number | Text] = Field(default_factory=dict)
    """Passed to the entrypoint as they are."""
    fitting: Fitting = all_defaults()
    """How Keras fits."""
    split: Split = all_defaults()
    """Shares of rows for fitting, validation and test."""
    seed: Annotated[Int, Field(ge=0, le=2**32 - 1)] = 42
    """Seed for everything random except the split, which is by time where rows have one."""
    workers: Annotated[Int, Field(ge=1, le=256)] = 1
    """Pods that train together; more than one is for Keras."""
    resources: TrainingResources = all_defaults()
    """What each training container asks for."""
    accelerator: Accelerator = all_defaults()
    """Accelerators of each training container."""
    shared_memory: Size | None = None
    """Size of `/dev/shm`, which data loaders in processes of their own need, added to the memory request and limit; the
    runtime's 64 MiB where it is not written."""
    checkpoints: Checkpoints = all_defaults()
    """Where progress is saved."""
    schedule: Cron | None = None
    """When the cluster trains anew by itself (five fields, UTC), like `0 3 * * 1`."""
    queue: DnsLabel | None = None
    """The Kueue local queue that Jobs wait in."""
    priority_class: DnsLabel | None = None
    """One of the platform's priority classes."""
    retries: Count = 3
    """How often a pod that met trouble outside of it is tried again; an evicted one always is, until the timeout."""
    env: Variables = ()
    """Environment variables of the training container."""

    def device_count(self) -> int:
        """Devices of each worker: as written, else 0 for scikit-learn and 1 for Keras."""
        if self.accelerator.count is not None:
            return self.accelerator.count
        return 1 if self.framework == "keras" else 0

    def keeps_checkpoints(self) -> bool:
        """Whether there is a claim for checkpoints."""
        return self.framework == "keras" if self.checkpoints.enabled is None else self.checkpoints.enabled
