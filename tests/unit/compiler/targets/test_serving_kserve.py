"""KServe: one version, two versions side by side, and what stands around them."""

from __future__ import annotations

import pytest

from tests.factory import CONFIG, FILES, PROJECT, compiled
from tests.unit.compiler.targets.rendering import DIGEST, FORMER, configured, files, released, render

CANARY = "  canary:\n    steps: [10, 50]\n"


def serving(text, *changes, environment="production"):
    return files(
        render(configured(f"serving:\n  replicas: 4\n{text}stack:\n  profile: enterprise\n"), *changes),
        environment,
        "serving",
    )


def container(found):
    return found["serving-runtime.yaml"]["spec"]["containers"][0]


def test_before_a_release_there_is_no_model_to_name():
    found = serving(CANARY)
    assert not {"inference-service.yaml", "virtual-service.yaml", "autoscaler.yaml"} & found.keys()
    assert {"serving-runtime.yaml", "service.yaml", "disruption-budget.yaml", "network-policy.yaml"} <= found.keys()


def test_a_model_is_named_by_its_digest():
    found = serving("", released())
    predictor = found["inference-service.yaml"]["spec"]["predictor"]
    assert predictor["model"]["storageUri"] == f"pvc://model-store/{DIGEST.removeprefix('sha256:')}"
    assert predictor["model"]["runtime"] == found["serving-runtime.yaml"]["metadata"]["name"]
    assert "name" not in predictor
    assert (predictor["minReplicas"], predictor["maxReplicas"]) == (4, 4)
    assert found["inference-service.yaml"]["metadata"]["annotations"]["serving.kserve.io/autoscalerClass"] == "none"
    assert "virtual-service.yaml" not in found
    assert container(found)["args"][-4:-2] == ["--model-package", "/mnt/models"]


def test_volumes_of_runtime_and_predictor_are_all_that_the_container_mounts():
    found = serving("", released())
    volumes = found["serving-runtime.yaml"]["spec"]["volumes"]
    volumes += found["inference-service.yaml"]["spec"]["predictor"]["volumes"]
    assert {one["name"] for one in volumes} == {mount["name"] for mount in container(found)["volumeMounts"]}
    assert volumes[-1]["configMap"]["name"] == found["config.yaml"]["metadata"]["name"]


def test_a_step_gives_the_new_version_its_share():
    found = serving(CANARY, released(previous=True, more="canary: 10\n"))
    spec = found["inference-service.yaml"]["spec"]
    [canary] = spec["canary"]
    assert (spec["predictor"]["name"], canary["predictor"]["name"], canary["trafficPercent"]) == ("v2", "v3", 10)
    assert FORMER.removeprefix("sha256:") in spec["predictor"]["model"]["storageUri"]
    assert DIGEST.removeprefix("sha256:") in canary["predictor"]["model"]["storageUri"]
    assert canary["predictor"]["model"]["name"] == container(found)["name"]
    assert "name" not in spec["predictor"]["model"]
    # What KServe's admission refuses of a canary.
    assert not {"maxReplicas", "scaleTarget", "scaleMetric", "autoScaling"} & canary["predictor"].keys()
    routes = found["virtual-service.yaml"]["spec"]["http"][0]["route"]
    assert [(one["destination"]["host"].partition(".")[0], one["weight"]) for one in routes] == [
        ("fraud-detection-v3-predictor", 10),
        ("fraud-detection-v2-predictor", 90),
    ]


def test_each_version_is_told_which_one_it_is():
    found = serving(CANARY, released(previous=True, more="canary: 10\n"))
    spec = found["inference-service.yaml"]["spec"]
    for predictor, file, digest in (
        (spec["predictor"], "config-former.yaml", FORMER),
        (spec["canary"][0]["predictor"], "config.yaml", DIGEST),
    ):
        assert predictor["volumes"][0]["configMap"]["name"] == found[file]["metadata"]["name"]
        assert digest in found[file]["data"]["serving.json"]


def test_between_releases_all_traffic_goes_to_the_one_version():
    found = serving(CANARY, released(previous=True))
    assert "canary" not in found["inference-service.yaml"]["spec"]
    assert found["inference-service.yaml"]["spec"]["predictor"]["name"] == "v3"
    [route] = found["virtual-service.yaml"]["spec"]["http"][0]["route"]
    assert (route["weight"], route["destination"]["host"]) == (
        100,
        "fraud-detection-v3-predictor.ml.svc.cluster.local",
    )


def test_the_last_step_keeps_the_former_version_warm():
    found = serving(CANARY, released(previous=True, more="canary: 100\n"))
    assert [one["weight"] for one in found["virtual-service.yaml"]["spec"]["http"][0]["route"]] == [100, 0]
    assert found["inference-service.yaml"]["spec"]["canary"][0]["trafficPercent"] == 100


