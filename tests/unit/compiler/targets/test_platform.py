"""What the platform's settings become on each cluster."""

from __future__ import annotations

from tests.unit.compiler.targets.rendered import CLOUD, LOCAL, platform_objects

CLASSES = """\
priority_classes:
  urgent: {value: 1000, preempts: true, description: After a regression.}
"""
TWO_ON_ONE = """\
  canary:
    cluster: cloud
    namespace: ml-canary
receivers:
"""


def test_a_priority_class_stands_once_on_a_cluster() -> None:
    assert platform_objects(CLASSES)["priority-classes.yaml"] == {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": platform_objects(CLASSES)["priority-classes.yaml"]["metadata"],
        "value": 1000,
        "preemptionPolicy": "PreemptLowerPriority",
        "description": "After a regression.",
    }
    assert "priority-classes.yaml" not in platform_objects()


def test_the_second_environment_of_a_cluster_has_no_classes_of_its_own() -> None:
    from tests.factory import FILES, PLATFORM, compiled

    text = FILES[PLATFORM].replace("receivers:\n", TWO_ON_ONE) + CLASSES
    files = compiled({PLATFORM: text}).files
    found = sorted(path for path in files if path.endswith("priority-classes.yaml"))
    assert found == [f"rendered/_platform/{CLOUD}/priority-classes.yaml"]


def test_one_machine_knows_neither_networks_nor_bounds() -> None:
    budget = "policy: {gpu_budget: {total: {staging: 8}}}\n"
    assert set(platform_objects(CLASSES + budget, LOCAL)) == {"namespace.yaml", "storage.yaml"}


def test_the_device_budget_is_a_quota() -> None:
    budget = "policy: {gpu_budget: {total: {production: 8}}}\nnodes: {nvidia.com/mig-1g.10gb: {}}\n"
    quota = platform_objects(budget)["quota.yaml"]
    assert quota["spec"]["hard"] == {
        "requests.aws.amazon.com/neuron": "8",
        "requests.google.com/tpu": "8",
        "requests.nvidia.com/gpu": "8",
        "requests.nvidia.com/mig-1g.10gb": "8",
    }
    assert "quota.yaml" not in platform_objects(budget, LOCAL)


def test_a_device_that_only_a_project_names_is_in_the_quota_too() -> None:
    config = "training: {framework: keras, accelerator: {resource: nvidia.com/mig-2g.20gb}}\n"
    hard = platform_objects("policy: {gpu_budget: {total: {production: 0}}}\n", config=config)["quota.yaml"]["spec"]
    assert hard["hard"]["requests.nvidia.com/mig-2g.20gb"] == "0"


def test_a_namespace_denies_what_nobody_allowed() -> None:
    found = platform_objects()
    labels = found["namespace.yaml"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    deny = found["network-policies.yaml"]["spec"]
    assert deny["podSelector"] == {}
    assert deny["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in deny
    assert all("to" not in rule for rule in deny["egress"])
    assert {port["port"] for rule in deny["egress"] for port in rule["ports"]} == {53}


def test_a_default_limit_leaves_the_cpu_alone() -> None:
    (limit,) = platform_objects()["limits.yaml"]["spec"]["limits"]
    assert "cpu" not in limit["default"]
