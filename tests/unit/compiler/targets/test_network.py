"""Who may speak with pods that serve, and with the monitor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factory import PROJECT
from tests.unit.compiler.targets.rendered import objects

OWN: dict[str, Any] = {"podSelector": {}}
ANY: dict[str, Any] = {"namespaceSelector": {}}


def named(namespace: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}


def allowed(component: str, platform: str, overlay: str = "{}\n") -> list[dict[str, Any]]:
    found = objects("", platform, more={f"{PROJECT}/environments/production.yaml": overlay})
    (rule,) = found[f"{component}/network-policy.yaml"]["spec"]["ingress"]
    assert rule["ports"]
    return list(rule["from"])


@pytest.mark.parametrize("runtime", ["kserve", "fastapi"])
def test_the_own_namespace_a_gateway_and_prometheus_ask_models(runtime: str) -> None:
    found = allowed("serving", "", f"stack: {{serving: {runtime}}}\n")
    assert found == [OWN, named("istio-system"), named("monitoring")]


def test_the_platform_names_who_asks() -> None:
    found = allowed("serving", "network: {callers: [shop, gateways], metrics: [gateways, observe]}\n")
    assert found == [OWN, named("shop"), named("gateways"), named("observe")]


def test_nobody_need_ask_from_outside() -> None:
    assert allowed("serving", "network: {callers: [], metrics: []}\n") == [OWN]


def test_every_namespace_is_let_in_where_it_is_written() -> None:
    assert allowed("serving", 'network: {callers: ["*"]}\n') == [ANY]
    assert allowed("monitoring", 'network: {callers: ["*"]}\n') == [OWN, named("monitoring")]
