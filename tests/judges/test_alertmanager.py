"""Who is told of what: every rendered alert, by Alertmanager's own routing, against what projects and platform say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from mlops_gitops.compiler.targets.platform import messages
from tests.judges import judges
from tests.judges.documents import compiled, of_kind, rendered_objects, sources, tree_names
from tests.judges.programs import agrees, go_program

TREES = [tree for tree in tree_names() if of_kind("alertmanager", tree)]


class Told(NamedTuple):
    """One row of the table: what tells alerts apart for the routes, and the receivers that are expected."""

    project: str
    environment: str
    severity: str
    escalation: str
    receivers: frozenset[str]


def table(tree: str) -> Iterator[tuple[Told, dict[str, str]]]:
    """Every rendered alert of a tree: who should be told of it, from the sources alone; and its labels."""
    done = compiled(sources(tree))
    assert done.platform is not None
    projects = {project.name: project for project in done.projects}
    for found in rendered_objects(tree):
        if found.body["kind"] != "PrometheusRule":
            continue
        name, place = found.path.split("/")[1:3]
        environment = projects[name].environment(place)
        assert environment is not None
        rules = [rule for group in found.body["spec"]["groups"] for rule in group["rules"] if "alert" in rule]
        for rule in rules:
            labels = {"alertname": rule["alert"], "project": name, "environment": place, **rule["labels"]}
            level = labels.get("escalation", "")
            if level:
                above = getattr(done.platform.escalation, level)
                receivers = {f"escalation-{level}/{above.channel}/{above.target}"}
            else:
                channels = environment.spec.alerting.channels
                receivers = {f"{one}/{getattr(done.platform.receivers, one).target}" for one in channels} or {"default"}
            yield Told(name, place, labels["severity"], level, frozenset(receivers)), labels


def written(folder: Path, tree: str) -> Path:
    (found,) = of_kind("alertmanager", tree)
    path = folder / "alertmanager.yml"
    path.write_text(yaml.safe_dump(found.body), encoding="utf-8")
    return path


@pytest.mark.parametrize("tree", TREES)
def test_every_alert_reaches_whom_its_project_names(tree: str, tmp_path: Path) -> None:
    path = written(tmp_path, tree)
    seen: dict[Told, dict[str, str]] = {}
    for row, labels in table(tree):
        seen.setdefault(row, labels)
    assert seen
    for row, labels in seen.items():
        assert frozenset(judges.amtool_routes(path, labels)) == row.receivers, row


def test_the_table_holds_each_severity_and_each_level() -> None:
    rows = {(row.severity, row.escalation) for tree in TREES for row, _ in table(tree)}
    assert rows == {("warning", ""), ("critical", ""), ("warning", "warning"), ("critical", "critical")}


@pytest.mark.parametrize(
    ("channels", "reached"),
    [("sms", ("sms",)), ("email,sms", ("email", "sms")), ("slack,email,sms", ("slack", "email", "sms")), ("sm", ())],
)
def test_a_channel_is_a_whole_word(channels: str, reached: tuple[str, ...], tmp_path: Path) -> None:
    path = written(tmp_path, "rendered")
    found = judges.amtool_routes(path, {"project": "new", "severity": "warning", "channels": channels})
    assert [name.partition("/")[0] for name in found] == list(reached or ("default",))


def test_what_no_route_claims_goes_to_the_default(tmp_path: Path) -> None:
    assert judges.amtool_routes(written(tmp_path, "rendered"), {"alertname": "Watchdog"}) == ("default",)


ALERT = {
    "status": "firing",
    "labels": {"severity": "critical"},
    "annotations": {"summary": "nothing serves it", "description": "No pod is ready.", "runbook_url": "https://d/a#b"},
}


def said(folder: Path, template: str, **changes: Any) -> str:
    alerts = [{**ALERT, **changes}]
    data: Mapping[str, Any] = {
        "status": "firing",
        "receiver": "slack",
        "alerts": alerts,
        "commonLabels": {"project": "fraud-detection", "environment": "production"},
    }
    path = folder / "data.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    options = [f"--template.text={template}", f"--template.data={path}", "--template.glob=/dev/null"]
    return agrees(go_program("amtool"), ["template", "render", *options])


def test_a_message_says_what_where_and_what_to_do(tmp_path: Path) -> None:
    assert said(tmp_path, messages.TITLE).strip() == "[FIRING 1] fraud-detection in production"
    body = "nothing serves it{}\nNo pod is ready.\n"
    assert said(tmp_path, messages.SLACK).startswith("*critical: " + body.format("*") + "<https://d/a#b|What to do>\n")
    assert said(tmp_path, messages.PLAIN).startswith("critical: " + body.format("") + "What to do: https://d/a#b\n")


def test_a_message_without_a_page_has_no_empty_link(tmp_path: Path) -> None:
    texts = {"summary": "the pipeline failed", "description": "https://ci/7"}
    for template in (messages.SLACK, messages.PLAIN):
        assert "What to do" not in said(tmp_path, template, annotations=texts)
