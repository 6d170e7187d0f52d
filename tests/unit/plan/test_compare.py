"""What a change of the sources is said to mean, change by change."""

from __future__ import annotations

import pytest

from mlops_gitops.plan.change import Change, DeviceTotal, Effect, ObjectCounts, Plan
from mlops_gitops.plan.compare import compare
from tests.factory import CONFIG, CONTRACT, FILES, PLATFORM, PROJECT, Content, compiled, edited

BOTH = ("staging", "production")
# One machine without a cluster hands out no devices.
CLOUD = ("production",)
OVERLAY = f"{PROJECT}/environments/production.yaml"
RELEASE = f"{PROJECT}/releases/staging.yaml"
DIGEST = "sha256:" + "0123456789abcdef" * 4
Changes = dict[str, Content]


def plan(after: Changes, before: Changes | None = None) -> Plan:
    old, new = compiled(before), compiled(after)
    assert not old.findings.faults
    assert not new.findings.faults, new.findings.faults
    return compare(old, new, ("main", "branch"))


def changes(after: Changes, before: Changes | None = None) -> list[Change]:
    """Those of the one project."""
    found = [one for one in plan(after, before).projects if one.project == "fraud-detection"]
    return list(found[0].changes)


def rendered(folder: str) -> int:
    """How many objects the small project has below a folder."""
    paths = (path for path in compiled().files if path.startswith(f"rendered/{folder}"))
    texts = (compiled().files[path] for path in paths if path.endswith(".yaml"))
    return sum(text.count(b"\nkind: ") for text in texts)


def config(*pairs: tuple[str, str]) -> Changes:
    return edited(CONFIG, *pairs)


def added(text: str) -> Changes:
    return config(("alerting:", f"{text}alerting:"))


def release(version: int) -> Changes:
    digests = "".join(
        f"  {key}: {DIGEST}\n" for key in ("digest", "code_digest", "environment_digest", "config_digest")
    )
    text = f'  version: {version}\n{digests}  data_digest: md5:0\n  run: "1"\n  trained_at_commit: abc\n'
    return {RELEASE: f"project: fraud-detection\nenvironment: staging\nmodel:\n{text}"}


@pytest.mark.parametrize(
    ("after", "text", "effect", "note"),
    [
        (config(("f1_score: 0.92", "f1_score: 0.85")), "f1_score 0.92 → 0.85", Effect.WEAKER, ""),
        (config(("rate: 0.01", "rate: 0.02")), "false_positive_rate 0.01 → 0.02", Effect.WEAKER, ""),
        (config(("rate: 0.01", "rate: 0.005")), "false_positive_rate 0.01 → 0.005", Effect.TIGHTER, ""),
        (config(("recall: 0.85", "recall: 0.88")), "recall 0.85 → 0.88", Effect.TIGHTER, ""),
        (config(("recall: 0.85", "recall: 0.8500001")), "recall 0.85 → 0.8500001", Effect.TIGHTER, ""),
        (config(("    recall: 0.85\n", "")), "recall 0.85 → none", Effect.WEAKER, "gate removed"),
        (config(("    recall", "    accuracy: 0.9\n    recall")), "accuracy 0.9", Effect.TIGHTER, "new gate"),
        (config(("[model_test]", "[model_test, data_test]")), "data_test", Effect.TIGHTER, "new test"),
        (
            config(("monitoring:", "monitoring:\n  regression_detection:\n    performance_threshold: 0.1\n")),
            "regression_detection performance_threshold 0.05 → 0.1",
            Effect.WEAKER,
            "",
        ),
        (
            config(("monitoring:", "monitoring:\n  max_attack_success: 0.1\n")),
            "max_attack_success 0.2 → 0.1",
            Effect.TIGHTER,
            "",
        ),
        (added("serving:\n  slo:\n    latency: 200ms\n"), "slo latency 100ms → 200ms", Effect.WEAKER, ""),
        (added("serving:\n  slo:\n    availability: 0.9999\n"), "slo availability 0.999 → 0.9999", Effect.TIGHTER, ""),
        (
            config(("  stages:", "  stage_options:\n    model_training:\n      max_overfit_gap: 0.3\n  stages:")),
            "model_training max_overfit_gap 0.1 → 0.3",
            Effect.WEAKER,
            "",
        ),
        (
            config(("  stages:", "  stage_options:\n    model_monitoring:\n      max_latency_p95: 1s\n  stages:")),
            "model_monitoring max_latency_p95 1s",
            Effect.TIGHTER,
            "new gate",
        ),
    ],
)
def test_a_gate_is_said_to_be_weaker_or_tighter(after: Changes, text: str, effect: Effect, note: str) -> None:
    gates = [change for change in changes(after) if change.area == "gate"]
    assert gates == [Change("gate", text, effect, note, BOTH)]


