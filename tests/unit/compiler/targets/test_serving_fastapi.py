"""FastAPI in a container: what the configuration says is what the objects say, and who owns the replicas."""

from __future__ import annotations

import pytest

from tests.factory import PROJECT
from tests.unit.compiler.targets.rendering import DIGEST, configured, files, released, render


def fastapi(text):
    """FastAPI on a cluster too, where the profile would take KServe."""
    return configured(f"stack:\n  serving: fastapi\n{text}")


SCALED = fastapi("serving:\n  replicas: 2\n  autoscaling:\n    max_replicas: 6\n")


def serving(*changes, environment="production"):
    return files(render(*changes), environment, "serving")


def container(found):
    return found["deployment.yaml"]["spec"]["template"]["spec"]["containers"][0]


def test_without_a_release_everything_is_there_with_no_replicas():
    found = serving(SCALED)
    assert found["deployment.yaml"]["spec"]["replicas"] == 0
    assert {"autoscaler.yaml", "disruption-budget.yaml", "network-policy.yaml", "service.yaml"} <= found.keys()


def test_an_autoscaler_owns_the_replicas_once_a_version_is_released():
    found = serving(SCALED, released())
    assert "replicas" not in found["deployment.yaml"]["spec"]
    spec = found["autoscaler.yaml"]["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 6)
    assert spec["scaleTargetRef"]["name"] == found["deployment.yaml"]["metadata"]["name"]


@pytest.mark.parametrize(
    "text", ["serving:\n  replicas: 3\n", "serving:\n  replicas: 3\n  autoscaling: {max_replicas: 3}\n"]
)
def test_without_room_the_deployment_names_its_replicas(text):
    found = serving(fastapi(text), released())
    assert found["deployment.yaml"]["spec"]["replicas"] == 3
    assert "autoscaler.yaml" not in found


def test_one_machine_scales_nothing():
    found = serving(SCALED, released("staging"), environment="staging")
    assert found["deployment.yaml"]["spec"]["replicas"] == 2
    assert found.keys() == {"config.yaml", "inference-log.yaml", "deployment.yaml", "service.yaml"}


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("{max_replicas: 4}", [("model_inference_latency_p95_seconds", "100m"), ("cpu", 70)]),
        ("{max_replicas: 4, cpu_utilization: 55}", [("model_inference_latency_p95_seconds", "100m"), ("cpu", 55)]),
        (
            "{max_replicas: 4, requests_per_second: 40}",
            [("model_inference_latency_p95_seconds", "100m"), ("model_inference_requests_per_second", "40")],
        ),
        (
            "{max_replicas: 4, requests_per_second: 2.5}",
            [("model_inference_latency_p95_seconds", "100m"), ("model_inference_requests_per_second", "2500m")],
        ),
    ],
)
def test_the_autoscaler_looks_at_latency_and_load(text, metrics):
    spec = serving(fastapi(f"serving:\n  autoscaling: {text}\n"))["autoscaler.yaml"]["spec"]
    assert [_named(metric) for metric in spec["metrics"]] == metrics


def _named(metric):
    if metric["type"] == "Resource":
        return metric["resource"]["name"], metric["resource"]["target"]["averageUtilization"]
    return metric["pods"]["metric"]["name"], metric["pods"]["target"]["averageValue"]


def test_every_series_that_the_autoscaler_asks_for_is_recorded():
    done = render(fastapi("serving:\n  autoscaling: {max_replicas: 4, requests_per_second: 40}\n"))
    wanted = {
        name for name, _ in map(_named, files(done, "production", "serving")["autoscaler.yaml"]["spec"]["metrics"])
    }
    rules = files(done, "production", "monitoring")["prometheus-rules.yaml"]["spec"]["groups"][0]["rules"]
    assert wanted <= {rule.get("record") for rule in rules}


@pytest.mark.parametrize(("replicas", "there"), [(1, False), (2, True)])
def test_a_single_pod_has_no_disruption_budget(replicas, there):
    assert ("disruption-budget.yaml" in serving(fastapi(f"serving:\n  replicas: {replicas}\n"))) is there


@pytest.mark.parametrize(("latency", "timeout"), [("100ms", 2), ("20ms", 1), ("500ms", 10)])
def test_the_latency_decides_how_long_a_probe_waits(latency, timeout):
    found = container(serving(fastapi(f"serving:\n  slo: {{latency: {latency}}}\n")))
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert found[probe]["timeoutSeconds"] == timeout
        assert found[probe]["periodSeconds"] >= timeout


def test_variables_placement_and_devices_reach_the_pod():
    text = """serving:
  port: 9000
  accelerator: {count: 1, resource: nvidia.com/mig-1g.10gb}
  node_selector: {pool: inference}
  tolerations: [{key: dedicated, operator: Equal, value: ml}]
  env:
    - {name: MODE, value: fast}
    - {name: TOKEN, secret: {name: store, key: token}}
"""
    workstation = {f"{PROJECT}/environments/staging.yaml": "serving: {accelerator: {count: 0, resource: null}}\n"}
    found = serving({**fastapi(text), **workstation})
    pod, one = found["deployment.yaml"]["spec"]["template"]["spec"], container(found)
    assert pod["nodeSelector"] == {"pool": "inference"}
    assert {"key": "dedicated", "operator": "Equal", "value": "ml", "effect": "NoSchedule"} in pod["tolerations"]
    assert one["resources"]["limits"]["nvidia.com/mig-1g.10gb"] == "1"
    variables = {entry["name"]: entry for entry in one["env"]}
    assert len(variables) == len(one["env"])
    assert variables["PORT"]["value"] == "9000"
    assert variables["MODE"]["value"] == "fast"
    assert variables["TOKEN"]["valueFrom"] == {"secretKeyRef": {"name": "store", "key": "token"}}
    (rule,) = found["network-policy.yaml"]["spec"]["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 9000}]


def test_the_released_version_is_pinned():
    found = serving(fastapi(""), released())
    assert found["deployment.yaml"]["metadata"]["annotations"]["mlops-gitops.io/model-digest"] == DIGEST
    assert DIGEST in found["config.yaml"]["data"]["serving.json"]
    volumes = found["deployment.yaml"]["spec"]["template"]["spec"]["volumes"]
    assert {"name": "config", "configMap": {"name": found["config.yaml"]["metadata"]["name"]}} in volumes


def test_pods_are_spread_over_zones_and_nodes():
    spread = serving(fastapi(""), released())["deployment.yaml"]["spec"]["template"]["spec"][
        "topologySpreadConstraints"
    ]
    assert [one["topologyKey"] for one in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
