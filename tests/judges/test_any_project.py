"""Configurations that nobody thought of: whatever compiles, a real API server and Prometheus take it.

Random keys with random values over the sample project; most of what the schema allows compiles, and what a rule
refuses is passed over.  The same examples every time, so that a failure is one for everybody.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings

from tests.any_spec import Change, changed, changes
from tests.cluster.controlplane.server import ApiServer
from tests.judges import judges
from tests.judges.cluster import complaints, define_kinds, make_namespaces, make_what_pods_name
from tests.judges.documents import classified, compiled, sources

pytestmark = pytest.mark.slow
SOURCES = sources("kubernetes")
CONFIG = "projects/churn-scores/mlops_config.yaml"
BASE = yaml.safe_load(SOURCES[CONFIG])
EXAMPLES = 40


@given(written=changes("mlops_config"))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_whatever_compiles_is_taken(api_server: ApiServer, tmp_path: Path, written: list[Change]) -> None:
    done = compiled({**SOURCES, CONFIG: json.dumps(changed(BASE, written))})
    assume(not done.findings.errors)
    found = [one for path, content in done.files.items() for one in classified("any", path, content.decode())]
    assert [str(one) for one in found if one.kind == "unknown"] == []
    objects = [one for one in found if one.kind == "object"]
    define_kinds(api_server, objects)
    make_namespaces(api_server, objects)
    make_what_pods_name(api_server, objects)
    told = [problem for one in objects for problem in complaints(api_server, one)]
    assert not told, "\n".join(told)
    judges.kubernetes_schemas([one.body for one in objects if "/production/" in one.path], "1.29")
    rules = [one.body["spec"] for one in objects if one.body["kind"] == "PrometheusRule"]
    for number, body in enumerate(rules):
        (tmp_path / f"{number}.yaml").write_text(yaml.safe_dump(body))
    judges.promtool_check(tmp_path / f"{number}.yaml" for number in range(len(rules)))