def test_a_test_that_is_no_longer_run_weakens() -> None:
    before = config(("[model_test]", "[model_test, data_test, security_test]"))
    after = config(("[model_test]", "[model_test, data_test]"))
    assert changes(after, before) == [Change("gate", "security_test", Effect.WEAKER, "no longer run", BOTH)]


def test_another_name_of_a_metric_is_no_other_gate() -> None:
    assert changes(config(("    f1_score: 0.92", "    f1: 0.92"))) == []


def test_devices_come_with_their_price() -> None:
    found = changes(added("training:\n  accelerator:\n    count: 6\n"))
    text = "nvidia.com/gpu 0 → 6"
    assert (found[0].effect, found[0].note) == (
        Effect.REPLACED,
        "what it asks for changed: same training; a running one is kept to its end",
    )
    assert found[1] == Change("training", text, Effect.CHANGED, "+6 devices (+19.20 an hour while it runs)", CLOUD)
    policy = {PLATFORM: FILES[PLATFORM] + "policy:\n  gpu_budget:\n    total: {production: 4}\n"}
    totals = plan({**policy, **added("training:\n  accelerator:\n    count: 6\n")}, policy).devices
    assert totals == (DeviceTotal("production", "nvidia.com/gpu", 0, 6, 4, 0.0, 19.2),)


def test_devices_without_a_price() -> None:
    prices = edited(PLATFORM, ("prices:\n  nvidia.com/gpu: 3.20\n", ""))
    found = changes({**prices, **added("training:\n  accelerator:\n    count: 1\n")}, prices)
    assert found[1].note == "+1 device"


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        ({f"{PROJECT}/model.py": "def train(): return 1\n"}, "code"),
        (added("training:\n  seed: 7\n"), "configuration"),
        (edited(CONTRACT, ("min: 0", "min: 1")), "configuration"),
        (edited(f"{PROJECT}/data/transactions.csv.dvc", ("md5: 0123", "md5: 9999")), "data"),
        ({f"{PROJECT}/model.py": "x = 1\n", **added("training:\n  seed: 7\n")}, "code and configuration"),
    ],
)
def test_a_training_job_is_replaced_and_the_cause_is_named(after: Changes, cause: str) -> None:
    jobs = [change for change in changes(after) if change.text.startswith("Job ")]
    assert [(job.effect, job.note, job.environments) for job in jobs] == [
        (Effect.REPLACED, f"{cause} changed: trains anew; a running one is kept to its end", BOTH)
    ]
    assert plan(after).objects.replace == 2


def test_code_of_the_tests_trains_nothing() -> None:
    assert plan({f"{PROJECT}/tests/test_model.py": "def test(): ...\n"}).empty


def test_an_alert_follows_its_gate() -> None:
    found = changes(config(("recall: 0.85", "recall: 0.88")))
    assert Change("alerts", "FraudDetectionRecallOutOfBounds fires at 0.85 → 0.88", Effect.CHANGED, "", BOTH) in found


def test_an_alert_goes_with_its_gate_and_comes_with_one() -> None:
    found = changes(config(("    recall: 0.85\n", "    precision: 0.9\n")))
    alerts = {(change.text, change.effect) for change in found if change.area == "alerts"}
    assert alerts == {
        ("FraudDetectionRecallOutOfBounds", Effect.REMOVED),
        ("FraudDetectionPrecisionOutOfBounds", Effect.ADDED),
        ("FraudDetectionTrend looks at something else", Effect.CHANGED),
    }


def test_an_alert_that_looks_at_something_else() -> None:
    found = changes(added("serving:\n  slo:\n    latency: 200ms\n"))
    assert Change("alerts", "FraudDetectionLatencyHigh looks at something else", Effect.CHANGED, "", BOTH) in found


def test_stages_come_and_go() -> None:
    found = changes(config(("    - model_monitoring\n", "")))
    assert Change("pipeline", "stage model_monitoring", Effect.REMOVED, "", BOTH) in found
    assert plan(config(("    - model_monitoring\n", ""))).objects.prune == sum(
        rendered(f"fraud-detection/{name}/monitoring/") for name in BOTH
    )


