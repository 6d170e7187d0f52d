"""The roll-out's decisions, tick by tick, as tables; and a simulation in which every order of events ends well."""

from hypothesis import given
from hypothesis import strategies as st

from mlops_gitops.adapters.local.rollout import DRAIN_S, PodView, Progress, Want, decide_rollout

WANT = Want(revision="new", generation=2, replicas=2, deadline_s=60)
RUNNING = Progress("new", 2, since=100.0)
COMPLETE = Progress("new", 2, since=100.0, ready_since=110.0)


def pods(*described: str) -> list[PodView]:
    """`new+` is a ready pod of the revision `new`, `old-` an unready one, `new!` one that keeps crashing."""
    return [
        PodView(f"{text[:-1]}-{number}", text[:-1], text[-1] == "+", text[-1] == "!", "the log")
        for number, text in enumerate(described)
    ]


def test_new_pods_start_beside_the_old_ones_which_serve_on() -> None:
    decision = decide_rollout(WANT, Progress("old", 1, 1.0, 2.0), pods("old+", "old+"), now=100.0)
    assert (decision.start, decision.stop, decision.serve) == (2, (), ("old-0", "old-1"))
    assert decision.progress == RUNNING


def test_the_service_moves_only_once_all_new_pods_are_ready() -> None:
    half = decide_rollout(WANT, RUNNING, pods("old+", "new+", "new-"), now=105.0)
    assert (half.start, half.stop, half.serve) == (0, (), ("old-0",))
    all_ready = decide_rollout(WANT, RUNNING, pods("old+", "new+", "new+"), now=106.0)
    assert all_ready.serve == ("new-1", "new-2")
    assert all_ready.stop == ()
    drained = decide_rollout(WANT, all_ready.progress, pods("old+", "new+", "new+"), now=106.0 + DRAIN_S)
    assert drained.stop == ("old-0",)


def test_first_roll_out_serves_each_pod_as_it_gets_ready() -> None:
    assert decide_rollout(WANT, RUNNING, pods("new+", "new-"), now=101.0).serve == ("new-0",)


def test_the_deadline_stops_the_new_and_keeps_the_old() -> None:
    decision = decide_rollout(WANT, RUNNING, pods("old+", "new-", "new+"), now=160.1)
    assert (decision.start, decision.stop, decision.serve) == (0, ("new-1", "new-2"), ("old-0",))
    condition = decision.status["conditions"][0]
    assert condition["reason"] == "ProgressDeadlineExceeded"
    assert condition["message"] == "not ready within 60 s; 1 old pods serve on\nthe log"


def test_crashing_fails_before_the_deadline() -> None:
    decision = decide_rollout(WANT, RUNNING, pods("old+", "new!"), now=101.0)
    assert decision.progress.failed == "the new pod keeps crashing\nthe log"


def test_a_failed_roll_out_stays_failed_until_applied_again() -> None:
    failed = Progress("new", 2, 100.0, failed="why")
    assert decide_rollout(WANT, failed, pods("old+"), now=500.0).start == 0
    again = decide_rollout(Want("new", 3, 2, 60), failed, pods("old+"), now=500.0)
    assert (again.start, again.progress) == (2, Progress("new", 3, 500.0))


def test_applied_again_without_a_change_starts_nothing() -> None:
    decision = decide_rollout(Want("new", 3, 2, 60), COMPLETE, pods("new+", "new+"), now=500.0)
    assert (decision.start, decision.stop) == (0, ())
    assert decision.status["observedGeneration"] == 3
    assert decision.progress.since == 100.0


def test_a_crash_after_completion_is_no_failed_roll_out() -> None:
    decision = decide_rollout(WANT, COMPLETE, pods("new+", "new!"), now=9999.0)
    assert not decision.progress.failed
    assert decision.serve == ("new-0",)


def test_scaling_down_stops_unready_pods_first_and_to_nothing_at_once() -> None:
    one = Want("new", 2, 1, 60)
    assert decide_rollout(one, COMPLETE, pods("new+", "new-"), now=111.0).stop == ("new-1",)
    nothing = decide_rollout(Want("new", 2, 0, 60), Progress(), pods("old+", "new+"), now=111.0)
    assert set(nothing.stop) == {"old-0", "new-1"}


def test_recreate_stops_the_old_before_it_starts_the_new() -> None:
    recreate = Want("new", 2, 1, 60, surge=False)
    first = decide_rollout(recreate, Progress("old", 1, 1.0, 2.0), pods("old+"), now=100.0)
    assert (first.start, first.stop) == (0, ("old-0",))
    assert decide_rollout(recreate, first.progress, [], now=101.0).start == 1


@given(
    replicas=st.integers(1, 3),
    events=st.lists(st.sampled_from(["ready", "unready", "nothing", "change"]), max_size=25),
)
def test_whatever_happens_there_is_always_a_serving_pod_and_the_end_is_right(replicas: int, events: list[str]) -> None:
    now, revision, generation, number = 100.0, "r0", 1, 0
    live = {f"p{index}": PodView(f"p{index}", "r0", True) for index in range(replicas)}
    progress = Progress("r0", 1, 50.0, 60.0)
    number = replicas
    for event in [*events, *["ready"] * 4]:
        now += 1.0
        if event == "change":
            revision, generation = f"r{generation}", generation + 1
        for name, pod in live.items():
            if event in ("ready", "unready") and pod.revision == revision:
                live[name] = PodView(name, revision, event == "ready" or pod.ready)
        decision = decide_rollout(Want(revision, generation, replicas, 1e6), progress, list(live.values()), now)
        progress = decision.progress
        assert decision.serve
        assert not set(decision.serve) & set(decision.stop)
        live = {name: pod for name, pod in live.items() if name not in decision.stop}
        for _ in range(decision.start):
            live[f"p{number}"] = PodView(f"p{number}", revision, False)
            number += 1
    assert [pod.revision for pod in live.values()] == [revision] * replicas
    assert all(pod.ready for pod in live.values())
