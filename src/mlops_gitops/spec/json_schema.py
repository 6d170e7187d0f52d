"""Models to JSON Schema (draft 2020-12), in the form that editors make the most of.

What pydantic gives is cleaned: titles that repeat a key go, defaults are shown only on leaves and in the notation that
a person writes, and leaves carry an example where their type alone does not show what to write.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import BaseModel, TypeAdapter

from mlops_gitops.spec.descriptions import field_descriptions, models_below
from mlops_gitops.spec.metrics import Direction, Metric, find_metric, metric_names
from mlops_gitops.spec.scalars import format_duration

Schema = dict[str, Any]
_ISO_DURATION = TypeAdapter(timedelta)
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_EXAMPLES: dict[str, list[Any]] = {
    "ProjectInfo.name": ["fraud-detection"],
    "ProjectInfo.description": ["Holds card payments that look stolen"],
    "ProjectInfo.owners": [["@fraud-team"]],
    "ProjectInfo.risk_reason": ["Decides on payments of natural persons"],
    "Pipeline.stages": [["data_validation", "model_training", "model_testing", "model_deployment"]],
    "Training.parameters": [{"max_depth": 6, "learning_rate": 0.1}],
    "Training.schedule": ["0 3 * * 1"],
    "Training.queue": ["gpu-queue"],
    "Training.priority_class": ["training-low"],
    "Training.node_selector": [{"node.example.com/pool": "gpu"}],
    "Serving.node_selector": [{"node.example.com/pool": "serving"}],
    "Placement.node_selector": [{"node.example.com/pool": "gpu"}],
    "DevicePlacement.node_selector": [{"node.example.com/pool": "gpu"}],
    "Toleration.key": ["nvidia.com/gpu"],
    "Toleration.value": ["present"],
    "Variable.name": ["LOG_LEVEL"],
    "Variable.value": ["info"],
    "SecretKey.name": ["feature-store"],
    "SecretKey.key": ["token"],
    "Accelerator.resource": ["nvidia.com/gpu", "nvidia.com/mig-1g.10gb", "aws.amazon.com/neuron", "google.com/tpu"],
    "Pipeline.runner_tags": [["gpu", "linux"]],
    "Governance.approvers": [["@risk-office"]],
    "Canary.steps": [[10, 50]],
    "Slo.latency": ["100ms", "2s"],
    "Slo.window": ["30d", "4_weeks"],
    "ConceptDrift.window": ["1h", "30_minutes"],
    "DriftDetection.window": ["1h", "30_minutes"],
    "RegressionDetection.trend_analysis_window": ["24h", "7d"],
    "ModelMonitoringOptions.max_latency_p95": ["100ms", "2s"],
    "CustomMetric.prometheus": ["queue_wait_seconds"],
    "CustomMetric.unit": ["s"],
    "CustomMetric.description": ["Time that a case waits for a person"],
    "Monitoring.custom_metrics": [{"queue_wait": {"direction": "lower", "prometheus": "queue_wait_seconds"}}],
    "ModelValidationOptions.business_metric": ["model:business_value"],
    "Testing.categories": [["unit_test", "data_test", "model_test", "fairness_test"]],
    "Testing.thresholds": [{"recall": 0.85, "false_positive_rate": 0.01}],
    "Testing.sensitive_attributes": [["age_band", "region"]],
    "Monitoring.metrics": [["recall", "inference_latency_p95"]],
    "Alerting.channels": [["slack", "email"]],
    "DataContract.source": ["data/transactions.csv"],
    "DataContract.label": ["is_fraud"],
    "DataContract.time": ["time"],
    "DataContract.groups": [["age_band", "region"]],
    "Column.name": ["amount"],
    "Column.values": [["DE", "FR"]],
    "Column.unit": ["EUR"],
    "Column.description": ["What was paid"],
    "Cluster.context": ["production"],
    "EnvironmentSettings.cluster": ["production"],
    "EnvironmentSettings.namespace": ["ml-models"],
    "Image.name": ["mlops-gitops-runner"],
    "Receiver.target": ["#ml-alerts", "ml-oncall@example.com"],
    "Receiver.secret": ["slack-webhook"],
    "PlatformSpec.registry": ["registry.example.com/ml"],
    "PlatformSpec.prices": [{"nvidia.com/gpu": 3.2}],
    "PlatformSpec.clusters": [{"workstation": {"kind": "local"}}],
    "PlatformSpec.defaults": [{"serving": {"replicas": 2}}],
    "PlatformSpec.nodes": [{"nvidia.com/gpu": {"tolerations": [{"key": "nvidia.com/gpu"}]}}],
    "PlatformSpec.priority_classes": [{"training-low": {"value": 1000}}],
    "Policy.allowed_registries": [["registry.example.com/ml"]],
    "Policy.required_tests": [{"high": ["fairness_test", "security_test"]}],
    "Policy.protected_attributes": [["age_band", "gender"]],
    "Policy.gate_approvers": [["A. Approver <approver@example.com>"]],
    "GpuBudget.per_project": [{"production": 8}],
    "GpuBudget.total": [{"production": 64}],
    "Condition.path": ["training.accelerator.resource"],
    "Condition.values": [["google.com/tpu"]],
    "Condition.environments": [["production"]],
    "Condition.risk_classes": [["high"]],
    "Condition.reason": ["This cluster has none"],
    "Waiver.code": ["MG402"],
    "Waiver.project": ["fraud-detection"],
    "Waiver.environment": ["staging"],
    "Waiver.reason": ["Fairness data is being collected"],
    "Waiver.owner": ["@fraud-team"],
    "Smtp.smarthost": ["smtp.example.com:587"],
    "Smtp.from_address": ["alerts@example.com"],
    "PriorityClass.description": ["Training that can wait"],
    "PlatformSpec.environments": [{"staging": {"cluster": "workstation"}}],
}


def schema_of(model: type[BaseModel], title: str) -> Schema:
    """The whole-file schema of a model; no ``$id``, so that it works wherever the file lies."""
    raw = model.model_json_schema(mode="validation")
    models = models_below(model)
    defs = {name: _section(models.get(name), name, section) for name, section in sorted(raw.pop("$defs", {}).items())}
    root = _section(model, model.__name__, raw)
    return {"$schema": DIALECT, **root, "title": title, **({"$defs": defs} if defs else {})}


def _section(model: type[BaseModel] | None, name: str, section: Schema) -> Schema:
    """One definition; an enumeration has one too, and no model."""
    section.pop("title", None)
    descriptions = field_descriptions(model) if model else {}
    properties: dict[str, Schema] = section.get("properties", {})
    for key, value in properties.items():
        if key in descriptions:
            said = " ".join(dict.fromkeys((descriptions[key], *_of_type(value))))
            properties[key] = value = {"description": said, **value}
        _leaf(value, _EXAMPLES.get(f"{name}.{key}"))
    thresholds = section.get("properties", {}).get("thresholds")
    if name == "Testing" and thresholds:
        thresholds["properties"] = {name: _threshold(name) for name in metric_names()}
        thresholds["additionalProperties"] = False
    if name == "Monitoring":
        section["properties"]["metrics"]["items"] = {"type": "string", "enum": list(metric_names())}
    return section


def _of_type(value: Schema) -> tuple[str, ...]:
    """What a type says of itself in all its fields, its bounds say; it is moved to where editors show it."""
    typed = [one for one in (value, *value.get("anyOf", ())) if "description" in one]
    return tuple(one.pop("description") for one in typed)


def _leaf(value: Schema, examples: list[Any] | None) -> None:
    value.pop("title", None)
    if "patternProperties" in value:
        value["additionalProperties"] = False
    default = value.get("default")
    if isinstance(default, dict) or default is None:
        value.pop("default", None)
    elif isinstance(default, str) and default.startswith("P") and "pattern" in value:
        # pydantic writes ISO 8601 with years, which only itself reads as 365 days.
        value["default"] = format_duration(_ISO_DURATION.validate_python(default))
    if examples:
        value["examples"] = examples


def _threshold(name: str) -> Schema:
    metric = find_metric(name)
    assert isinstance(metric, Metric)
    least = "Least" if metric.direction is Direction.HIGHER else "Largest"
    alias = f" (another name of {metric.name})" if name != metric.name else ""
    schema: Schema = {"type": "number", "description": f"{least} {metric.description}{alias}.", "minimum": metric.low}
    return schema if metric.high is None else {**schema, "maximum": metric.high}
