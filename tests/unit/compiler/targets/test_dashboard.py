"""The dashboard: what it draws, where its lines come from, and that nobody else's has its name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mlops_gitops.compiler.json_text import to_json
from mlops_gitops.compiler.origins.decisions import Decision, Given
from mlops_gitops.compiler.origins.marked import mark, without_marks
from mlops_gitops.compiler.targets.monitoring.dashboard import uid
from mlops_gitops.compiler.targets.monitoring.dashboard.drawing import drawn
from mlops_gitops.compiler.targets.monitoring.dashboard.panels import Panel, Query
from mlops_gitops.compiler.targets.monitoring.dashboard.shapes import SHAPES
from tests.factory import CONFIG, CONTRACT, FILES, PROJECT
from tests.unit.compiler.targets.rendering import configured, files, released, render

DOCS = Path(__file__).parents[4] / "docs"


def dashboard(*changes: Any) -> dict[str, Any]:
    body = files(render(*changes), "production", "monitoring")["dashboard.yaml"]
    assert body["metadata"]["labels"]["grafana_dashboard"] == "1"
    ((name, text),) = body["data"].items()
    assert name == "fraud-detection-production.json"
    found: dict[str, Any] = json.loads(text)
    return found


def panels(*changes: Any) -> dict[str, Any]:
    return {one["title"]: one for one in dashboard(*changes)["panels"] if one["type"] != "row"}


def lines(panel: dict[str, Any]) -> list[float]:
    assert panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "line"}
    return [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]]


def test_every_gate_is_a_line() -> None:
    found = panels()
    assert {name: lines(found[name]) for name in ("recall", "f1_score", "false_positive_rate")} == {
        "recall": [0.85],
        "f1_score": [0.92],
        "false_positive_rate": [0.01],
    }
    changed = panels({CONFIG: FILES[CONFIG].replace("recall: 0.85", "recall: 0.9")})
    assert lines(changed["recall"]) == [0.9]


def test_a_line_is_red_on_its_bad_side() -> None:
    found = panels()
    for name, colours in (("recall", ["red", "green"]), ("false_positive_rate", ["green", "red"])):
        steps = found[name]["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert [step["color"] for step in steps] == colours, name


def test_promises_are_lines() -> None:
    slo = "serving:\n  slo: {latency: 35ms, availability: 0.99, throughput: 250}\n"
    found = panels(configured(slo))
    assert lines(found["Latency"]) == [0.035]
    assert lines(found["Requests left unanswered"]) == [0.01]
    assert lines(found["Predictions a second"]) == [250]
    assert lines(found["Error budget, times too fast"]) == [1, 6, 14.4]
    legends = [target["legendFormat"] for target in found["Latency"]["targets"]]
    assert legends == ["p50", "p95", "p99"]


def test_drift_is_by_column_and_has_its_thresholds() -> None:
    text = FILES[CONFIG].replace("alerting:", "  drift_detection: {psi_threshold: 0.2, min_effect: 0.3}\nalerting:")
    found = panels({CONFIG: text})
    assert lines(found["Drift: population stability index"]) == [0.2]
    assert lines(found["Drift: distance"]) == [0.3]
    assert found["Drift: distance"]["targets"][0]["legendFormat"] == "{{column}}"


def test_a_metric_without_a_gate_has_no_line_and_a_score_no_panel() -> None:
    text = (
        FILES[CONFIG]
        .replace("    - recall\n", "    - recall\n    - accuracy\n")
        .replace("    recall:", "    roc_auc: 0.9\n    recall:")
    )
    found = panels({CONFIG: text})
    assert lines(found["accuracy"]) == []
    assert "roc_auc" not in found


def test_metrics_of_the_project_are_drawn() -> None:
    text = "  custom_metrics:\n    queue: {direction: lower, prometheus: fraud_queue, limit: 500}\nalerting:"
    found = panels({CONFIG: FILES[CONFIG].replace("alerting:", text)})
    assert lines(found["queue"]) == [500]
    assert found["queue"]["targets"][0]["expr"].startswith("fraud_queue{")


def test_devices_are_drawn_where_they_are_asked_for() -> None:
    assert "GPU utilisation" not in panels()
    overlay = f"{PROJECT}/environments/production.yaml"
    asked = panels({overlay: "serving: {accelerator: {count: 1}}\n"})
    assert "DCGM_FI_DEV_GPU_UTIL" in asked["GPU utilisation"]["targets"][0]["expr"]


OURS = (
    "serving-5d4f8c7b9d-x2x4z",
    "predictor-5d4f8c7b9d-x2x4z",
    "v12-predictor-5d4f8c7b9d-x2x4z",
    "train-0a1b2c3d-x2x4z",
    "train-0a1b2c3d-11-x2x4z",
    "train-0a1b2c3d-11x2x4z",
    "retrain-29412345-x2x4z",
    "retrain-29412345-255-x2x4z",
    "serving-5d4f8c7b9x2x4z",
)


@pytest.mark.parametrize(
    "begins", ["", "serving", "train", "monitor", "retrain", "serving-ab", "train-ab", "predictor"]
)
def test_pods_are_the_projects_and_not_those_of_one_whose_name_goes_on(begins: str) -> None:
    overlay = f"{PROJECT}/environments/production.yaml"
    found = panels({overlay: "serving: {accelerator: {count: 1}}\n"})
    asked = found["GPU utilisation"]["targets"][0]["expr"]
    names = re.compile(re.findall(r'pod=~"([^"]+)"', asked)[0])
    watched = re.compile(re.findall(r'pod=~"([^"]+)"', found["CPU cores"]["targets"][0]["expr"])[0])
    project = "-".join(("fraud-detection", begins)) if begins else "fraud-detection"
    for pod in OURS:
        assert bool(names.fullmatch(f"{project}-{pod}")) == (not begins), pod
        assert bool(watched.fullmatch(f"{project}-{pod}")) == (not begins and "train" not in pod), pod


def test_replicas_and_their_autoscaler() -> None:
    plain, scaled = panels(), panels(configured("serving: {replicas: 2, autoscaling: {max_replicas: 5}}\n"))
    assert len(plain["Replicas"]["targets"]) == 2
    assert "horizontalpodautoscaler" in scaled["Replicas"]["targets"][2]["expr"]


def test_what_cannot_be_attacked_has_no_panel() -> None:
    contract = FILES[CONTRACT].replace("amount, type: float, min: 0", "amount, type: category")
    assert "Attack success" in panels()
    assert "Attack success" not in panels({CONTRACT: contract})


def test_panels_stand_beside_each_other_and_never_on_one_another() -> None:
    taken: dict[tuple[int, int], str] = {}
    found = dashboard(released())["panels"]
    assert len({one["id"] for one in found}) == len(found)
    for one in found:
        place = one["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), one["title"]) == one["title"]


def test_links_lead_to_headings() -> None:
    headings = {line[3:].strip().lower() for line in (DOCS / "alerts.md").read_text().splitlines() if line[:3] == "## "}
    linked = re.findall(r"\]\((\S+)\)", " ".join(one.get("description", "") for one in panels().values()))
    assert len(linked) > 10
    for url in linked:
        address, _, anchor = url.partition("#")
        assert address == "https://docs.invalid/mlops-gitops/alerts.md"
        assert anchor in headings


def test_a_line_says_which_key_it_is() -> None:
    done = render()
    (project,) = done.projects
    for title, one in panels().items():
        for key in re.findall(r"`([a-z_0-9.]+)`", one.get("description", "")):
            value: Any = project.spec.plain
            for part in key.split("."):
                assert part in value, (title, key)
                value = value[part]


def test_datasource_project_and_environment_are_variables() -> None:
    found = dashboard()
    listed = {one["name"]: one for one in found["templating"]["list"]}
    assert list(listed) == ["datasource", "project", "environment"]
    assert (listed["project"]["query"], listed["environment"]["query"]) == ("fraud-detection", "production")
    text = json.dumps(found["panels"])
    assert '"uid": "${datasource}"' in text
    assert 'environment=\\"$environment\\"' in text


def test_a_dashboard_is_known_by_a_name_that_stays() -> None:
    assert dashboard()["uid"] == uid("fraud-detection", "production") == "mlops-a3fde4a4967aff596c894343"
    names = {uid(project, environment) for project in ("a", "a-b", "x" * 63) for environment in ("b", "production")}
    assert len(names) == 6
    assert max(map(len, names)) <= 40


def test_one_machine_has_no_dashboard() -> None:
    assert not [path for path in render().files if path.endswith("staging/monitoring/dashboard.yaml")]


def test_the_shapes_are_what_the_sdk_builds() -> None:
    pytest.importorskip("grafana_foundation_sdk")
    from tools.dashboard_shapes import shapes

    assert shapes() == SHAPES


def text_of(limit: float) -> str:
    panel = Panel("Limit", (Query("a", "b"),), lines=((limit, "red"),))
    return to_json(drawn({}, {}, (("Row", (panel,)),), "https://docs.invalid"))


def test_panels_that_are_equal_and_written_otherwise_are_two() -> None:
    for limit in (1, 1.0, 1):
        assert f'"value": {limit},' in text_of(limit)


def test_a_panel_drawn_before_does_not_answer_for_one_that_tells_where_it_comes_from() -> None:
    before = text_of(0.25)
    for _ in range(2):
        decisions: list[Decision] = []
        marked = text_of(mark(0.25, ("a.limit",), Given(0, ("limit",)), decisions))
        assert "a.limit" in marked
        assert without_marks(marked) == before
        assert decisions
