"""The child pipeline: which jobs, behind which, for how long, and what is kept of them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from mlops_gitops.spec.stages import StageName
from tests.factory import CONFIG, FILES, PLATFORM, Content, compiled, edited

PATH = "rendered/fraud-detection/ci/pipeline.yml"
DIGEST = "sha256:" + "0123456789abcdef" * 4


def with_config(*replacements: tuple[str, str], more: str = "") -> dict[str, Content]:
    (content,) = edited(CONFIG, *replacements).values()
    return {CONFIG: f"{content}{more}"}


def pipeline(changes: dict[str, Content] | None = None) -> dict[str, Any]:
    done = compiled(changes)
    assert not done.findings.errors, [one.message for one in done.findings.errors]
    loaded: dict[str, Any] = yaml.safe_load(done.files[PATH])
    return loaded


def stages(*names: str) -> tuple[str, str]:
    written = FILES[CONFIG].split("testing:")[0].split("  stages:\n")[1]
    return written, "".join(f"    - {name}\n" for name in names)


ALL = tuple(stage.value for stage in StageName)
RETRAINED = {**with_config(stages(*ALL), ("  stages:", "  triggers:\n    performance_regression: true\n  stages:"))}


def test_a_job_a_stage_each_behind_the_one_before() -> None:
    jobs = pipeline()
    names = [f"fraud-detection:{stage}" for stage in jobs["stages"]]
    assert [jobs[name]["needs"] for name in names] == [[], *([name] for name in names[:-1])]
    assert jobs["fraud-detection:model_training"]["script"] == ["mlops-gitops stage fraud-detection model_training"]


def test_a_job_outlasts_its_stage_and_what_is_made_inside_it() -> None:
    assert pipeline()["fraud-detection:model_training"]["timeout"] == "130 minutes"
    # Features, which this pipeline leaves out, may take three quarters of an hour inside the next stage.
    short = pipeline(with_config(("    - feature_engineering\n", "")))
    assert short["fraud-detection:model_training"]["timeout"] == "175 minutes"


def test_only_the_default_branch_acts_and_one_at_a_time() -> None:
    jobs = pipeline()
    for name, action in (("model_deployment", "start"), ("model_monitoring", "verify")):
        job = jobs[f"fraud-detection:{name}"]
        assert job["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
        assert job["environment"] == {"name": "fraud-detection/staging", "action": action}
        assert (job["resource_group"], job["interruptible"]) == ("fraud-detection-staging", False)
    assert "rules" not in jobs["fraud-detection:model_training"]


def test_only_a_regressions_run_retrains_and_what_it_deploys_is_better_than_what_serves() -> None:
    jobs = pipeline(RETRAINED)
    retraining = jobs["fraud-detection:model_retraining"]
    assert retraining["rules"] == [{"if": '$MLOPS_TRIGGER == "regression"'}]
    assert retraining["needs"] == ["fraud-detection:model_packaging"]
    assert jobs["fraud-detection:model_deployment"]["needs"] == [
        "fraud-detection:model_packaging",
        {"job": "fraud-detection:model_retraining", "optional": True},
    ]
    assert jobs["fraud-detection:model_monitoring"]["needs"] == ["fraud-detection:model_deployment"]
    assert jobs["stages"].index("model_retraining") == jobs["stages"].index("model_deployment") - 1


def test_where_nothing_retrains_a_regressions_run_is_like_any_other() -> None:
    assert '"regression"' not in str(pipeline())


def test_trouble_outside_is_tried_again_and_a_gate_never() -> None:
    options = "  stage_options:\n    model_training:\n      retries: 2\n      on_failure: continue\n  stages:"
    job = pipeline(with_config(("  stages:", options)))["fraud-detection:model_training"]
    assert job["retry"]["max"] == 2
    assert job["retry"]["exit_codes"] == [3]
    assert "script_failure" not in job["retry"]["when"]
    assert job["allow_failure"] is True
    assert "retry" not in pipeline()["fraud-detection:model_training"]


def test_a_written_timeout_of_the_run_counts_from_the_pipelines_beginning() -> None:
    job = pipeline(with_config(("  stages:", "  timeout: 8h\n  stages:")))["fraud-detection:model_training"]
    assert job["script"] == ['mlops-gitops stage fraud-detection model_training --began "$CI_PIPELINE_CREATED_AT"']


@pytest.mark.parametrize(
    ("written", "job", "expiry"),
    [
        ("registry: {retention: {failed_runs: 3d}}", "model_training", "3 days"),
        ("registry: {retention: {experimental: 60d}}", "version", "60 days"),
        ("registry: {retention: {failed_runs: 36h}}", "model_training", "2160 minutes"),
        ("governance: {keep: {test_reports: forever}}", "reports", "never"),
    ],
)  # fmt: skip
def test_how_long_things_are_kept(written: str, job: str, expiry: str) -> None:
    found = pipeline(with_config(more=f"{written}\n"))
    assert found[f"fraud-detection:{job}"]["artifacts"]["expire_in"] == expiry


def test_reports_reach_the_merge_request() -> None:
    reports = pipeline()["fraud-detection:model_testing"]["artifacts"]["reports"]
    assert reports["junit"] == [".mlops-gitops/cache/model_testing/*/junit.xml"]
    assert reports["coverage_report"]["coverage_format"] == "cobertura"


def test_runners_are_chosen_by_their_tags() -> None:
    assert pipeline(with_config(("  stages:", "  runner_tags: [gpu, linux]\n  stages:")))["default"]["tags"] == [
        "gpu",
        "linux",
    ]
    assert "tags" not in pipeline()["default"]


def test_a_pinned_runner_image_is_taken_and_without_one_the_product_is_installed() -> None:
    pinned = pipeline({PLATFORM: f"images: {{runner: {{name: runner, digest: {DIGEST}}}}}\n{FILES[PLATFORM]}"})
    assert pinned["default"]["image"] == f"registry.example.com/ml/runner@{DIGEST}"
    own = "projects/fraud-detection/requirements.txt"
    assert pinned["default"]["before_script"] == [f"test ! -f {own} || pip install --quiet -r {own}"]
    bare = pipeline()
    assert bare["default"]["image"] == "python:3.11-bookworm"
    assert "mlops-gitops[run]" in bare["default"]["before_script"][0]


def test_data_is_cached_by_its_pointer() -> None:
    (_, data) = pipeline()["default"]["cache"]
    assert data["key"]["files"] == ["projects/fraud-detection/data/transactions.csv.dvc"]


def test_the_channels_are_told_as_the_project_wants() -> None:
    assert "fraud-detection:tell-passed" not in pipeline()
    told = pipeline()["fraud-detection:tell-failed"]
    assert told["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", "when": "on_failure"}]
    assert told["script"] == ["mlops-gitops notify fraud-detection --status failed"]
    other = pipeline(with_config(("  stages:", "  notifications: {on_failure: false, on_success: true}\n  stages:")))
    assert "fraud-detection:tell-failed" not in other
    assert other["fraud-detection:tell-passed"]["rules"][0]["when"] == "on_success"


def test_without_a_channel_nobody_is_told() -> None:
    jobs = pipeline(with_config(("alerting:\n  channels:\n    - slack\n", "alerting: {}\n")))
    assert not any("tell" in name for name in jobs)


def test_the_bots_name_is_a_value_and_never_shell() -> None:
    bot = "bot: {name: '$(id) $HOME', email: bot@example.com}\n"
    job = pipeline({PLATFORM: bot + FILES[PLATFORM]})["fraud-detection:model_deployment"]
    assert job["variables"]["GIT_COMMITTER_NAME"] == "$$(id) $$HOME"
    assert "$(id)" not in str(job["script"])
