"""What each line of `training` becomes on a cluster."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.factory import CONFIG, CONTRACT, FILES, Content, compiled, edited
from tests.unit.compiler.targets.rendered import CLOUD, LOCAL, objects, overlay, training

GPU_NODES = """\
nodes:
  nvidia.com/gpu:
    node_selector: {gpu: h100, zone: a}
    tolerations: [{key: dedicated, operator: Equal, value: training}]
"""


def pod(config: str = "", platform: str = "", environment: str = CLOUD) -> dict[str, Any]:
    return dict(training(config, platform, environment)["template"]["spec"])


def container(config: str = "", platform: str = "") -> dict[str, Any]:
    return dict(pod(config, platform)["containers"][0])


@pytest.mark.parametrize(
    ("config", "path", "wanted"),
    [
        ("  retries: 5\n", "backoffLimit", 5),
        ("  retries: 0\n", "backoffLimit", 0),
        ("  priority_class: urgent\n", "template.spec.priorityClassName", "urgent"),
        ("  queue: vision\n", "template.spec.restartPolicy", "Never"),
        ("  node_selector: {disk: ssd}\n", "template.spec.nodeSelector", {"disk": "ssd"}),
        (
            "  tolerations: [{key: spot}, {key: team, operator: Equal, value: fraud, effect: NoExecute}]\n",
            "template.spec.tolerations",
            [
                {"key": "spot", "operator": "Exists", "effect": "NoSchedule"},
                {"key": "team", "operator": "Equal", "value": "fraud", "effect": "NoExecute"},
            ],
        ),
    ],
)
def test_a_line_of_the_configuration_is_a_line_of_the_job(config: str, path: str, wanted: object) -> None:
    value: Any = training(config, "priority_classes: {urgent: {value: 10}}\n")
    for key in path.split("."):
        value = value[key]
    assert value == wanted


@pytest.mark.parametrize(
    ("config", "key", "wanted"),
    [
        ("pipeline.stage_options.model_training.timeout: 90m", "activeDeadlineSeconds", 5400),
        ("pipeline.stage_options.model_training.timeout: 1500ms", "activeDeadlineSeconds", 2),
        ("registry.retention.failed_runs: 2d", "ttlSecondsAfterFinished", 172_800),
        ("registry.retention.failed_runs: forever", "ttlSecondsAfterFinished", None),
    ],
)
def test_times_come_from_the_stage_and_from_the_registry(config: str, key: str, wanted: int | None) -> None:
    path, value = config.split(": ")
    keys = path.split(".")
    text = "".join(f"{'  ' * depth}{name}:\n" for depth, name in enumerate(keys)).removesuffix("\n") + f" {value}\n"
    base = FILES[CONFIG]
    if keys[0] == "pipeline":
        base, text = base.replace("pipeline:\n", text), ""
    assert objects(more={CONFIG: base + text})["training/job.yaml"]["spec"].get(key) == wanted


def test_shared_memory_counts_against_the_memory_limit() -> None:
    one = container("  shared_memory: 512Mi\n  resources: {memory: 4Gi}\n")
    assert one["resources"]["limits"]["memory"] == one["resources"]["requests"]["memory"] == "4608Mi"
    assert {"name": "shared-memory", "mountPath": "/dev/shm"} in one["volumeMounts"]
    volume = {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "512Mi"}}
    assert volume in pod("  shared_memory: 512Mi\n")["volumes"]
    assert "/dev/shm" not in str(pod())


def test_checkpoints_are_kept_for_keras_and_where_they_are_asked_for() -> None:
    for config, kept in (
        ("", False),
        ("  framework: keras\n", True),
        ("  framework: keras\n  checkpoints: {enabled: false}\n", False),
        ("  checkpoints: {enabled: true, storage: 50Gi, storage_class: fast}\n", True),
    ):
        found = objects(f"training:\n{config}" if config else "")
        assert ("training/checkpoints.yaml" in found) is kept
        env = found["training/job.yaml"]["spec"]["template"]["spec"]["containers"][0]["env"]
        assert any(one["name"] == "MLOPS_GITOPS_CHECKPOINTS" for one in env) is kept
    claim = found["training/checkpoints.yaml"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "50Gi"
    assert claim["spec"]["storageClassName"] == "fast"
    assert claim["metadata"]["annotations"] == {"mlops-gitops.io/prune": "never"}


def test_variables_are_values_or_references_to_secrets() -> None:
    more = overlay("training:\n  env:\n    - {name: KEY, secret: null, value: none}\n")
    found = objects(
        "training:\n  env:\n    - {name: LEVEL, value: '2'}\n    - {name: KEY, secret: {name: s, key: k}}\n", more=more
    )
    env = found["training/job.yaml"]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert env[-2:] == [
        {"name": "LEVEL", "value": "2"},
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
    ]


@pytest.mark.parametrize(
    ("resource", "count", "taint"),
    [
        ("nvidia.com/gpu", 2, "nvidia.com/gpu"),
        ("nvidia.com/mig-1g.10gb", 1, "nvidia.com/gpu"),
        ("aws.amazon.com/neuron", 4, "aws.amazon.com/neuron"),
    ],
)
def test_devices_are_requested_limited_and_their_taint_tolerated(resource: str, count: int, taint: str) -> None:
    config = f"  accelerator: {{resource: {resource}, count: {count}}}\n"
    off = overlay("training: {accelerator: {count: 0}}\n")
    job = objects(f"training:\n{config}", more=off)["training/job.yaml"]["spec"]["template"]["spec"]
    resources = job["containers"][0]["resources"]
    assert resources["requests"][resource] == resources["limits"][resource] == str(count)
    assert job["tolerations"] == [{"key": taint, "operator": "Exists", "effect": "NoSchedule"}]


def test_the_projects_placement_stands_beside_the_platforms() -> None:
    config = "training:\n  framework: keras\n  node_selector: {zone: a, disk: ssd}\n  tolerations: [{key: dedicated}]\n"
    spec = objects(config, GPU_NODES)["training/job.yaml"]["spec"]["template"]["spec"]
    assert spec["nodeSelector"] == {"gpu": "h100", "zone": "a", "disk": "ssd"}
    assert [one["key"] for one in spec["tolerations"]] == ["dedicated", "nvidia.com/gpu"]
    assert spec["tolerations"][0] == {"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}


def test_nodes_of_a_device_are_no_matter_of_who_asks_for_none() -> None:
    assert {"nodeSelector", "tolerations"}.isdisjoint(pod("", GPU_NODES))


def test_several_workers_find_each_other() -> None:
    found = objects("training:\n  framework: keras\n  workers: 4\n")
    job, service = found["training/job.yaml"], found["training/service.yaml"]
    template = job["spec"]["template"]
    assert template["spec"]["subdomain"] == service["metadata"]["name"]
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    names = [one["name"] for one in template["spec"]["containers"][0]["env"]]
    # The kubelet expands a reference only to what stands before it.
    assert names.index("JOB_NAME") < names.index("TF_CONFIG") > names.index("JOB_COMPLETION_INDEX")
    text = next(one["value"] for one in template["spec"]["containers"][0]["env"] if one["name"] == "TF_CONFIG")
    as_expanded = text.replace("$(JOB_NAME)", job["metadata"]["name"]).replace("$(JOB_COMPLETION_INDEX)", "2")
    config = json.loads(as_expanded)
    assert config["task"] == {"type": "worker", "index": 2}
    hosts = [address.partition(":")[0] for address in config["cluster"]["worker"]]
    assert hosts == [f"{job['metadata']['name']}-{index}.fraud-detection-training" for index in range(4)]
    assert "$(" not in as_expanded
    assert found["training/network-policy.yaml"]["spec"]["ingress"]
    assert found["training/disruption-budget.yaml"]["spec"]["minAvailable"] == 4


@pytest.mark.parametrize(("version", "known"), [("1.29", False), ("1.30", False), ("1.31", True), ("1.36", True)])
def test_the_first_workers_success_ends_the_job_where_the_version_knows_that(version: str, known: bool) -> None:
    clusters = {"kubernetes_version": version}
    text = FILES["projects/platform.yaml"].replace("context: cloud", f'kubernetes_version: "{version}"\n    context: c')
    assert clusters
    found = objects("training: {framework: keras, workers: 2}\n", more={"projects/platform.yaml": text})
    spec = found["training/job.yaml"]["spec"]
    assert ("successPolicy" in spec) is known
    assert spec["completionMode"] == "Indexed"
    assert spec["completions"] == spec["parallelism"] == 2
    assert (spec["backoffLimitPerIndex"], spec["maxFailedIndexes"]) == (3, 0)
    assert "backoffLimit" not in spec


def test_one_worker_is_a_plain_job_that_nobody_calls() -> None:
    found = objects()
    assert {"training/service.yaml", "training/disruption-budget.yaml"}.isdisjoint(found)
    spec = found["training/job.yaml"]["spec"]
    assert {"completions", "parallelism", "completionMode"}.isdisjoint(spec)
    assert "TF_CONFIG" not in str(spec)
    assert "ingress" not in found["training/network-policy.yaml"]["spec"]


def test_an_eviction_is_tried_again_and_a_bug_is_not() -> None:
    spec = training()
    ignore, fail = spec["podFailurePolicy"]["rules"]
    assert ignore == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    assert fail["onExitCodes"]["values"] == [0, 3]
    assert fail["onExitCodes"]["containerName"] == spec["template"]["spec"]["containers"][0]["name"]


def test_a_schedule_trains_without_a_key_and_within_the_label_of_its_queue() -> None:
    found = objects("training:\n  schedule: 0 3 * * 1\n  queue: vision\n")
    job, cron = found["training/job.yaml"], found["training/cronjob.yaml"]
    spec = cron["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == ("0 3 * * 1", "Etc/UTC", "Forbid")
    made = spec["jobTemplate"]
    assert made["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "vision"
    assert job["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "vision"
    assert made["spec"]["template"]["spec"]["containers"][0]["args"] == ["stage", "fraud-detection", "model_training"]
    assert "training/cronjob.yaml" not in objects()


def test_a_schedule_retrains_where_the_pipeline_has_the_stage() -> None:
    text = FILES[CONFIG].replace("    - model_monitoring\n", "    - model_monitoring\n    - model_retraining\n")
    changes: dict[str, Content] = {CONFIG: text + "training: {schedule: 0 3 * * *}\n"}
    content = compiled(changes).files["rendered/fraud-detection/production/training/cronjob.yaml"].decode()
    assert re.search(r"- stage\n +- fraud-detection\n +- model_retraining\n", content)
    assert "activeDeadlineSeconds: 10800" in content


def test_a_job_is_another_one_when_anything_it_asks_for_is() -> None:
    names = {
        objects(f"training:\n{config}" if config else "")["training/job.yaml"]["metadata"]["name"]
        for config in ("", "  queue: vision\n", "  retries: 1\n", "  shared_memory: 1Gi\n", "  seed: 43\n")
    }
    assert len(names) == 5
    assert all(re.fullmatch(r"fraud-detection-train-[0-9a-f]{8}", name) for name in names)


def test_what_only_people_read_trains_nothing_anew() -> None:
    """Descriptions, units and how long data is kept decide on no model; a bound of a column does."""

    def digest(changes: dict[str, Content]) -> str:
        job = compiled(changes).files["rendered/fraud-detection/production/training/job.yaml"].decode()
        (found,) = re.findall(r"config-digest: (\S+)", job)
        return str(found)

    kept: dict[str, Content] = {CONFIG: FILES[CONFIG] + "data: {retention: 400d}\n"}
    described = edited(CONTRACT, ("type: float, min: 0", "type: float, min: 0, unit: EUR, description: What is paid"))
    assert digest({**kept, **described}) == digest({})
    assert digest(edited(CONTRACT, ("type: float, min: 0", "type: float, min: 1"))) != digest({})


def test_every_name_fits_where_kubernetes_appends_to_it() -> None:
    name = "a" * 40
    changes = {path.replace("fraud-detection", name): text for path, text in FILES.items() if "fraud" in path}
    changes[f"projects/{name}/mlops_config.yaml"] += (
        "training: {framework: keras, workers: 256, schedule: 0 3 * * *, fitting: {batch_size: 256}}\n"
    )
    done = compiled({**changes, **{path: None for path in FILES if "fraud" in path}})
    assert done.findings.diagnostics == ()
    names = {(one.kind, one.name) for summary in done.summaries for one in summary.objects}
    for kind, made in names:
        longest = {"Job": f"{made}-255", "CronJob": f"{made}-29412345-255"}.get(kind, made)
        assert len(longest) <= 63, (kind, made)


def test_one_machine_runs_one_process_and_hands_out_no_devices() -> None:
    found = objects("training:\n  framework: keras\n  workers: 4\n", environment=LOCAL)
    spec = found["training/job.yaml"]["spec"]
    assert "completions" not in spec
    assert "nvidia.com/gpu" not in str(spec)
    assert "training/service.yaml" not in found


def test_restricted_pods_with_an_account_that_may_nothing() -> None:
    spec, account = pod(), objects()["training/service-account.yaml"]
    assert account["automountServiceAccountToken"] is spec["automountServiceAccountToken"] is False
    assert spec["serviceAccountName"] == account["metadata"]["name"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert container()["securityContext"]["readOnlyRootFilesystem"] is True