def test_a_setting_without_words_of_its_own_is_shown_by_its_path() -> None:
    found = changes(added("remediation:\n  high: none\ntraining:\n  parameters:\n    depth: 4\n    fast: true\n"))
    told = {(change.area, change.text) for change in found}
    assert ("remediation", "high roll_back → none") in told
    assert ("training", "parameters.depth none → 4") in told
    assert ("training", "parameters.fast none → true") in told


def test_a_release_and_its_replicas() -> None:
    found = changes({**release(2), **added("serving:\n  replicas: 3\n")}, release(1))
    assert Change("serving", "version v1 → v2", Effect.CHANGED, "", ("staging",)) in found
    assert Change("serving", "replicas 1 → 3", Effect.CHANGED, "", BOTH) in found
    first = changes(release(1))
    assert first[0] == Change("serving", "version none → v1", Effect.CHANGED, "", ("staging",))


def test_an_overlay_touches_its_environment_only() -> None:
    found = plan({OVERLAY: "serving:\n  replicas: 4\n"})
    assert [change.environments for one in found.projects for change in one.changes] == [("production",)]
    # Nothing is released yet, so no process is: only the disruption budget of more than one comes.
    assert found.objects == ObjectCounts(create=1)


def test_the_contract_is_compared_column_by_column() -> None:
    after = edited(
        CONTRACT,
        (
            "  - {name: amount, type: float, min: 0}\n",
            "  - {name: amount, type: int, min: 1}\n  - {name: k, type: id, role: id}\n",
        ),
        ("groups: [region]", "groups: []"),
    )
    data = [(change.text, change.effect, change.note) for change in changes(after) if change.area == "data"]
    assert data == [
        ("column amount", Effect.CHANGED, "type, min"),
        ("column k", Effect.ADDED, "id"),
        ("groups [region] → []", Effect.CHANGED, ""),
    ]


@pytest.mark.parametrize(
    ("edit", "text", "environments"),
    [
        (("namespace: ml-staging", "namespace: ml-test"), "namespace ml-staging → ml-test", ("staging",)),
        (("registry.example.com/ml", "registry.example.com/two"), "image of the server", BOTH),
        (
            ("cluster: workstation", "cluster: cloud"),
            "cluster workstation (local 1.34) → cloud (kubernetes 1.34)",
            ("staging",),
        ),
    ],
)
def test_what_the_platform_changes(edit: tuple[str, str], text: str, environments: tuple[str, ...]) -> None:
    found = changes(edited(PLATFORM, edit))
    assert [change.environments for change in found if change.text == text] == [environments]


LEVELS = "escalation:\n  warning: {channel: slack, target: '#leads', secret: slack}\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", ('"#ml-alerts"', '"#ml"'), [("receivers.slack #ml-alerts → #ml", Effect.CHANGED)]),
        (
            "",
            ("prices:", "  sms: {target: phones, secret: gateway}\nprices:"),
            [("receivers.sms phones", Effect.ADDED)],
        ),
        ("", ("prices:", f"{LEVELS}prices:"), [("escalation.warning #leads", Effect.ADDED)]),
        (LEVELS, (LEVELS, ""), [("escalation.warning is gone", Effect.REMOVED)]),
        (LEVELS, ("secret: slack}", "secret: other}"), [("escalation.warning secret slack → other", Effect.CHANGED)]),
        (
            LEVELS,
            ("slack, target: '#leads', secret: slack", "webhook, target: https://a.b, secret: slack"),
            [("escalation.warning #leads → https://a.b, channel slack → webhook", Effect.CHANGED)],
        ),
    ],
)
def test_who_is_told(before: str, after: tuple[str, str], expected: list[tuple[str, Effect]]) -> None:
    base = {PLATFORM: FILES[PLATFORM].replace("prices:", f"{before}prices:")}
    found = plan({PLATFORM: base[PLATFORM].replace(*after)}, base)
    (said,) = [one.changes for one in found.projects if one.project == "platform"]
    assert [(change.text, change.effect) for change in said] == expected


def test_a_level_that_goes_takes_its_alert_with_it() -> None:
    base = {PLATFORM: FILES[PLATFORM].replace("prices:", f"{LEVELS}prices:")}
    found = changes({PLATFORM: FILES[PLATFORM]}, base)
    assert [(one.text, one.effect) for one in found] == [("FraudDetectionWarningUnanswered", Effect.REMOVED)]


