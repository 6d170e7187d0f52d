"""Alertmanager's configuration: who is told, by what, and that no secret stands in it."""

from __future__ import annotations

from typing import Any

import yaml

from tests.factory import CONFIG, FILES, PLATFORM, compiled

PATH = "rendered/_platform/alertmanager.yaml"
SLACK = 'slack: {target: "#ml-alerts", secret: slack-webhook}'
MAIL = "smtp: {smarthost: mail.example.com:587, from_address: ml@example.com}\n"


def platform(receivers: str, more: str = "") -> str:
    head, _, rest = FILES[PLATFORM].partition("receivers:\n")
    return f"{head}receivers: {{{receivers}}}\nprices:{rest.partition('prices:')[2]}{more}"


def config(receivers: str, more: str = "") -> dict[str, Any] | None:
    files = compiled({PLATFORM: platform(receivers, more)}).files
    return yaml.safe_load(files[PATH]) if PATH in files else None


def read(receivers: str, more: str = "") -> dict[str, Any]:
    found = config(receivers, more)
    assert found is not None
    return found


def test_without_anybody_to_tell_there_is_no_file() -> None:
    done = compiled({PLATFORM: platform(""), CONFIG: FILES[CONFIG].replace("channels:\n    - slack", "channels: []")})
    assert not done.findings.errors
    assert PATH not in done.files


def test_the_default_is_there_and_is_the_first_channel() -> None:
    found = read(f"{SLACK}, sms: {{target: phones, secret: gateway}}")
    default, slack, _ = found["receivers"]
    assert found["route"]["receiver"] == default["name"] == "default"
    assert default["slack_configs"] == slack["slack_configs"]


def test_no_receiver_has_nothing_to_send_to() -> None:
    escalation = "escalation:\n  critical: {channel: sms, target: leads, secret: gateway}\n"
    for receiver in read(SLACK, escalation)["receivers"]:
        (kind,) = receiver.keys() - {"name"}
        assert receiver[kind], receiver["name"]


def test_secrets_are_files_by_the_names_of_their_secrets() -> None:
    receivers = (
        f"{SLACK}, email: {{target: on@example.com, secret: smtp}}, sms: {{target: phones, secret: gateway}}, "
        "webhook: {target: https://events.example.com, secret: hub}"
    )
    found = {one["name"].partition("/")[0]: one for one in read(receivers, MAIL)["receivers"]}
    root = "/etc/alertmanager/secrets"
    assert found["slack"]["slack_configs"][0]["api_url_file"] == f"{root}/slack-webhook/url"
    (mail,) = found["email"]["email_configs"]
    assert (mail["auth_username"], mail["auth_password_file"]) == ("ml@example.com", f"{root}/smtp/password")
    assert found["sms"]["webhook_configs"][0]["url_file"] == f"{root}/gateway/url"
    (hook,) = found["webhook"]["webhook_configs"]
    assert hook["http_config"]["authorization"]["credentials_file"] == f"{root}/hub/token"


def test_without_a_secret_mail_and_webhook_log_in_nowhere() -> None:
    receivers = f"{SLACK}, email: {{target: on@example.com}}, webhook: {{target: https://events.example.com}}"
    text = yaml.safe_dump(read(receivers, MAIL)["receivers"][2:])
    assert "_file" not in text
    assert "auth" not in text


def test_two_projects_share_a_channel_and_no_edit_of_a_project_reaches_the_file() -> None:
    before = compiled({PLATFORM: platform(SLACK)})
    second = {path.replace("fraud-detection", "churn"): text for path, text in FILES.items() if path != PLATFORM}
    after = compiled({PLATFORM: platform(SLACK), **second})
    assert not after.findings.errors
    assert before.files[PATH] == after.files[PATH]


def test_routes_stand_once_a_channel_and_a_level() -> None:
    escalation = "escalation:\n  warning: {channel: sms, target: leads, secret: gateway}\n"
    routes = read(f"{SLACK}, sms: {{target: phones, secret: gateway}}", escalation)["route"]["routes"]
    assert [(one["receiver"], one.get("continue", False)) for one in routes] == [
        ("escalation-warning/sms/leads", False),
        ("slack/#ml-alerts", True),
        ("sms/phones", True),
    ]


def test_what_is_critical_is_told_sooner_and_again_more_often() -> None:
    route = read(SLACK)["route"]
    (critical,) = route["routes"][0]["routes"]
    assert critical["matchers"] == ['severity="critical"']
    assert (critical["group_wait"], route["group_wait"]) == ("10s", "30s")
    assert (critical["repeat_interval"], route["repeat_interval"]) == ("1h", "12h")