def test_steps_taken_away_while_a_canary_is_on_its_way_leave_it_there():
    found = serving("", released(previous=True, more="canary: 10\n"))
    assert len(found["virtual-service.yaml"]["spec"]["http"][0]["route"]) == 2
    assert found["inference-service.yaml"]["spec"]["predictor"]["name"] == "v2"


@pytest.mark.parametrize(
    ("canary", "workload"), [("", "fraud-detection-predictor"), (CANARY, "fraud-detection-v3-predictor")]
)
def test_the_autoscaler_follows_the_deployment_that_kserve_makes(canary, workload):
    found = serving(f"{canary}  autoscaling: {{max_replicas: 8}}\n", released())
    assert found["autoscaler.yaml"]["spec"]["scaleTargetRef"]["name"] == workload
    assert found["inference-service.yaml"]["metadata"]["annotations"]["serving.kserve.io/autoscalerClass"] == "external"
    assert found["inference-service.yaml"]["spec"]["predictor"]["maxReplicas"] == 8


def test_while_a_canary_is_on_its_way_both_versions_grow_with_their_load():
    """The former version takes most of the traffic; nothing else scales it, for the InferenceService says external."""
    text = f"{CANARY}  autoscaling: {{max_replicas: 8}}\n"
    found = serving(text, released(previous=True, more="canary: 10\n"))
    scaled = [found[name] for name in ("autoscaler.yaml", "autoscaler-former.yaml")]
    assert [one["metadata"]["name"] for one in scaled] == ["fraud-detection-serving", "fraud-detection-serving-former"]
    assert [one["spec"]["scaleTargetRef"]["name"] for one in scaled] == [
        "fraud-detection-v3-predictor",
        "fraud-detection-v2-predictor",
    ]
    assert "autoscaler-former.yaml" not in serving(text, released(previous=True))
    assert "autoscaler-former.yaml" not in serving(CANARY, released(previous=True, more="canary: 10\n"))


def test_policies_and_monitors_find_kserves_pods():
    done = render(configured("serving:\n  replicas: 2\n"), released())
    found = files(done, "production", "serving")
    labels = found["inference-service.yaml"]["spec"]["predictor"]["labels"]
    for file in ("disruption-budget.yaml", "service.yaml"):
        selector = found[file]["spec"]["selector"]
        assert selector.get("matchLabels", selector) == labels
    assert found["network-policy.yaml"]["spec"]["podSelector"]["matchLabels"] == labels
    monitoring = files(done, "production", "monitoring")
    [names, not_of_kserve] = monitoring["service-monitor.yaml"]["spec"]["selector"]["matchExpressions"]
    # KServe's own Service of each predictor has our labels and this one; by both, each pod would be read twice.
    assert not_of_kserve == {"key": "serving.kserve.io/inferenceservice", "operator": "DoesNotExist"}
    for service in (found["service.yaml"], monitoring["service.yaml"]):
        assert service["metadata"]["labels"]["app.kubernetes.io/name"] in names["values"]
        assert service["spec"]["ports"][0]["name"] == "http"


def test_one_machine_serves_with_fastapi_unless_it_is_told_otherwise():
    found = serving(CANARY, released("staging", previous=True), environment="staging")
    assert "deployment.yaml" in found
    assert "inference-service.yaml" not in found
    assert CONFIG in FILES


@pytest.mark.parametrize(
    ("canary", "release", "names"),
    [
        ("", {}, {"fraud-detection-predictor"}),
        (CANARY, {}, {"fraud-detection-v3-predictor"}),
        (
            CANARY,
            {"previous": True, "more": "canary: 10\n"},
            {"fraud-detection-v2-predictor", "fraud-detection-v3-predictor"},
        ),
    ],
)
def test_what_kserve_makes_is_known_to_rules_across_projects(canary, release, names):
    text = f"serving:\n  replicas: 4\n{canary}stack:\n  profile: enterprise\n"
    (summary,) = render(configured(text), released(**release)).summaries
    made = {(one.group, one.kind, one.name) for one in summary.objects if one.maker}
    assert made == {(group, kind, name) for group, kind in (("", "Service"), ("apps", "Deployment")) for name in names}


def test_a_manifest_may_not_be_what_kserve_makes():
    own = "apiVersion: v1\nkind: Service\nmetadata:\n  name: fraud-detection-predictor\n"
    text = configured("serving:\n  replicas: 4\nstack:\n  profile: enterprise\n")
    done = compiled({**text, **released(), f"{PROJECT}/manifests/own.yaml": own})
    (found,) = done.findings.diagnostics
    assert (found.code, found.span.line) == ("MG258", 4)
    assert "made by KServe from rendered/fraud-detection/production/serving/" in found.message
