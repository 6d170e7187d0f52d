"""The local target for real: supervisord, agent, proxy, and a tiny HTTP server as the model server."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mlops_gitops.adapters.local.layout import Layout
from mlops_gitops.adapters.local.target import LocalTarget
from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.reconciler.outcomes import Outcome
from mlops_gitops.records.health import HealthState

from .conftest import QUICK, Local, deployment, is_alive, job, resource, wait_for, web

# What these tests see of processes they read from /proc.
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc and kills by PDEATHSIG")


def health_of(local: Local, desired, name: str):
    return local.target.health(
        next(one.key for one in desired if one.key.name == name and one.key.kind in ("Deployment", "Job"))
    )


def test_apply_serve_apply_again_and_remove(local: Local) -> None:
    report = local.reconcile(web())
    assert (report.healthy, report.count(Outcome.CREATED)) == (True, 5)
    first = local.get()
    # Texts are expanded, paths and ports real, nothing listens beyond loopback, the environment is small and clean.
    assert first["mode"] == "one"
    assert first["config"] == {"limit": 100}
    assert first["env"]["LISTEN"] == f"127.0.0.1:{first['env']['PORT']}"
    assert first["env"]["MLOPS_GITOPS_ROOT"] == str(local.root)
    assert not [name for name in first["env"] if name.startswith(("SUPERVISOR", "PYTEST"))]
    assert (local.root / ".mlops-gitops/models/seen.txt").read_text() == "one\n"

    again = local.reconcile(web(), "c0ffee2")
    assert (again.count(Outcome.UNCHANGED), again.would_change) == (5, False)
    assert local.get()["pid"] == first["pid"]

    left = tuple(one for one in web() if one.key.kind in ("Namespace", "PersistentVolumeClaim"))
    gone = local.reconcile(left)
    assert {str(one.key) for one in gone.changes if one.outcome is Outcome.PRUNED} == {
        "Deployment/web",
        "Service/web",
        "ConfigMap/web",
    }
    assert not is_alive(first["pid"])
    assert local.target.endpoint("web") is None


def test_a_rolling_replace_leaves_no_gap(local: Local) -> None:
    local.reconcile(web(replicas=2))
    seen, errors, over = [], [], threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                seen.append(local.get("/slow")["mode"])
            except OSError as error:
                errors.append(error)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for one in askers:
        one.start()
    report = local.reconcile(web("two", replicas=2), "c0ffee2")
    time.sleep(0.5)
    over.set()
    for one in askers:
        one.join()
    assert report.healthy
    assert errors == []
    assert {"one", "two"} == set(seen)
    # Once a caller was served by the new version, nobody starts with the old one any more.
    assert local.get()["mode"] == "two"
    assert len(list((local.state / "pods").iterdir())) == 2


@pytest.mark.parametrize(("mode", "why"), [("unready", "/ready answers 503"), ("crash", "no model in the store")])
def test_a_failed_replace_keeps_the_old_one_and_says_why(local: Local, mode: str, why: str) -> None:
    local.reconcile(web())
    before = local.get()
    bad = tuple(deployment(mode, deadline_s=2) if one.key.kind == "Deployment" else one for one in web())
    extra = resource("ConfigMap", "left", {"data": {}})
    local.reconcile((*web(), extra))
    report = local.reconcile(bad, "bad0001")
    assert not report.healthy
    change = next(one for one in report.changes if one.key.kind == "Deployment")
    assert change.health.state is HealthState.FAILED
    assert why in change.health.why
    assert "1 old pods serve on" in change.health.why
    # What left git together with the bad change is not removed: the old pods may still need it.
    assert report.count(Outcome.SKIPPED) == 1
    assert local.get() == before
    wait_for(lambda: len(list((local.state / "pods").iterdir())) == 1)
    # Git moves back: the pod that served all along is the right one again.
    assert local.reconcile(web(), "good001").healthy
    assert local.get()["pid"] == before["pid"]


def test_a_failed_roll_out_is_tried_again_by_the_next_reconcile(local: Local) -> None:
    server = local.root / "server.py"
    good = server.read_text()
    server.write_text("raise SystemExit('broken')")
    desired = web(deadline_s=1)
    assert not local.reconcile(desired).healthy
    server.write_text(good)
    again = local.reconcile(desired)
    assert again.healthy
    assert "tried again" in next(one.why for one in again.changes if one.key.kind == "Deployment")


def test_a_killed_process_is_started_again(local: Local) -> None:
    local.reconcile(web())
    pid = local.get()["pid"]
    os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: local.get()["pid"]) != pid
    assert wait_for(lambda: health_of(local, web(), "web").state is HealthState.CURRENT)


def test_a_killed_supervisor_takes_all_with_it_and_the_next_reconcile_brings_all_back(local: Local) -> None:
    desired = (*web(), job("import time; time.sleep(1000)"))
    assert local.reconcile(desired).healthy
    url = local.target.endpoint("web")
    programs = local.target._supervision.control.programs()
    pids = [program.pid for program in programs.values()]
    assert len(pids) == 4
    os.kill(int((local.state / "supervisord.pid").read_text()), signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, pids)))

    fresh = LocalTarget(local.root, "staging")
    assert "supervisor was stopped or killed" in fresh.health(desired[-2].key).why
    report = replace(local, target=fresh).reconcile(desired)
    assert report.healthy
    assert {str(one.key) for one in report.changes if one.outcome is Outcome.CHANGED} == {
        "Service/web",
        "Deployment/web",
        "Job/train",
    }
    assert local.target.endpoint("web") == url
    assert local.get()["mode"] == "one"


def test_a_service_port_taken_meanwhile_is_changed_and_said(local: Local) -> None:
    local.reconcile(web())
    url = local.target.endpoint("web")
    local.target.stop_all()
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", int(url.rpartition(":")[2])))
        thief.listen()
        local.reconcile(web())
        wait_for(lambda: local.target.endpoint("web") != url)
        assert wait_for(lambda: local.get()["mode"]) == "one"
        service = next(one.key for one in web() if one.key.kind == "Service")
        assert "was taken" in local.target.health(service).why


def test_another_temporary_folder_finds_the_same_supervisor(local: Local, tmp_path: Path, monkeypatch) -> None:
    local.reconcile(web())
    pid = local.get()["pid"]
    other = tmp_path / "t"
    other.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/var/tmp")
    monkeypatch.setenv("TMPDIR", str(other))
    assert not replace(local, target=LocalTarget(local.root, "staging")).reconcile(web()).would_change
    assert local.get()["pid"] == pid


def test_everything_ends_when_the_state_folder_is_removed(local: Local) -> None:
    local.reconcile(web())
    run_folder = Layout(local.root, "staging").run_folder
    pids = [local.get()["pid"], int((local.state / "supervisord.pid").read_text())]
    shutil.rmtree(local.root / ".mlops-gitops")
    wait_for(lambda: not any(map(is_alive, pids)) and not run_folder.exists())


def test_a_job_runs_once_for_its_template(local: Local) -> None:
    runs = local.root / "runs.txt"
    once = job(f"open({str(runs)!r}, 'a').write('run\\n')")
    local.reconcile((once,))
    wait_for(lambda: health_of(local, (once,), "train").state is HealthState.CURRENT)
    assert not local.reconcile((once,), "c0ffee2").would_change
    local.target.apply(once, "c0ffee3")
    local.target.stop_all()
    local.reconcile((once, deployment()), "c0ffee4", replace(QUICK, wait=False))
    time.sleep(1.0)
    assert runs.read_text() == "run\n"
    other = job(f"open({str(runs)!r}, 'a').write('other\\n')")
    local.reconcile((other,))
    wait_for(lambda: runs.read_text() == "run\nother\n")


def test_a_failed_job_is_tried_as_often_as_it_says_and_tells_why(local: Local) -> None:
    tries = local.root / "tries.txt"
    failing = job(f"open({str(tries)!r}, 'a').write('x'); raise SystemExit('no data to train on')", backoffLimit=1)
    late = job("import time; time.sleep(1000)", name="late", activeDeadlineSeconds=1)
    local.reconcile((failing, late))
    for name, why in (("train", "exit status 1 in try 2 of 2"), ("late", "not through within 1 s")):
        wait_for(lambda name=name: health_of(local, (failing, late), name).state is HealthState.FAILED)
        assert why in health_of(local, (failing, late), name).why
    assert "no data to train on" in health_of(local, (failing,), "train").why
    assert tries.read_text() == "xx"
    assert not local.reconcile((failing, late)).healthy
    wait_for(lambda: not list((local.state / "pods").iterdir()))


def test_a_running_job_that_left_git_is_kept_to_its_end(local: Local) -> None:
    go = local.root / "go"
    waiting = job(f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.05)")
    stays = resource("ConfigMap", "stays", {"data": {}})
    local.reconcile((stays, waiting))
    wait_for(lambda: health_of(local, (waiting,), "train").why == "running")
    report = local.reconcile((stays,))
    assert [one.why for one in report.changes if one.outcome is Outcome.SKIPPED] == [
        "left git, but still runs: kept to its end"
    ]
    go.touch()
    wait_for(lambda: health_of(local, (waiting,), "train").state is HealthState.CURRENT)
    assert local.reconcile((stays,)).count(Outcome.PRUNED) == 1


def test_a_changed_config_map_reaches_the_running_pod_in_place(local: Local) -> None:
    local.reconcile(web())
    pid = local.get()["pid"]
    changed = tuple(
        resource("ConfigMap", "web", {"data": {"config.json": '{"limit": 50}'}}) if one.key.kind == "ConfigMap" else one
        for one in web()
    )
    assert local.reconcile(changed).count(Outcome.CHANGED) == 1
    wait_for(lambda: local.get()["config"] == {"limit": 50})
    assert local.get()["pid"] == pid


def test_scaling_keeps_the_pods_that_are_there(local: Local) -> None:
    local.reconcile(web())
    pid = local.get()["pid"]
    assert local.reconcile(web(replicas=3)).healthy
    wait_for(lambda: len({local.get()["pid"] for _ in range(6)}) == 3)
    assert local.reconcile(web(replicas=0)).healthy
    wait_for(lambda: not is_alive(pid))


def test_kinds_without_effect_say_so_and_secrets_are_refused(local: Local) -> None:
    cron = resource("CronJob", "nightly", {"spec": {"schedule": "0 3 * * *"}})
    policy = resource("NetworkPolicy", "closed", {"spec": {}})
    secret = resource("Secret", "token", {"stringData": {"a": "b"}}, project="credit")
    report = local.reconcile((cron, policy, secret))
    found = {str(one.key): one for one in report.changes}
    assert found["CronJob/nightly"].health.why == "recorded; its schedule runs on Kubernetes only"
    assert found["NetworkPolicy/closed"].health.why == "recorded; has no effect on this machine"
    assert found["Secret/token"].outcome is Outcome.FAILED
    assert "secrets are not supported" in found["Secret/token"].why
    # One project's trouble does not keep another's objects from their place, and nothing needed a supervisor.
    assert report.count(Outcome.CREATED) == 2
    assert not (local.state / "supervisord.pid").exists()


def test_a_key_of_a_secret_is_a_file_of_this_machine_and_taken_as_it_is(local: Local) -> None:
    objects = web()
    served = next(one for one in objects if one.key.kind == "Deployment")
    env = served.body["spec"]["template"]["spec"]["containers"][0]["env"]
    env.append({"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "bureau", "key": "token"}}})
    local.reconcile(objects, options=replace(QUICK, wait=False))
    place = ".mlops-gitops/local/staging/secrets/bureau/token"
    wait_for(lambda: f"waits for Secret/bureau: write its key token to {place}" in health_of(local, objects, "web").why)
    (local.root / place).parent.mkdir(parents=True)
    (local.root / place).write_text("$(PORT) /etc/web\n")
    wait_for(lambda: health_of(local, objects, "web").state is HealthState.CURRENT)
    assert local.get()["env"]["TOKEN"] == "$(PORT) /etc/web"


def test_two_reconciles_at_once(local: Local) -> None:
    other = replace(local, target=LocalTarget(local.root, "staging"), said=[])
    reports = []
    both = [threading.Thread(target=lambda one=one: reports.append(one.reconcile(web()))) for one in (local, other)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(report.count(Outcome.CREATED) for report in reports) == [0, 5]
    assert any("locked by `reconcile --environment staging`" in line for line in (*local.said, *other.said))
    with pytest.raises(RefusedError, match="staging is locked by `reconcile") as caught, _held(local):
        local.reconcile(web(), options=replace(QUICK, lock_timeout_s=0.2))
    assert str(os.getpid()) in caught.value.what


def test_damaged_state_is_told(local: Local) -> None:
    local.reconcile((resource("ConfigMap", "web", {"data": {}}),))
    path = next((local.state / "objects").iterdir())
    path.write_text(json.dumps({"body": {}}))
    with pytest.raises(Exception, match="a state file is damaged") as caught:
        tuple(LocalTarget(local.root, "staging").live())
    assert caught.value.where == str(path)


def _held(local: Local):
    from mlops_gitops.adapters.locks import FileLocks

    return FileLocks(local.root / ".mlops-gitops/locks").hold("staging", "reconcile by hand", 1, local.said.append)


def test_a_killed_agent_goes_on_where_it_was(local: Local) -> None:
    local.reconcile(web())
    served = local.get()["pid"]
    agent = local.target._supervision.control.programs()["agent"].pid
    os.kill(agent, signal.SIGKILL)
    assert local.reconcile(web("two"), "c0ffee2").healthy
    assert local.get()["mode"] == "two"
    wait_for(lambda: not is_alive(served))
