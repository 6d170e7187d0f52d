"""Monitoring: rules and alerts with their tests, what Prometheus reads, the detector's configuration, the monitor,
the dashboard."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.targets.monitoring import dashboard, monitor
from mlops_gitops.compiler.targets.monitoring.rule_tests import rule_tests
from mlops_gitops.compiler.targets.monitoring.rules import alerts, prometheus_rule
from mlops_gitops.compiler.targets.monitoring.scrape import service_monitor
from mlops_gitops.records.artifact import Artifact, Plain
from mlops_gitops.records.project import Environment, Project
from mlops_gitops.spec.stages import StageName


def render(project: Project, environment: Environment) -> Iterator[Artifact]:
    """What watches a project in an environment, where its pipeline monitors at all."""
    if StageName.MODEL_MONITORING not in environment.spec.pipeline.stages:
        return
    folder = f"rendered/{project.name}/{environment.name}/monitoring"
    for file, body in _files(project, environment):
        yield Artifact(f"{folder}/{file}", body, project.name, environment.name)


def _files(project: Project, environment: Environment) -> Iterator[tuple[str, Plain]]:
    found = alerts(project, environment)
    yield "prometheus-rules.yaml", prometheus_rule(project, environment, found)
    if environment.keeps_answers:
        config_name, configuration = monitor.configuration(project, environment)
        yield "detector.yaml", configuration
        yield "monitor.yaml", monitor.deployment(project, environment, config_name)
    if environment.local:
        return  # No Prometheus looks for Services on one machine.
    # Not named `.yaml`: it is no object of a cluster.
    yield "tests/alerts.yml", rule_tests(project, found)
    yield "service-monitor.yaml", service_monitor(project, environment)
    yield "dashboard.yaml", dashboard.config_map(project, environment)
    if environment.keeps_answers:
        yield "service.yaml", monitor.service(project, environment)
        yield "network-policy.yaml", monitor.network_policy(project, environment)
