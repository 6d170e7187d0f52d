"""The trigger jobs: which change starts which project, also for hundreds of them."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema
import yaml

from mlops_gitops.compiler.emit import emit
from mlops_gitops.compiler.targets.ci.gitlab_triggers import TRIGGERS_PATH, render, shard
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec
from tests.factory import CONFIG, compiled, edited

ALL_TRIGGERS = "  triggers: {data_update: true, schedule_daily: true, performance_regression: true}\n  stages:"


def summary(name: str = "fraud-detection", **changes: Any) -> Summary:
    (found,) = compiled(edited(CONFIG, ("  stages:", ALL_TRIGGERS))).summaries
    return replace(found, name=name, **changes)


def rendered(*projects: Summary) -> dict[str, bytes]:
    platform = compiled().platform
    assert isinstance(platform, PlatformSpec)
    return {one.path: emit(one, "projects/") for one in render(platform, projects)}


def job(project: Summary) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(rendered(project)[TRIGGERS_PATH])
    found: dict[str, Any] = loaded[f"pipeline:{project.name}"]
    return found


def rules(project: Summary) -> dict[str, dict[str, Any]]:
    return {rule["variables"]["MLOPS_TRIGGER"]: rule for rule in job(project)["rules"]}


def test_one_child_pipeline_a_job() -> None:
    trigger = job(summary())["trigger"]
    assert trigger == {"include": [{"local": "rendered/fraud-detection/ci/pipeline.yml"}], "strategy": "depend"}


def test_what_starts_a_project() -> None:
    found = rules(summary())
    assert list(found) == ["schedule", "regression", "code", "data", "person"]
    assert found["data"]["changes"] == ["projects/fraud-detection/**/*.dvc"]
    assert '$MLOPS_VERDICT == "FAILED"' in found["regression"]["if"]
    assert '$MLOPS_REGRESSION_PROJECT == "fraud-detection"' in found["regression"]["if"]


def test_what_is_not_wanted_starts_nothing() -> None:
    off = dict.fromkeys(("data_update", "schedule_daily", "performance_regression"), False)
    assert list(rules(summary(triggers=off))) == ["code", "person"]


def test_releases_and_rendered_files_start_nothing() -> None:
    changes = [path for rule in rules(summary()).values() for path in rule.get("changes", [])]
    assert not any("releases" in path or path.startswith("rendered") for path in changes)
    assert "projects/fraud-detection/**" not in changes


def test_a_pushed_branch_starts_projects_only_where_it_is_the_default_one() -> None:
    default = '($CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH)'
    assert default in rules(summary())["code"]["if"]


def test_a_shard_is_a_projects_own() -> None:
    assert [shard(name) for name in ("a", "fraud-detection")] == [shard(name) for name in ("a", "fraud-detection")]
    many = [shard(f"project-{number}") for number in range(400)]
    assert {part: many.count(part) > 50 for part in many} == dict.fromkeys((1, 2, 3, 4), True)
    assert f"daily(-{shard('fraud-detection')})?" in rules(summary())["schedule"]["if"]


def test_projects_of_another_ci_have_no_job_and_the_parents_include_finds_a_file() -> None:
    assert list(yaml.safe_load(rendered(summary(ci="github_actions"))[TRIGGERS_PATH])) == [".mlops-pipeline"]
    assert list(rendered()) == [TRIGGERS_PATH]


def test_four_hundred_projects_stay_within_gitlabs_limits() -> None:
    names = [f"project-{number:03}" for number in range(400)]
    files = rendered(*(summary(name) for name in names))
    # GitLab counts the memory of a parsed file, about five times its size, and allows 2 MB; 150 files are included.
    assert max(map(len, files.values())) * 5 < 2_000_000
    assert 1 < len(files) <= 20
    assert all(path.startswith("rendered/_platform/ci/triggers") and path.endswith(".yml") for path in files)
    jobs = [name for content in files.values() for name in yaml.safe_load(content) if name != ".mlops-pipeline"]
    assert jobs == [f"pipeline:{name}" for name in names]
    published = resources.files("check_jsonschema.builtin_schemas").joinpath("vendor/gitlab-ci.json")
    schema = json.loads(published.read_text(encoding="utf-8"))
    for content in files.values():
        jsonschema.validate(yaml.safe_load(content), schema)
