"""Serving: how the released model answers, how much of it runs, and what it promises."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from mlops_gitops.spec.resources import Accelerator, Placement, ServingResources, Variables
from mlops_gitops.spec.scalars import Duration, Fraction, Int, Interval, Number, Replicas, Timeout
from mlops_gitops.spec.section import Section, all_defaults

GRPC_PORT = 8500
"""Where TensorFlow Serving answers over gRPC; `serving.port` is for HTTP."""


class Slo(Section):
    """What the served model promises; tests, probes, autoscaling and alerts all read these numbers."""

    latency: Duration = timedelta(milliseconds=100)
    """Largest 95th percentile of the prediction latency."""
    availability: Annotated[Fraction, Field(gt=0)] = 0.999
    """Least share of requests that are answered."""
    throughput: Annotated[Number, Field(gt=0)] = 10.0
    """Least predictions a second under the test load."""
    window: Duration = timedelta(days=30)
    """The time over which the error budget is counted."""


class Autoscaling(Section):
    """How many replicas there are under load; `serving.replicas` is the least."""

    max_replicas: Replicas | None = None
    """Most replicas; where it is not written, the number stays as it is."""
    requests_per_second: Annotated[Number, Field(gt=0)] | None = None
    """Requests a second that one replica is meant to take; where it is not written, CPU decides."""
    cpu_utilization: Annotated[Int, Field(ge=1, le=100)] = 70
    """Share of the CPU request, in percent, that one replica is meant to use."""


class Canary(Section):
    """How a new version takes over traffic."""

    steps: tuple[Annotated[Int, Field(ge=1, le=99)], ...] = ()
    """Shares of the traffic, in percent, that a new version gets one after another; none: all at once."""
    interval: Interval = timedelta(minutes=10)
    """How long each step lasts at least."""


class Serving(Placement):
    """How the model answers."""

    replicas: Replicas = 1
    """Processes that answer, once a version is released."""
    port: Annotated[Int, Field(ge=1024, le=65535)] = 8080
    """Container port for HTTP; V2 inference protocol, `/health`, `/predict` and `/metrics`; TensorFlow's REST API."""
    resources: ServingResources = all_defaults()
    """What each serving container asks for."""
    accelerator: Accelerator = all_defaults(count=0)
    """Accelerators of each serving container."""
    autoscaling: Autoscaling = all_defaults()
    """How many replicas there are under load."""
    canary: Canary = all_defaults()
    """How a new version takes over traffic."""
    rollout_timeout: Timeout = timedelta(seconds=300)
    """How long a roll-out may take to get healthy."""
    slo: Slo = all_defaults()
    """Service level objectives."""
    env: Variables = ()
    """Environment variables of the serving container."""
