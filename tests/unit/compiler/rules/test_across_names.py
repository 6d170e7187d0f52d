"""Names and objects that two projects may not share."""

from __future__ import annotations

import json
from dataclasses import replace

from mlops_gitops.compiler.rules.across.joined_names import one_meaning
from mlops_gitops.compiler.rules.across.names import distinct
from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.records.summary import ObjectName, Summary
from mlops_gitops.spec.platform import Cluster, EnvironmentSettings, PlatformSpec
from tests.factory import compiled

PLATFORM = PlatformSpec(
    clusters={"one": Cluster(kind="local"), "two": Cluster(kind="local")},
    environments={
        "staging": EnvironmentSettings(cluster="one"),
        "canary": EnvironmentSettings(cluster="one"),
        "production": EnvironmentSettings(cluster="two"),
    },
)
SERVICE = ObjectName("staging", "ml", "", "Service", "a-b-serving")


def summary(name: str, *objects: ObjectName) -> Summary:
    (real,) = compiled().summaries
    return replace(real, name=name, objects=objects, alerts=())


def messages(*summaries: Summary, names: tuple[str, ...] = ()) -> list[str]:
    repository = Repository(PLATFORM, names or tuple(one.name for one in summaries), summaries)
    return [found.message for found in distinct(repository)]


def test_names_that_differ_only_in_case_or_separator_are_one() -> None:
    (one, two) = messages(names=("a-b", "a_b", "A-B", "ab"))
    assert one == "`a_b` and `a-b` are one name where case, `_` and `-` do not count"
    assert two.startswith("`A-B` and `a-b`")


def test_two_projects_that_render_the_same_object() -> None:
    (message,) = messages(summary("a", SERVICE), summary("a-b", SERVICE))
    assert message == "`a-b` and `a` both render Service `a-b-serving` in namespace `ml` of staging"


def test_an_object_is_the_same_in_two_environments_of_one_cluster() -> None:
    assert messages(summary("a", SERVICE), summary("c", SERVICE._replace(environment="canary")))
    assert not messages(summary("a", SERVICE), summary("c", SERVICE._replace(environment="production")))


def test_objects_apart_in_kind_namespace_or_name_are_two_and_a_project_does_not_collide_with_itself() -> None:
    others = (
        SERVICE._replace(kind="Deployment"),
        SERVICE._replace(group="serving.knative.dev"),
        SERVICE._replace(namespace="x"),
        SERVICE._replace(name="y"),
    )
    assert not messages(summary("a", SERVICE, SERVICE), summary("b", *others))


def test_what_kserve_makes_is_an_object_too() -> None:
    made = SERVICE._replace(maker="KServe")
    (message,) = messages(summary("a", SERVICE), summary("b", made))
    assert message == "`b` and `a` both have KServe make Service `a-b-serving` in namespace `ml` of staging"


def joined(*summaries: Summary) -> list[str]:
    repository = Repository(PLATFORM, tuple(one.name for one in summaries), summaries)
    return [found.message for found in one_meaning(repository)]


def test_an_alert_is_of_one_project_and_one_word_about_a_pair_is_enough() -> None:
    alerts = ("FraudEuAucOutOfBounds", "FraudEuAucLow")
    both = (replace(summary("fraud"), alerts=alerts), replace(summary("fraud-eu"), alerts=alerts))
    assert joined(*both) == ["`fraud` and `fraud-eu` both have the alert `FraudEuAucOutOfBounds`"]
    assert not joined(both[0], replace(both[1], alerts=("FraudEuDrift",)))


def test_a_name_that_ends_like_a_version_is_one_where_kserve_serves_both() -> None:
    def served(name: str, environment: str = "production") -> Summary:
        return summary(name, ObjectName(environment, "ml", "serving.kserve.io", "ServingRuntime", f"{name}-serving"))

    assert len(joined(served("fraud"), served("fraud-v3"))) == 1
    assert not joined(served("fraud"), served("fraud-v3", "staging"))
    assert not joined(served("fraud"), served("fraud-v3x"), served("fraud-eu"), served("fraud-eu-v"))
    assert not joined(summary("fraud"), served("fraud-v3"))


def test_one_word_about_a_pair_is_enough() -> None:
    both = (SERVICE, SERVICE._replace(kind="Deployment"))
    assert len(messages(summary("a", *both), summary("b", *both))) == 1
    assert len(messages(summary("a", *both), summary("b", *both), summary("c", *both))) == 2


def test_a_summary_says_what_is_rendered_and_survives_json() -> None:
    (real,) = compiled().summaries
    assert {one.kind for one in real.objects} >= {"Job", "Deployment", "Service", "ConfigMap"}
    assert real.span("alerting.channels") is not None
    assert Summary.of_plain(json.loads(json.dumps(real.plain()))) == real
