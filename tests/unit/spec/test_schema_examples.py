"""What the schemas offer as examples can be written: the compiler takes each, with all that a pattern cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from mlops_gitops.compiler.schemas import schemas
from mlops_gitops.records.release import Release
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.descriptions import models_below
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.project import ProjectSpec

ROOTS: dict[str, type[BaseModel]] = {
    "mlops_config.schema.json": ProjectSpec,
    "environment.schema.json": ProjectSpec,
    "data_contract.schema.json": DataContract,
    "platform.schema.json": PlatformSpec,
    "release.schema.json": Release,
}
MODELS = {name: model for root in ROOTS.values() for name, model in models_below(root).items()}
Field = tuple[type[BaseModel], str]


def fields() -> Iterator[tuple[str, Field, dict[str, Any]]]:
    for file, schema in schemas().items():
        sections = {**schema.get("$defs", {})} | ({file: schema} if file in ROOTS else {})
        for section, content in sections.items():
            model = ROOTS.get(section) or MODELS.get(section.rpartition(".")[2])
            for key, value in content.get("properties", {}).items():
                yield f"{file}: {section}.{key}", (model or BaseModel, key), value


def examples(value: Any) -> Iterator[Any]:
    """Each example of a field, also of its branches, and of its items or values as a whole list or mapping."""
    yield from value.get("examples", ())
    for branch in value.get("anyOf", ()):
        yield from examples(branch)
    if isinstance(items := value.get("items"), dict):
        yield from ([one] for one in examples(items))
    if isinstance(values := value.get("additionalProperties"), dict):
        yield from ({"cpu": one} for one in examples(values))


def refusals(field: Field, example: Any) -> list[str]:
    model, key = field
    try:
        model.model_validate({key: example})
    except ValidationError as error:
        return [detail["msg"] for detail in error.errors() if detail["loc"][:1] == (key,)]
    return []


EXAMPLES = [(where, field, example) for where, field, value in fields() for example in examples(value)]


def test_an_example_is_legal_where_it_is_offered() -> None:
    refused = {f"{where}: {one}": said for where, field, one in EXAMPLES if (said := refusals(field, one))}
    assert refused == {}
    assert {where.partition(":")[0] for where, *_ in EXAMPLES} >= ROOTS.keys() - {"release.schema.json"}


def test_every_example_is_found_and_held_against_its_model() -> None:
    assert [where for where, (model, key), _ in EXAMPLES if key not in model.model_fields] == []
    assert len(EXAMPLES) == sum(map(written, schemas().values()))


def written(value: Any) -> int:
    """How many examples stand anywhere in a schema."""
    if isinstance(value, list):
        return sum(map(written, value))
    if not isinstance(value, dict):
        return 0
    here = len(value["examples"]) if isinstance(value.get("examples"), list) else 0
    return here + sum(written(one) for key, one in value.items() if key != "examples")


def test_an_example_out_of_bounds_would_be_found() -> None:
    pipeline = MODELS["Pipeline"]
    assert refusals((pipeline, "timeout"), "500ms") == ["Value error, less than 1s; it may be 1s to 30d"]
    assert refusals((pipeline, "timeout"), "500s") == []


@pytest.mark.parametrize(
    ("file", "section", "key", "bounds"),
    [
        ("mlops_config", "Pipeline", "timeout", "1s to 30d."),
        ("mlops_config", "Serving", "rollout_timeout", "1s to 30d."),
        ("environment", "Monitoring", "interval", "1s to 7d."),
        ("environment", "EscalationPolicy", "critical", "1m to 7d."),
        ("platform", "defaults.Canary", "interval", "1s to 7d."),
    ],
)
def test_bounds_are_said_where_an_editor_shows_them(file: str, section: str, key: str, bounds: str) -> None:
    value = schemas()[f"{file}.schema.json"]["$defs"][section]["properties"][key]
    assert value["description"].endswith(bounds)
    assert not any("description" in branch for branch in value.get("anyOf", ()))
