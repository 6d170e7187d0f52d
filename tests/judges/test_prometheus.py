"""Prometheus rules, their unit tests, Alertmanager configurations and dashboards, by their readers' own code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.judges import judges
from tests.judges.documents import of_kind, rendered_objects, tree_names

RULES = [found for found in rendered_objects() if found.body["kind"] == "PrometheusRule"]


def write(folder: Path, body: object, name: str = "file.yaml", dump: Callable[[object], str] = yaml.safe_dump) -> Path:
    path = folder / name
    path.write_text(dump(body), encoding="utf-8")
    return path


def test_rules_are_accepted(tmp_path: Path) -> None:
    assert RULES
    paths = [write(tmp_path, found.body["spec"], f"{number}.yaml") for number, found in enumerate(RULES)]
    paths += [write(tmp_path, found.body, f"plain-{number}.yaml") for number, found in enumerate(of_kind("rules"))]
    judges.promtool_check(paths)


@pytest.mark.parametrize("tree", tree_names())
def test_unit_tests_of_rules_pass(tree: str, tmp_path: Path) -> None:
    tests = of_kind("rules_test", tree)
    if not tests:
        return
    rules = {Path(found.path).parent: found.body["spec"] for found in RULES if found.tree == tree}
    for found in tests:
        place = tmp_path / found.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(found.text, encoding="utf-8")
        # The tests name the rules of the PrometheusRule beside them as a plain file, as promtool reads one.
        write(place.parent, rules[Path(found.path).parents[1]], "rules.yml")
    judges.promtool_test(tmp_path / found.path for found in tests)


def test_alertmanager_configurations_are_accepted(tmp_path: Path) -> None:
    found = of_kind("alertmanager")
    if found:
        judges.amtool_check(write(tmp_path, one.body, f"{number}.yaml") for number, one in enumerate(found))


@pytest.mark.parametrize("expression", ["rate(x[5m]", "sum(x) by", "x{a=b}"])
def test_a_wrong_expression_is_refused(expression: str, tmp_path: Path) -> None:
    rules = write(tmp_path, {"groups": [{"name": "g", "rules": [{"alert": "A", "expr": expression}]}]})
    with pytest.raises(AssertionError, match=r"could not parse expression|parse error"):
        judges.promtool_check([rules])


def test_a_failing_unit_test_is_told(tmp_path: Path) -> None:
    rule = {"alert": "Down", "expr": "up == 0"}
    write(tmp_path, {"groups": [{"name": "g", "rules": [rule]}]}, "rules.yaml")
    series = {"series": 'up{job="a"}', "values": "1 1"}
    expected = {"eval_time": "1m", "alertname": "Down", "exp_alerts": [{"exp_labels": {"job": "a"}}]}
    body = {"rule_files": ["rules.yaml"], "tests": [{"input_series": [series], "alert_rule_test": [expected]}]}
    with pytest.raises(AssertionError, match="FAILED"):
        judges.promtool_test([write(tmp_path, body)])


def test_routes_lead_where_they_say(tmp_path: Path) -> None:
    route = {"receiver": "all", "routes": [{"matchers": ['severity="critical"'], "receiver": "pager"}]}
    path = write(tmp_path, {"route": route, "receivers": [{"name": "all"}, {"name": "pager"}]})
    judges.amtool_check([path])
    assert judges.amtool_routes(path, {"severity": "critical"}) == ("pager",)
    assert judges.amtool_routes(path, {"severity": "warning"}) == ("all",)
    broken = write(tmp_path, {"route": {"receiver": "nobody"}, "receivers": []}, "broken.yaml")
    with pytest.raises(AssertionError, match="nobody"):
        judges.amtool_check([broken])


def test_dashboards_are_what_grafana_knows(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.json" for number, _ in enumerate(of_kind("dashboard"))]
    for path, found in zip(paths, of_kind("dashboard"), strict=True):
        path.write_text(json.dumps(found.body), encoding="utf-8")
    if paths:
        judges.dashboards(paths)


SOURCE = {"type": "prometheus", "uid": "x"}
PANEL = {
    "type": "timeseries",
    "targets": [{"refId": "A", "expr": 'rate(up{job="$job"}[$__rate_interval])', "datasource": SOURCE}],
    "fieldConfig": {"defaults": {"unit": "s"}, "overrides": []},
}


def dashboard(folder: Path, **changes: object) -> Path:
    panels = [{**PANEL, **changes}]
    body = {"title": "x", "schemaVersion": 39, "templating": {}, "annotations": {}, "panels": panels}
    return write(folder, body, "dashboard.json", json.dumps)


def test_a_sound_dashboard_is_accepted(tmp_path: Path) -> None:
    judges.dashboards([dashboard(tmp_path)])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"type": "timeserious"}, "no kind of panel"),
        ({"fieldConfig": {"defaults": {"unitt": "s"}, "overrides": []}}, "unitt: unknown"),
        ({"targets": [{"refId": "A", "exprr": "up", "datasource": SOURCE}]}, "exprr"),
        ({"targets": [{"refId": "A", "expr": "sum(up", "datasource": SOURCE}]}, "parse"),
    ],
)
def test_a_wrong_dashboard_is_refused(changes: dict[str, object], complaint: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=complaint):
        judges.dashboards([dashboard(tmp_path, **changes)])
