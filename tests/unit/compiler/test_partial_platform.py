"""What can be read of a platform's file with mistakes in it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from mlops_gitops.compiler.opened import open_tree
from mlops_gitops.compiler.partial_platform import partial_platform
from mlops_gitops.compiler.unknowns import UnknownError
from tests import any_spec, factory

SOUND: dict[str, Any] = yaml.safe_load(factory.FILES[factory.PLATFORM])
WAIVER = {"project": "fraud-detection", "code": "MG214", "owner": "@a", "reason": "known", "until": "2099-01-01"}


def changed(*changes: any_spec.Change) -> dict[str, Any]:
    return any_spec.changed(SOUND, list(changes))


@pytest.mark.parametrize(
    "change",
    [
        (("clusters", "cloud", "kind"), "moon"),
        (("clusters",), []),
        (("environments", "staging"), 3),
        (("environments", "production", "cluster"), "clout"),
    ],
)
def test_where_environments_run_is_known_of_all_or_none(change: any_spec.Change) -> None:
    platform = partial_platform(changed(change), contradicts=False)
    assert platform
    assert tuple(platform.environments) == ("staging", "production")
    assert platform.registry == SOUND["registry"]
    for name in platform.environments:
        with pytest.raises(UnknownError):
            _ = platform.environments[name].cluster
    with pytest.raises(UnknownError):
        _ = platform.clusters


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {**SOUND, "environments": {}},
        {**SOUND, "environments": {**SOUND["environments"], "No Name": {"cluster": "cloud"}}},
        changed((("defaults",), 3)),
        changed((("defualts",), {})),
    ],
)
def test_without_environments_and_defaults_there_is_nothing_to_ask_rules_about(data: Any) -> None:
    assert partial_platform(data, contradicts=False) is None


def test_who_is_excused_is_known_while_the_waivers_can_be_read() -> None:
    broken: any_spec.Change = (("registry",), 3)
    for waiver, known in ((WAIVER, True), ({**WAIVER, "until": "soon"}, False)):
        content = yaml.safe_dump(changed(broken, (("policy", "waivers"), [waiver])))
        opened = open_tree(factory.tree({factory.PLATFORM: content}))
        assert opened.may_excuse
        assert opened.as_of == factory.DAY
        assert (opened.excuses is not None) is known
