"""Every file below ``tests/health/<state>/`` is judged to be in that state, for the reason of its first line."""

from pathlib import Path

import pytest
import yaml

from mlops_gitops.reconciler.health import assess
from mlops_gitops.records.health import HealthState

FIXTURES = Path(__file__).parents[2] / "health"
FILES = sorted(FIXTURES.glob("*/*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(FIXTURES)) for path in FILES])
def test_fixture(path: Path) -> None:
    text = path.read_text()
    health = assess(yaml.safe_load(text))
    assert health.state is HealthState[path.parent.name.upper()]
    assert f"# why: {health.why}".strip() == text.splitlines()[0].strip()


def test_each_state_that_an_object_can_be_in_has_fixtures() -> None:
    states = {path.parent.name for path in FILES}
    assert states == {state.name.lower() for state in HealthState} - {"not_found"}
