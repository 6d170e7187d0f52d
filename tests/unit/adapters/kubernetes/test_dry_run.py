"""What a real API server answers to a dry run, and that it keeps nothing of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlops_gitops.adapters.kubernetes.dry_run import KubernetesDryRun
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.dry_run import Outcome
from mlops_gitops.records.labels import MANAGED_BY, MANAGER
from mlops_gitops.records.resource import Resource
from mlops_gitops.usecases.plan_live import ask
from tests.cluster.controlplane.server import TOKEN, ApiServer

pytestmark = pytest.mark.slow
NAMESPACE = "dry-run"


def config_map(name: str, value: str = "1", namespace: str = NAMESPACE, **more: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"key": value}, **more}


def scope(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def kubeconfig(path: Path, url: str, certificate: Path) -> None:
    cluster = {"server": url, "certificate-authority": str(certificate)}
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "test", "user": {"token": TOKEN}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
    }))  # fmt: skip


@pytest.fixture
def cluster(api_server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KubernetesDryRun:
    kubeconfig(tmp_path / "config", api_server.url, api_server.certificate)
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "config"))
    assert not api_server.apply(scope(NAMESPACE)).refusal
    return KubernetesDryRun("test", tmp_path / "state" / "discovery")


def tried(cluster: KubernetesDryRun, *bodies: dict[str, Any]) -> list[tuple[Outcome, str]]:
    return [(one.outcome, one.why) for one in cluster.try_apply(Resource.of(body) for body in bodies)]


def test_new_changed_and_unchanged_are_told_apart_and_nothing_is_kept(
    cluster: KubernetesDryRun, api_server: ApiServer
) -> None:
    assert not api_server.apply(config_map("same")).refusal
    assert not api_server.apply(config_map("other")).refusal
    answers = tried(cluster, config_map("same"), config_map("other", "2"), config_map("new"))
    assert [outcome for outcome, _ in answers] == [Outcome.UNCHANGED, Outcome.CHANGE, Outcome.CREATE]
    place = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
    assert api_server.request("GET", f"{place}/new").status == 404
    assert api_server.request("GET", f"{place}/other").body["data"] == {"key": "1"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (config_map("wrong", dta={}), "dta"),
        (config_map("UPPER"), "UPPER"),
        (
            {**config_map("x"), "apiVersion": "nobody.example.com/v1", "kind": "Thing"},
            "serves no nobody.example.com/v1",
        ),
    ],
)
def test_a_refusal_is_in_the_servers_words(cluster: KubernetesDryRun, body: dict[str, Any], why: str) -> None:
    ((outcome, said),) = tried(cluster, body)
    assert outcome is Outcome.REFUSED
    assert why in said


def test_a_field_of_somebody_else_is_a_conflict(cluster: KubernetesDryRun, api_server: ApiServer) -> None:
    body = config_map("shared")
    parameters = {"fieldManager": "somebody", "force": "true"}
    headers = {"Content-Type": "application/apply-patch+yaml"}
    path = api_server.path_of(body)
    assert path is not None
    api_server.request("PATCH", path, params=parameters, headers=headers, content=json.dumps(body))
    ((outcome, said),) = tried(cluster, config_map("shared", "2"))
    assert outcome is Outcome.REFUSED
    assert "somebody" in said


def test_what_stands_in_a_new_namespace_is_not_tried(cluster: KubernetesDryRun) -> None:
    answers = tried(cluster, scope("brand-new"), config_map("a", namespace="brand-new"))
    assert answers == [(Outcome.CREATE, ""), (Outcome.CREATE, "not tried: its namespace is new")]


def test_a_job_that_runs_and_left_git_is_kept(cluster: KubernetesDryRun, api_server: ApiServer) -> None:
    pod = {"restartPolicy": "Never", "containers": [{"name": "train", "image": "registry.example.com/train"}]}
    metadata = {"name": "old-train", "namespace": NAMESPACE, "labels": {MANAGED_BY: MANAGER}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": {"template": {"spec": pod}}}
    assert not api_server.apply(job).refusal
    path = f"{api_server.path_of(job)}/status"
    status = {"status": {"active": 1, "ready": 0, "startTime": "2026-01-01T00:00:00Z"}}
    headers = {"Content-Type": "application/merge-patch+json"}
    assert not api_server.request("PATCH", path, headers=headers, content=json.dumps(status)).refusal
    files = {f"rendered/x/production/{NAMESPACE}.yaml": json.dumps(config_map("wanted")).encode()}
    found = {one.object: one.outcome for one in ask(files, {"production": cluster})}
    assert found == {f"ConfigMap/wanted in {NAMESPACE}": "create", f"Job/old-train in {NAMESPACE}": "keep"}


def test_a_context_that_is_not_there_is_trouble_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))
    with pytest.raises(OutsideError, match="cannot be asked") as raised:
        KubernetesDryRun("production", tmp_path / "discovery")
    assert raised.value.where == "context production"


def test_a_server_that_does_not_answer_is_trouble_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "none.crt").write_text("")
    kubeconfig(tmp_path / "config", "http://127.0.0.1:9", tmp_path / "none.crt")
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "config"))
    with pytest.raises(OutsideError, match="cannot be asked"):
        KubernetesDryRun("test", tmp_path / "discovery")
