"""How a Job comes to its end, tick by tick."""

from mlops_gitops.adapters.local.job_progress import Attempt, JobProgress, WantJob, decide_job

WANT = WantJob("r1", 1, backoff_limit=1, deadline_s=100.0)
STARTED = JobProgress("r1", started=10.0)


def test_a_new_job_starts_once() -> None:
    decision = decide_job(WANT, JobProgress(), (), now=10.0)
    assert (decision.start, decision.progress) == (True, STARTED)
    assert decision.status["active"] == 1
    assert not decide_job(WANT, STARTED, (Attempt("a", "r1"),), now=11.0).start


def test_success_ends_it_for_good() -> None:
    done = decide_job(WANT, STARTED, (Attempt("a", "r1", 0),), now=20.0)
    assert (done.stop, done.progress.ended) == (("a",), "Complete")
    assert done.status["succeeded"] == 1
    later = decide_job(WANT, done.progress, (), now=10_000.0)
    assert not later.start
    assert later.status["completionTime"] == 20.0


def test_failures_are_counted_with_a_pause_between_tries() -> None:
    first = decide_job(WANT, STARTED, (Attempt("a", "r1", 3, "boom"),), now=20.0)
    assert (first.start, first.stop, first.progress.failed_tries) == (False, ("a",), 1)
    assert not decide_job(WANT, first.progress, (), now=20.5).start
    assert decide_job(WANT, first.progress, (), now=21.0).start
    second = decide_job(WANT, first.progress, (Attempt("b", "r1", -1, "boom"),), now=22.0)
    assert second.progress.ended == "Failed"
    assert second.status["conditions"][0]["message"] == "killed by a signal in try 2 of 2\nboom"


def test_the_deadline_ends_a_running_job() -> None:
    decision = decide_job(WANT, STARTED, (Attempt("a", "r1", None, "step 7"),), now=110.5)
    assert (decision.progress.ended, decision.stop) == ("Failed", ("a",))
    assert decision.progress.why == "not through within 100 s (activeDeadlineSeconds)\nstep 7"


def test_an_attempt_that_vanished_with_the_supervisor_does_not_count() -> None:
    decision = decide_job(WANT, STARTED, (), now=50.0)
    assert (decision.start, decision.progress.failed_tries, decision.progress.started) == (True, 0, 10.0)


def test_another_template_runs_anew_and_stops_the_former() -> None:
    done = JobProgress("r0", started=1.0, ended="Complete", ended_at=2.0)
    decision = decide_job(WANT, done, (Attempt("old", "r0"),), now=50.0)
    assert (decision.start, decision.stop, decision.progress) == (True, ("old",), JobProgress("r1", started=50.0))


def test_a_suspended_job_stops_and_waits() -> None:
    suspended = WantJob("r1", 2, 1, None, suspended=True)
    assert decide_job(suspended, STARTED, (Attempt("a", "r1"),), now=11.0).stop == ("a",)
    assert not decide_job(suspended, STARTED, (), now=12.0).start
