"""Every series that a rule or a panel asks for is exported by something: held against what is really scraped."""

from __future__ import annotations

import functools
import re
import socket
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from mlops_gitops.adapters.verdict_exporter import VerdictExporter
from mlops_gitops.detector.confusion import SHARES
from mlops_gitops.records.verdict import ColumnDrift, MetricChange, Outcome, Verdict, VerdictSeverity
from mlops_gitops.server.config import ServerConfig
from mlops_gitops.server.metrics import Outcome as Answer
from mlops_gitops.server.metrics import ServerMetrics
from mlops_gitops.spec.metrics import METRICS
from tests.judges.documents import compiled, of_kind, rendered_objects, sources, tree_names

# A selector of ours always has matchers; a function is followed by a round bracket.
_SELECTOR = re.compile(r"([A-Za-z_:][\w:]*)\{")
_SAMPLE = re.compile(r"^([A-Za-z_:][\w:]*)", re.MULTILINE)
# Prometheus writes its own alerts into the one, and whether it reached whom it scraped into the other.
OF_PROMETHEUS = {"ALERTS", "up"}
# TensorFlow Serving has no monitor beside it; it is not run here, so these are as its sources have them.
OF_TENSORFLOW = {
    ":tensorflow:serving:request_count",
    ":tensorflow:serving:request_latency_bucket",
    ":tensorflow:serving:request_latency_count",
}


def read(expression: str) -> set[str]:
    """The series that an expression asks for."""
    return set(_SELECTOR.findall(re.sub(r'"(?:[^"\\]|\\.)*"', '""', expression)))


@functools.cache
def of_the_monitor() -> frozenset[str]:
    """What is scraped of the monitor once it has judged served rows and a labelled batch."""
    changes = tuple(
        MetricChange(name, 0.9, 0.8, -0.1, -0.1, -0.2, 0.0, 0.01, 0.03, True, True, True, "score", 400, 500)
        for name in SHARES
    )
    columns = (ColumnDrift("amount", "number", 0.25, 0.5, 1e-9, True, "medium"),)
    verdict = Verdict(
        "cards", "staging", 2, "sha256:0", Outcome.FAILED, VerdictSeverity.HIGH, 640, 640, changes, columns
    )
    exporter = VerdictExporter("cards", "staging")
    exporter.drift(verdict)
    exporter.quality(verdict)
    exporter.attack(0.1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    exporter.serve("127.0.0.1", port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return frozenset(_SAMPLE.findall(answer.read().decode()))


@functools.cache
def of_the_server() -> frozenset[str]:
    """What the model server tells once it has answered."""
    config = ServerConfig.model_validate({"project": "cards", "environment": "staging", "slo": {"latency_ms": 100}})
    metrics = ServerMetrics(config, 2, "sha256:0", lambda: 0)
    metrics.count(Answer.OK, 1, 0.01)
    return frozenset(_SAMPLE.findall(metrics.text().decode()))


# Of kube-state-metrics, of cAdvisor in each kubelet, and of NVIDIA's DCGM exporter.
WELL_KNOWN = {
    "kube_deployment_spec_replicas",
    "kube_deployment_status_replicas_available",
    "kube_horizontalpodautoscaler_status_desired_replicas",
    "kube_horizontalpodautoscaler_spec_max_replicas",
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
    "DCGM_FI_DEV_GPU_UTIL",
    "DCGM_FI_DEV_FB_USED",
}


def rules(tree: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for found in rendered_objects(tree):
        if found.body["kind"] == "PrometheusRule":
            for group in found.body["spec"]["groups"]:
                for rule in group["rules"]:
                    yield "/".join(found.path.split("/")[1:3]), rule


def known(tree: str) -> dict[str, set[str]]:
    """Every series that there is, by project and environment: exporters', recorded ones, the project's own."""
    served = {
        f"{project.name}/{one.name}": (one, {own.prometheus for own in one.spec.monitoring.custom_metrics.values()})
        for project in compiled(sources(tree)).projects
        for one in project.environments
    }
    found: dict[str, set[str]] = {}
    for place, rule in rules(tree):
        environment, own = served[place]
        exported = {*of_the_monitor(), *of_the_server()} if environment.keeps_answers else OF_TENSORFLOW
        there = found.setdefault(place, exported | OF_PROMETHEUS | own)
        there |= {rule["record"]} if "record" in rule else set()
    return found


@pytest.mark.parametrize("tree", tree_names())
def test_every_rule_is_fed(tree: str) -> None:
    there = known(tree)
    for place, rule in rules(tree):
        name = rule.get("alert") or rule["record"]
        asked = read(rule["expr"])
        assert asked, name
        assert asked <= there[place], f"{place}: nothing exports what {name} asks for"


@pytest.mark.parametrize("tree", tree_names())
def test_every_panel_is_fed(tree: str) -> None:
    there = known(tree)
    for found in of_kind("dashboard", tree):
        place = "/".join(found.path.split("/")[1:3])
        for panel in found.body["panels"]:
            for target in panel.get("targets", []):
                asked = read(target["expr"])
                assert asked, panel["title"]
                assert asked <= there[place] | WELL_KNOWN, f"{place}: nothing exports what {panel['title']} shows"


def test_no_two_dashboards_have_one_uid_or_one_file() -> None:
    for tree in tree_names():
        found = of_kind("dashboard", tree)
        for names in ([one.body["uid"] for one in found], [one.path.rsplit("/", 1)[1] for one in found]):
            assert len(set(names)) == len(names)
            assert all(len(name) <= 40 for name in names if name.startswith("mlops-"))
    assert of_kind("dashboard")


def test_what_counts_give_is_what_the_detector_measures() -> None:
    assert {name for name, metric in METRICS.items() if metric.counted} == set(SHARES)


def test_an_expression_is_read() -> None:
    text = 'histogram_quantile(0.95, sum by (le) (rate(a_bucket{le="b{"}[5m]))) > 1 and on (x) c:d{e!="\\"f{"} == 0'
    assert read(text) == {"a_bucket", "c:d"}
