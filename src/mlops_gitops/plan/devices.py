"""Accelerators compared: how many of which kind a project asks for, and what an hour of them costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from mlops_gitops.plan.change import Change, DeviceTotal, Effect
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.stages import StageName


class _Asked(NamedTuple):
    """Devices of one kind of pod: so many a pod, so many pods."""

    resource: str
    each: int
    pods: int

    @property
    def total(self) -> int:
        return self.each * self.pods

    def says(self, noun: str) -> str:
        return f"{self.resource} {self.total}" + (f" ({self.pods} {noun})" if self.each and self.pods > 1 else "")


def price_of(platform: PlatformSpec, resource: str) -> float | None:
    """What one device costs an hour, in the platform's currency; the nodes' own price stands above the price table."""
    nodes = platform.nodes.get(resource)
    own = nodes.price_per_hour if nodes else None
    return own if own is not None else platform.prices.get(resource)


def compare(project: Project, pair: tuple[Environment, Environment]) -> Iterator[Change]:
    """Devices of training and serving in one environment, with what an hour of the difference costs."""
    for area, asked, noun, when in (
        ("training", _training, "workers", "while it runs"),
        ("serving", _serving, "replicas", "always"),
    ):
        before, after = asked(pair[0]), asked(pair[1])
        if before == after or not (before.total or after.total):
            continue
        now = after.says(noun)
        if before.resource == after.resource:
            now = now.removeprefix(f"{after.resource} ")
        yield Change(area, f"{before.says(noun)} → {now}", Effect.CHANGED, _note(project.platform, before, after, when))


def _note(platform: PlatformSpec, before: _Asked, after: _Asked, when: str) -> str:
    if before.resource != after.resource:
        return "another kind of device"
    more = after.total - before.total
    if not more:
        return "as many devices in all"
    price = price_of(platform, after.resource)
    cost = f" ({more * price:+.2f} an hour {when})" if price else ""
    return f"{more:+d} device{'' if abs(more) == 1 else 's'}{cost}"


def _training(environment: Environment) -> _Asked:
    devices = environment.training_devices()
    trains = StageName.MODEL_TRAINING in environment.spec.pipeline.stages
    return _Asked(devices.resource, devices.count if trains else 0, environment.workers)


def _serving(environment: Environment) -> _Asked:
    devices = environment.serving_devices()
    serves = StageName.MODEL_DEPLOYMENT in environment.spec.pipeline.stages
    return _Asked(devices.resource, devices.count if serves else 0, environment.spec.serving.replicas)


def totals(
    before: Iterable[Project], after: Iterable[Project], platforms: tuple[PlatformSpec | None, PlatformSpec | None]
) -> tuple[DeviceTotal, ...]:
    """By environment and resource: devices and cost on both sides, and the budget that the head's policy sets."""
    old, new = _count(before), _count(after)
    limits = platforms[1].policy.gpu_budget.total if platforms[1] else {}
    return tuple(
        DeviceTotal(
            environment,
            resource,
            old[environment, resource],
            new[environment, resource],
            limits.get(environment),
            _cost(platforms[0], resource, old[environment, resource]),
            _cost(platforms[1], resource, new[environment, resource]),
        )
        for environment, resource in sorted({*old, *new})
    )


def _cost(platform: PlatformSpec | None, resource: str, count: int) -> float | None:
    price = price_of(platform, resource) if platform else None
    return None if price is None else round(price * count, 4)


def _count(projects: Iterable[Project]) -> Mapping[tuple[str, str], int]:
    found = Counter[tuple[str, str]]()
    for project in projects:
        for environment in project.environments:
            for asked in (_training(environment), _serving(environment)):
                if asked.total:
                    found[environment.name, asked.resource] += asked.total
    return found