def test_a_channel_is_told_once_and_not_at_every_alert() -> None:
    platform = edited(PLATFORM, ("prices:", "  sms: {target: phones, secret: gateway}\nprices:"))
    found = changes({**platform, **config(("    - slack", "    - slack\n    - sms"))}, platform)
    assert [one.text for one in found] == ["channels [slack] → [slack, sms]"]


def test_new_and_removed_projects() -> None:
    names = ("mlops_config.yaml", "data_contract.yaml", "model.py", "data/transactions.csv.dvc")
    other: Changes = {f"projects/other/{name}": FILES[f"{PROJECT}/{name}"] for name in names}
    grown = plan(other)
    assert [(one.project, one.changes) for one in grown.projects if one.changes] == [
        ("other", (Change("project", "new project", Effect.ADDED),))
    ]
    assert grown.objects.create == sum(rendered(f"fraud-detection/{name}/") for name in BOTH)
    shrunk = plan({}, other)
    assert [one.changes for one in shrunk.projects if one.changes] == [
        (Change("project", "project removed", Effect.REMOVED),)
    ]
    assert shrunk.objects == ObjectCounts(prune=grown.objects.create)


def test_a_new_environment() -> None:
    after = edited(
        PLATFORM, ("  production:\n", "  canary:\n    cluster: cloud\n    namespace: ml-canary\n  production:\n")
    )
    found = plan(after)
    assert Change("environment", "canary is new", Effect.ADDED, "", ("canary",)) in found.projects[1].changes
    assert [one.project for one in found.projects] == ["platform", "fraud-detection"]
    assert found.objects.create == rendered("fraud-detection/production/") + rendered("_platform/production/")
    gone = plan({}, after)
    assert Change("environment", "canary is gone", Effect.REMOVED, "", ("canary",)) in gone.projects[1].changes


@pytest.mark.parametrize(
    "after",
    [
        {},
        config(("pipeline:", "# why: the fraud team asked for it\npipeline:   # the stages")),
        config(("recall: 0.85", "recall: 0.850")),
        config(
            (
                "  thresholds:\n    recall: 0.85\n    f1_score: 0.92",
                "  thresholds:\n    f1_score: 0.92\n    recall: 8.5e-1",
            )
        ),
        {f"{PROJECT}/README.md": "words\n"},
    ],
)
def test_what_means_the_same_is_no_change(after: Changes) -> None:
    found = plan(after)
    assert found.empty
    assert found.objects == ObjectCounts()


def test_only_the_compiler_changed() -> None:
    now = compiled()
    committed = dict(now.files)
    path = "rendered/fraud-detection/staging/serving/service.yaml"
    committed[path] = committed[path].replace(b"port: 80\n", b"port: 81\n")
    found = compare(now, now, ("main", "branch"), committed)
    assert [one.only_compiler for one in found.projects] == [True]
    assert found.objects == ObjectCounts(change=1)
    assert not found.empty


def test_a_damaged_committed_file_stops_no_plan() -> None:
    now = compiled()
    committed = {**now.files, "rendered/fraud-detection/staging/serving/service.yaml": b"{"}
    assert compare(now, now, ("main", "branch"), committed).projects[0].only_compiler


def test_an_object_that_changes_without_words_is_named() -> None:
    before, after = compiled(), compiled()
    path = "rendered/fraud-detection/staging/serving/service.yaml"
    after.files[path] = after.files[path].replace(b"port: 80\n", b"port: 81\n")
    found = compare(before, after, ("main", "branch"))
    assert found.projects[0].changes == (
        Change("objects", "Service/fraud-detection-serving", Effect.CHANGED, "", ("staging",)),
    )


def test_new_warnings_are_told_and_old_ones_are_not() -> None:
    weak = config(("    recall: 0.85\n    f1_score: 0.92", "    precision: 0.9\n    recall: 0.85\n    f1_score: 0.85"))
    assert [one.code for one in plan(weak).new_findings] == ["MG214"]
    lower = {CONFIG: f"# a line above\n{weak[CONFIG]!s}"}
    assert plan(lower, weak).new_findings == ()
    assert [one.code for one in plan({}, weak).fixed_findings] == ["MG214"]


