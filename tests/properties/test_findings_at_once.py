"""A mistake in one value hides no finding about another, and is the cause of none.

Whatever a broken value was meant to be, it may have been what stood there before: so what rules find beside it, they
must have found before it was broken too.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import yaml
from hypothesis import assume, event, given
from hypothesis import strategies as st

from mlops_gitops.compiler.driver import Compilation
from mlops_gitops.spec.stages import StageName
from tests import any_spec
from tests.any_spec import Change
from tests.factory import CONFIG, PLATFORM
from tests.properties.profile import examples
from tests.properties.repository import OVERLAY, TEXTS, compiled, written

# The usual project, with findings about many a key of it.
BASE: dict[str, Any] = any_spec.changed(
    yaml.safe_load(TEXTS[CONFIG]),
    [
        (("testing", "thresholds", "accuracy"), 95),
        (("testing", "categories"), ["model_test", "inference_test", "fairness_test"]),
        (("testing", "sensitive_attributes"), ["nobody"]),
        (("pipeline", "timeout"), "1h"),
        (("pipeline", "triggers", "performance_regression"), True),
        (("pipeline", "stage_options", "model_testing", "timeout"), "2h"),
        (("pipeline", "stage_options", "model_packaging", "timeout"), "5m"),
        (("monitoring", "metrics"), ["recall", "recal"]),
        (("alerting", "channels"), ["slack", "email"]),
        (("serving", "autoscaling", "max_replicas"), 1),
        (("serving", "replicas"), 2),
        (("training", "framework"), "keras"),
    ],
)
CHANGES = st.one_of(st.just([]), any_spec.changes("mlops_config", 3))


def of_rules(compilation: Compilation) -> Counter[tuple[str, str]]:
    """What is found by anything but the reader."""
    found = compilation.findings.diagnostics
    return Counter((one.code, one.message) for one in found if not one.code.startswith("MG1"))


def check(path: str, sound: Any, broken: Any) -> None:
    before, after = compiled({path: written(sound)}), compiled({path: written(broken)})
    assume(not any(one.code.startswith("MG1") for one in before.findings.diagnostics))
    # Where any key may stand, another name or value may be a sound one.
    assume(any(one.code.startswith("MG1") for one in after.findings.diagnostics))
    event(f"{len(of_rules(after))} of {len(of_rules(before))}")
    assert not of_rules(after) - of_rules(before)
    assert not after.files
    assert not after.projects


def broken(data: st.DataObject, sound: Any) -> Any:
    """The same with one value or item that nothing can mean, or with one key that nothing is called."""
    content = any_spec.changed(sound, [])
    holder, key = data.draw(st.sampled_from(list(_entries(content))))
    match data.draw(st.sampled_from(["value", "mapping", "key", "other key"])):
        case "value":
            holder[key] = [["?"]]
        case "mapping":
            holder[key] = {"?": [["?"]]}
        case "key":
            _rename(holder, key, "{}z")
        case _:
            _rename(holder, key, "zzz")
    return content


@examples(150)
@given(CHANGES, st.data())
def test_a_configuration(changes: list[Change], data: st.DataObject) -> None:
    sound = any_spec.changed(BASE, changes)
    check(CONFIG, sound, broken(data, sound))


LISTS: dict[tuple[str, str], st.SearchStrategy[list[Any]]] = {
    ("pipeline", "stages"): st.lists(st.sampled_from([stage.value for stage in StageName]), min_size=1, max_size=6),
    ("testing", "categories"): st.lists(
        st.sampled_from(["model_test", "inference_test", "fairness_test"]), min_size=1, max_size=4
    ),
    ("alerting", "channels"): st.lists(st.sampled_from(["slack", "email", "sms"]), min_size=1, max_size=3),
    ("serving.canary", "steps"): st.lists(st.integers(1, 99), min_size=1, max_size=4),
    ("monitoring", "metrics"): st.lists(st.sampled_from(["recall", "sensitivity", "roc_auc", "x"]), min_size=1),
}


@examples(150)
@given(st.sampled_from(list(LISTS)), st.data())
def test_an_item_of_a_list(place: tuple[str, str], data: st.DataObject) -> None:
    section, key = place
    path = (*section.split("."), key)
    items = data.draw(LISTS[place])
    index = data.draw(st.integers(0, len(items) - 1))
    worse = [*items[:index], data.draw(st.sampled_from([f"{items[index]}z", "zzz", ["?"], None])), *items[index + 1 :]]
    check(CONFIG, any_spec.changed(BASE, [(path, items)]), any_spec.changed(BASE, [(path, worse)]))


RULED = f"""\
{TEXTS[PLATFORM]}policy:
  forbid:
    - {{path: serving.replicas, values: [2], reason: none is spare}}
    - {{path: pipeline.timeout, reason: runs end by themselves}}
  required_tests: {{limited: [data_test]}}
  waivers:
    - {{project: fraud-detection, code: MG214, owner: "@a", reason: it is known, until: 2099-01-01}}
nodes:
  nvidia.com/gpu: {{node_selector: {{gpu: "yes"}}}}
"""


@examples(50)
@given(st.data())
def test_a_platform(data: st.DataObject) -> None:
    sound = yaml.safe_load(RULED.replace("2099-01-01", '"2099-01-01"'))
    worse = broken(data, sound)
    # Nobody can tell that an environment has another name than it was to have.
    named = worse.get("environments")
    assume(not isinstance(named, dict) or named.keys() in (sound["environments"].keys(), {"?"}))
    config = written(BASE)
    before, after = (compiled({CONFIG: config, PLATFORM: written(one)}) for one in (sound, worse))
    assume(any(one.code.startswith("MG1") and one.place.file == PLATFORM for one in after.findings.diagnostics))
    assert not any(one.code.startswith("MG1") for one in before.findings.diagnostics)
    event(f"{len(of_rules(after))} of {len(of_rules(before))}")
    assert not of_rules(after) - of_rules(before)
    assert not after.files
    assert not after.projects


@examples(80)
@given(any_spec.changes("environment", 4), st.data())
def test_an_overlay(changes: list[Change], data: st.DataObject) -> None:
    sound = any_spec.changed(yaml.safe_load(TEXTS[OVERLAY]), changes)
    check(OVERLAY, sound, broken(data, sound))


def _rename(holder: Any, key: Any, name: str) -> None:
    if isinstance(holder, list):
        holder[key] = name.format(holder[key])
    else:
        holder[name.format(key)] = holder.pop(key)


def _entries(data: Any) -> Any:
    """Every entry of a mapping or a list."""
    if isinstance(data, dict | list):
        for key in list(data) if isinstance(data, dict) else range(len(data)):
            yield data, key
            yield from _entries(data[key])
