"""TensorFlow Serving: how the released model gets to it, how it is started, and what watches it."""

from __future__ import annotations

import re

import pytest

from tests.factory import FILES, PLATFORM, PROJECT, compiled
from tests.unit.compiler.targets.rendering import DIGEST, configured, files, released

KERAS = configured("training:\n  framework: keras\n  accelerator: {count: 0}\n")
PINNED = {
    PLATFORM: FILES[PLATFORM] + "images:\n"
    f"  server: {{name: server, digest: {DIGEST}}}\n"
    f"  tensorflow_serving: {{name: serving, digest: {DIGEST}}}\n"
    f"  tensorflow_serving_gpu: {{name: serving-gpu, digest: {DIGEST}}}\n"
}


def overlay(text=""):
    return {f"{PROJECT}/environments/production.yaml": f"stack:\n  serving: tensorflow_serving\n{text}"}


def rendered(*changes, folder="serving", environment="production"):
    done = compiled({path: content for one in (KERAS, overlay(), *changes) for path, content in one.items()})
    assert {found.code for found in done.findings.diagnostics} == {"MG269"}
    return files(done, environment, folder)


def pod(found):
    return found["deployment.yaml"]["spec"]["template"]["spec"]


def flags(found):
    return dict(flag.removeprefix("--").split("=") for flag in pod(found)["containers"][0]["args"])


def batching(found):
    lines = found["config.yaml"]["data"]["batching.config"].splitlines()
    return {name: int(line.split("value: ")[1].rstrip(" }")) for line in lines for name in [line.split()[0]]}


def test_the_released_package_is_checked_and_laid_down_as_the_version_that_is_served():
    found = rendered(released())
    [step] = pod(found)["initContainers"]
    assert step["command"] == ["python", "-m", "mlops_gitops.server.saved_model"]
    given = dict(zip(step["args"][::2], step["args"][1::2], strict=True))
    assert given["--digest"] == DIGEST
    assert given["--package"].endswith(DIGEST.removeprefix("sha256:"))
    assert given["--to"] == "/models/fraud-detection/3"
    config = found["config.yaml"]["data"]["models.config"]
    assert 'base_path: "/models/fraud-detection"' in config
    assert "versions: 3 " in config


def test_before_a_release_there_is_nothing_to_lay_down_and_nobody_to_serve():
    found = rendered()
    assert "initContainers" not in pod(found)
    assert found["deployment.yaml"]["spec"]["replicas"] == 0
    assert "model_version_policy" not in found["config.yaml"]["data"]["models.config"]


def test_its_flags_name_files_that_the_config_map_holds():
    found = rendered(released())
    mounts = {one["name"]: one["mountPath"] for one in pod(found)["containers"][0]["volumeMounts"]}
    data = found["config.yaml"]["data"]
    for flag in ("model_config_file", "monitoring_config_file", "batching_parameters_file"):
        folder, _, name = flags(found)[flag].rpartition("/")
        assert folder == mounts["config"]
        assert name in data
    volume = next(one for one in pod(found)["volumes"] if one["name"] == "config")
    assert volume["configMap"]["name"] == found["config.yaml"]["metadata"]["name"]


def test_ports_agree_everywhere():
    found = rendered(overlay("serving: {port: 8501}\n"), released())
    assert (flags(found)["rest_api_port"], flags(found)["port"]) == ("8501", "8500")
    ports = {one["name"]: one["containerPort"] for one in pod(found)["containers"][0]["ports"]}
    assert ports == {"http": 8501, "grpc": 8500}
    assert [one["targetPort"] for one in found["service.yaml"]["spec"]["ports"]] == ["http", "grpc"]
    allowed = found["network-policy.yaml"]["spec"]["ingress"][0]["ports"]
    assert {one["port"] for one in allowed} == {8501, 8500}


