"""Decisions as tables: what is made in which order, and all the fences around removal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_gitops.diagnostics import RefusedError
from mlops_gitops.reconciler.diff import differ
from mlops_gitops.reconciler.inventory import Inventory
from mlops_gitops.reconciler.steps import Action, ApplyPolicy, Condition, Steps, decide, wave_of
from mlops_gitops.records.applied import LiveResource
from mlops_gitops.records.labels import IMAGE_PLACEHOLDER
from mlops_gitops.records.resource import Resource, ResourceKey

FREE = ApplyPolicy()


def live_of(*resources: Resource) -> list[LiveResource]:
    return [LiveResource(one.key, one.digest, one.project) for one in resources]


def owning(*resources: Resource) -> Inventory:
    return Inventory().including(resources)


def actions(steps: Steps) -> dict[str, Action]:
    return {str(step.key): step.action for step in steps.all}


def test_waves_in_order_and_removal_reversed(make) -> None:
    kinds = ["Deployment", "Service", "ServiceAccount", "PersistentVolumeClaim", "ConfigMap", "Namespace", "Widget"]
    wanted = tuple(make(kind, "new") for kind in kinds)
    old = [make(kind, "old") for kind in ("ConfigMap", "Service", "Deployment")]
    steps = decide(wanted, live_of(*old), owning(*old), FREE, Condition())
    assert [[step.key.kind for step in wave] for wave in steps.waves] == [
        ["Namespace"],
        ["ConfigMap"],
        ["PersistentVolumeClaim"],
        ["ServiceAccount"],
        ["Service"],
        ["Widget", "Deployment"],
    ]
    assert [step.key.kind for step in steps.removals] == ["Deployment", "Service", "ConfigMap"]


def test_new_changed_same_gone_and_foreign(make) -> None:
    new, same, before, after = (
        make("Service", "new"),
        make("Service", "same"),
        make("Service", "x", a=1),
        make("Service", "x", a=2),
    )
    gone, foreign = make("Service", "gone"), make("Service", "foreign")
    steps = decide(
        (new, same, after), live_of(same, before, gone, foreign), owning(same, before, gone), FREE, Condition()
    )
    assert actions(steps) == {
        "Service/new": Action.CREATE,
        "Service/same": Action.LEAVE,
        "Service/x": Action.CHANGE,
        "Service/gone": Action.PRUNE,
    }
    assert len(steps.mutating) == 3


def test_annotations_change_nothing(make) -> None:
    one = make("Deployment", "web")
    noted = Resource.of({**one.body, "metadata": {**one.body["metadata"], "annotations": {"commit": "abc"}}})
    assert actions(decide((noted,), live_of(one), owning(one), FREE, Condition())) == {"Deployment/web": Action.LEAVE}


def test_owned_but_already_gone_only_leaves_the_inventory(make) -> None:
    kept, lost = make("Service", "kept"), make("Service", "lost")
    steps = decide((kept,), live_of(kept), owning(kept, lost), FREE, Condition())
    assert steps.lost == (lost.key,)
    assert not steps.mutating


def test_data_and_running_jobs_are_kept(make) -> None:
    stays, claim = make("Service", "stays"), make("PersistentVolumeClaim", "store")
    running, through = make("Job", "running"), make("Job", "through")
    everything = (stays, claim, running, through)
    steps = decide((stays,), live_of(*everything), owning(*everything), FREE, Condition(running=[running.key]))
    found = actions(steps)
    assert found["PersistentVolumeClaim/store"] is Action.KEEP
    assert found["Job/running"] is Action.KEEP
    assert found["Job/through"] is Action.PRUNE
    steps = decide((stays,), live_of(*everything), owning(*everything), ApplyPolicy(prune_data=True), Condition())
    assert actions(steps)["PersistentVolumeClaim/store"] is Action.PRUNE


def test_failed_and_doubtful_are_done_again_but_a_failed_job_is_not(make) -> None:
    web, train, config = make("Deployment", "web"), make("Job", "train"), make("ConfigMap", "config")
    everything = (web, train, config)
    condition = Condition(failed=[web.key, train.key], doubtful=[config.key])
    found = actions(decide(everything, live_of(*everything), owning(*everything), FREE, condition))
    assert found == {"ConfigMap/config": Action.CHANGE, "Deployment/web": Action.CHANGE, "Job/train": Action.LEAVE}


def test_an_empty_render_prunes_nothing(make) -> None:
    web = make("Service", "web")
    with pytest.raises(RefusedError, match="nothing is rendered, but 1 objects are live"):
        decide((), live_of(web), owning(web), ApplyPolicy(prune_confirmed=True), Condition())
    assert decide((), [], Inventory(), FREE, Condition()).all == ()


@pytest.mark.parametrize(
    ("stay", "go", "refused"),
    [(1, 5, False), (5, 6, True), (6, 6, False), (40, 20, False), (100, 21, True), (0, 6, True)],
)
def test_prune_budget_by_count_and_share(make, stay: int, go: int, refused: bool) -> None:
    staying = tuple(make("ConfigMap", f"stay{number}") for number in range(stay))
    going = tuple(make("ConfigMap", f"go{number}") for number in range(go))
    new = make("ConfigMap", "new")
    arguments = ((*staying, new), live_of(*staying, *going), owning(*staying, *going))
    if refused:
        with pytest.raises(RefusedError, match=f"{go} of {stay + go} owned objects would be removed"):
            decide(*arguments, FREE, Condition())
    steps = decide(*arguments, ApplyPolicy(prune_confirmed=refused), Condition())
    assert len(steps.removals) == go


def test_placeholder_images_are_refused_where_the_policy_says_so(make) -> None:
    one = make("Deployment", "web")
    one.body["metadata"]["annotations"] = {IMAGE_PLACEHOLDER: "true"}
    with pytest.raises(RefusedError, match="placeholder"):
        decide((one,), [], Inventory(), ApplyPolicy(allow_image_placeholders=False), Condition())
    assert actions(decide((one,), [], Inventory(), FREE, Condition())) == {"Deployment/web": Action.CREATE}


KEYS = st.builds(
    ResourceKey,
    st.just(""),
    st.sampled_from(["ConfigMap", "Service", "Deployment", "PersistentVolumeClaim", "Job"]),
    st.just("ns"),
    st.sampled_from("abcdef"),
)
SOME = st.dictionaries(KEYS, st.integers(0, 1), max_size=12)


@given(desired=SOME, live=SOME, owned=st.frozensets(KEYS))
def test_removals_are_only_of_what_is_owned_live_and_undesired(desired, live, owned) -> None:
    def resource(key: ResourceKey, value: int) -> Resource:
        return Resource(key, {"metadata": {"name": key.name}, "spec": value})

    wanted = tuple(resource(key, value) for key, value in desired.items())
    there = live_of(*(resource(key, value) for key, value in live.items()))
    inventory = Inventory(dict.fromkeys(owned, "fraud"))
    try:
        steps = decide(wanted, there, inventory, ApplyPolicy(prune_confirmed=True), Condition())
    except RefusedError:
        assert not desired
        return
    removed = {step.key for step in steps.removals}
    assert removed == (owned & live.keys()) - desired.keys()
    applied = [step.key for wave in steps.waves for step in wave]
    assert sorted(applied) == sorted(desired)
    assert applied == sorted(applied, key=lambda key: (wave_of(key), key))
    assert differ(wanted, there, owned).drift == len(steps.mutating) + sum(
        step.action is Action.KEEP for step in steps.removals
    )


def test_a_route_changes_after_what_it_leads_to(make) -> None:
    desired = (make("VirtualService", "x"), make("InferenceService", "x"), make("ServingRuntime", "x"))
    steps = decide(desired, (), Inventory(), FREE, Condition())
    assert [step.key.kind for step in steps.all] == ["ServingRuntime", "InferenceService", "VirtualService"]