def test_workers_count_as_often_as_they_are() -> None:
    keras = "  framework: keras\n  accelerator: {count: 2}\n"
    found = changes(added(f"training:\n{keras}  workers: 4\n"), added(f"training:\n{keras}"))
    text = "nvidia.com/gpu 2 → 8 (4 workers)"
    assert Change("training", text, Effect.CHANGED, "+6 devices (+19.20 an hour while it runs)", CLOUD) in found


def test_devices_that_serve_cost_always() -> None:
    found = changes(added("serving:\n  replicas: 3\n  accelerator: {resource: nvidia.com/gpu, count: 1}\n"))
    note = "+3 devices (+9.60 an hour always)"
    assert Change("serving", "nvidia.com/gpu 0 → 3 (3 replicas)", Effect.CHANGED, note, CLOUD) in found


def test_another_version_of_the_data_is_named() -> None:
    found = changes(edited(f"{PROJECT}/data/transactions.csv.dvc", ("md5: 0123", "md5: 9999")))
    assert found[0] == Change("data", "version md5:0123456789 → md5:9999456789", Effect.CHANGED)


def moved(extra: Changes | None = None) -> Changes:
    """The project under another name."""
    gone: Changes = {path: None for path in FILES if path.startswith(PROJECT)}
    new: Changes = {path.replace(PROJECT, "projects/card-fraud"): text for path, text in FILES.items()
                    if path.startswith(PROJECT)}  # fmt: skip
    return {**gone, **new, **(extra or {})}


def test_a_renamed_project_is_known_as_such() -> None:
    found = [one for one in plan(moved()).projects if one.project != "platform"]
    assert [(one.project, one.former) for one in found] == [("card-fraud", "fraud-detection")]
    assert found[0].changes[0].text == "renamed from fraud-detection"
    assert not [change for change in found[0].changes if change.area == "gate"]


def test_a_renamed_projects_edits_are_told_too() -> None:
    loose = FILES[CONFIG].replace("recall: 0.85", "recall: 0.8")
    found = [one for one in plan(moved({"projects/card-fraud/mlops_config.yaml": loose})).projects if one.former]
    assert Change("gate", "recall 0.85 → 0.8", Effect.WEAKER, "", BOTH) in found[0].changes


def test_another_project_is_no_renamed_one() -> None:
    other = moved({
        "projects/card-fraud/model.py": "def train(): return 1\n",
        "projects/card-fraud/data/transactions.csv.dvc":
            "outs:\n- md5: ffff456789abcdef0123456789abcdef\n  path: transactions.csv\n",
    })  # fmt: skip
    names = {one.project: one.changes[0].text for one in plan(other).projects if one.project != "platform"}
    assert names == {"fraud-detection": "project removed", "card-fraud": "new project"}


def test_a_base_that_does_not_compile_is_compared_with_nothing_and_its_findings_are_fixed() -> None:
    broken = compiled(config(("recall: 0.85", "recal: 0.85")))
    found = compare(broken, compiled(), ("main", "branch"))
    (project,) = found.projects
    assert "its base does not compile" in project.changes[0].note
    assert [(one.code, one.severity) for one in found.fixed_findings] == [("MG210", "error")]
    assert found.new_findings == ()


WORDS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: words}\ndata: {a: one}\n"
OWN = f"{PROJECT}/manifests/words.yaml"
MORE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ({}, {OWN: WORDS}, Effect.ADDED),
        ({OWN: WORDS}, {OWN: WORDS.replace("one", "two")}, Effect.CHANGED),
        ({OWN: WORDS}, {}, Effect.REMOVED),
    ],
)
def test_a_manifest_of_its_own_is_named_whatever_else_changes(before: Changes, after: Changes, effect: Effect) -> None:
    expected = Change("manifests", "ConfigMap/words", effect, "", CLOUD)
    assert changes(after, before) == [expected]
    beside = config(("recall: 0.85", "recall: 0.88"))
    assert [one for one in changes(after | beside, before) if one.area in ("manifests", "objects")] == [expected]


def test_a_manifest_that_is_moved_to_another_file_is_the_same_object() -> None:
    assert changes({f"{PROJECT}/manifests/other.yaml": WORDS}, {OWN: WORDS}) == []


def test_a_manifest_under_another_name_is_gone_and_new() -> None:
    assert [(one.text, one.effect) for one in changes({OWN: MORE}, {OWN: WORDS})] == [
        ("ConfigMap/words", Effect.REMOVED),
        ("ConfigMap/more", Effect.ADDED),
    ]