def test_probes_ask_the_model_and_follow_the_promise():
    found = rendered(overlay("serving: {slo: {latency: 400ms}}\n"), released())
    container = pod(found)["containers"][0]
    paths = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert paths == {
        "startupProbe": "/v1/models/fraud-detection",
        "readinessProbe": "/v1/models/fraud-detection/metadata",
        "livenessProbe": "/v1/models/fraud-detection",
    }
    assert container["readinessProbe"]["timeoutSeconds"] == 8


def test_batches_wait_a_twentieth_of_the_promise_and_use_the_cpus_that_are_asked_for():
    text = "serving: {slo: {latency: 60ms}, resources: {cpu: 2500m}}\n"
    assert batching(rendered(overlay(text), released())) == {
        "max_batch_size": 32,
        "batch_timeout_micros": 3000,
        "num_batch_threads": 3,
        "max_enqueued_batches": 24,
    }


@pytest.mark.parametrize(("more", "image", "rows"), [("", "serving", 32), ("1", "serving-gpu", 128)])
def test_devices_take_the_image_that_is_built_for_them(more, image, rows):
    text = f"serving: {{accelerator: {{resource: nvidia.com/gpu, count: {more}}}}}\n" if more else ""
    found = rendered(overlay(text), PINNED, released())
    container = pod(found)["containers"][0]
    assert container["image"] == f"registry.example.com/ml/{image}@{DIGEST}"
    assert container["resources"]["limits"].get("nvidia.com/gpu") == (more or None)
    assert batching(found)["max_batch_size"] == rows
    assert "mlops-gitops.io/image-placeholder" not in found["deployment.yaml"]["metadata"]["annotations"]


def test_an_image_without_a_digest_is_marked():
    found = rendered(released())
    assert "mlops-gitops.io/image-placeholder" in found["deployment.yaml"]["metadata"]["annotations"]


def test_pods_are_restricted():
    found = rendered(released())
    assert pod(found)["securityContext"]["runAsNonRoot"] is True
    assert pod(found)["automountServiceAccountToken"] is False
    for container in (*pod(found)["initContainers"], *pod(found)["containers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_it_scales_like_any_other_runtime():
    found = rendered(overlay("serving: {replicas: 2, autoscaling: {max_replicas: 5}}\n"), released())
    assert found["autoscaler.yaml"]["spec"]["scaleTargetRef"]["name"] == found["deployment.yaml"]["metadata"]["name"]
    assert "replicas" not in found["deployment.yaml"]["spec"]
    assert "disruption-budget.yaml" in found
    assert len(pod(found)["topologySpreadConstraints"]) == 2


def test_no_log_no_monitor():
    found = rendered(released(), folder="monitoring")
    assert found.keys() == {"prometheus-rules.yaml", "dashboard.yaml", "service-monitor.yaml", "tests/alerts.yml"}
    [endpoint] = found["service-monitor.yaml"]["spec"]["endpoints"]
    assert endpoint["path"] == "/monitoring/prometheus/metrics"
    [names] = found["service-monitor.yaml"]["spec"]["selector"]["matchExpressions"]
    assert names["values"] == ["fraud-detection-serving"]
    assert "inference-log.yaml" not in rendered(released())


def test_rules_read_the_series_that_it_exports_and_no_others():
    rules = rendered(released(), folder="monitoring")["prometheus-rules.yaml"]["spec"]["groups"][0]["rules"]
    texts = " ".join(rule["expr"] for rule in rules if "ALERTS" not in rule["expr"])
    assert ":tensorflow:serving:request_count{" in texts
    assert ":tensorflow:serving:request_latency_bucket{" in texts
    own = {"model_info", "model_verdict", "model_drifted_columns", "model_inference_requests_total"}
    assert not own & set(re.split(r"[^\w:]", texts))


def test_a_keras_project_that_it_serves_is_trained_anew_for_its_saved_model():
    jobs = []
    for changes in ({}, overlay()):
        done = compiled({**KERAS, **changes})
        jobs.append(files(done, "production", "training")["job.yaml"]["metadata"]["name"])
    assert jobs[0] != jobs[1]
