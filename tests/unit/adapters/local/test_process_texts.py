"""Texts of a container made those of a process, and pod templates that a process cannot honour."""

import copy

import pytest

from mlops_gitops.adapters.local.expansion import expand, loopback_only, rewrite_paths
from mlops_gitops.adapters.local.pod_template import read_template
from mlops_gitops.diagnostics import RefusedError

from .conftest import deployment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--port=$(PORT)", "--port=8080"),
        ("$(HOST):$(PORT)", "localhost:8080"),
        ("$$(PORT)", "$(PORT)"),
        ("$$$(PORT)", "$8080"),
        ("$(UNKNOWN) $PORT ${PORT} $(", "$(UNKNOWN) $PORT ${PORT} $("),
        ("", ""),
    ],
)
def test_expansion_is_that_of_kubernetes(text: str, expected: str) -> None:
    assert expand(text, {"PORT": "8080", "HOST": "localhost"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/etc/app/config.json", "/real/config/config.json"),
        ("--config=/etc/app", "--config=/real/config"),
        ("/etc/app/models/m", "/real/models/m"),
        ("/etc/application", "/etc/application"),
        ("/etc/app.json", "/etc/app.json"),
        ("/opt/etc/app", "/opt/etc/app"),
        ("/etc/app:/etc/app/models", "/real/config:/real/models"),
        ("load('/etc/app')", "load('/real/config')"),
    ],
)
def test_mount_paths_are_rewritten_by_whole_segments(text: str, expected: str) -> None:
    assert rewrite_paths(text, {"/etc/app": "/real/config", "/etc/app/models": "/real/models"}) == expected


def test_nothing_is_rewritten_without_mounts() -> None:
    assert rewrite_paths("/etc/app", {}) == "/etc/app"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.0.0.0:80", "127.0.0.1:80"),
        ("--host=0.0.0.0", "--host=127.0.0.1"),
        ("10.0.0.0", "10.0.0.0"),
        ("0.0.0.0.1", "0.0.0.0.1"),
    ],
)
def test_listeners_stay_on_loopback(text: str, expected: str) -> None:
    assert loopback_only(text) == expected


def test_a_template_is_read() -> None:
    template = read_template(deployment().body["spec"]["template"], "Deployment/web")
    assert template.container_ports == (8080,)
    assert (template.port_number("http"), template.port_number(9), template.port_number("nope")) == (8080, 9, None)
    assert template.readiness.path == "/ready"
    assert template.grace_s == 3


def spoilt(path: str, value: object) -> dict:
    """The server's template with one value replaced or added; numbers in the path are list indices."""
    template = copy.deepcopy(deployment().body["spec"]["template"])
    *way, last = path.split(".")
    at = template["spec"]
    for step in way:
        at = at[int(step) if step.isdigit() else step]
    at[last] = value
    return template


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("containers", [{}, {}], "one container"),
        ("initContainers", [{"name": "a"}], "no init containers"),
        ("containers.0.command", [], "names no command"),
        ("volumes", [{"name": "s", "secret": {}}], "volume s is none of"),
        ("containers.0.volumeMounts", [{"name": "x", "mountPath": "/x"}], "volume x is mounted, but not declared"),
        ("containers.0.volumeMounts", [{"name": "config", "mountPath": "etc"}], "not an absolute path"),
        ("containers.0.volumeMounts", [{"name": "config", "mountPath": "/"}], "not an absolute path"),
        ("containers.0.ports", [{"containerPort": 9090}], "no environment variable carries the port 9090"),
        ("containers.0.readinessProbe", {"exec": {"command": ["true"]}}, "over HTTP or TCP only"),
        ("containers.0.env", [{"name": "T", "valueFrom": {"resourceFieldRef": {}}}], "T comes from resourceFieldRef"),
        ("containers.0.envFrom", [{"secretRef": {"name": "s"}}], "only read from a ConfigMap"),
    ],
)
def test_what_a_process_cannot_honour_is_refused(path: str, value: object, why: str) -> None:
    with pytest.raises(RefusedError, match="Deployment/web cannot run on this machine") as caught:
        read_template(spoilt(path, value), "Deployment/web")
    assert why in caught.value.why
