"""feature_engineering: cleaning, the split, and the choice of features by what they tell of the label."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlops_gitops.pipeline.gates import at_least
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("train", "validation", "test")


def _run(given: StageInput) -> Measurement:
    import pandas as pd

    from mlops_gitops.stages import source_data, splitting

    project, contract = given.project, given.project.contract
    if "clean" in given.inputs:  # data_preprocessing made it
        rows, dropped = pd.read_parquet(given.inputs["clean"]), dict[str, int]()
    else:
        table = source_data.load(given.folder, project.spec.data.entrypoint, contract)
        rows, dropped = splitting.clean(table, contract)
    training = project.spec.training
    split = splitting.parts(_typed(rows, project), contract, training.seed, training.split)
    chosen = _choose(given, split[0])
    columns = [*chosen["kept"], *(one.name for one in contract.columns if one.role not in ("feature", "unused"))]
    for name, part in zip(PARTS, split, strict=True):
        part[columns].to_parquet(given.out / f"{name}.parquet", index=False)
    counts = {f"{name}_rows": float(len(part)) for name, part in zip(PARTS, split, strict=True)}
    (given.out / "features.json").write_text(json.dumps(chosen, indent=1), encoding="utf-8")
    return Measurement(
        metrics={
            "features_kept": float(len(chosen["kept"])),
            "features": float(len(contract.features())),
            "weakest_kept_importance": min((chosen["importance"][name] for name in chosen["kept"]), default=0.0),
            "selection_stability": chosen["stability"],
            "rows_dropped": float(sum(dropped.values())),
            **counts,
        },
        outputs={**{name: f"{name}.parquet" for name in PARTS}, "features": "features.json"},
        details={"selected": not given.implicit, "dropped_rows": dropped, **chosen},
    )


def _typed(rows: pd.DataFrame, project: Project) -> pd.DataFrame:
    """Feature columns in the very types that the served model will see."""
    from mlops_gitops.stages.model_features import manifest_features
    from mlops_gitops.stages.package_columns import cast_columns

    contract = project.contract
    typed = cast_columns(rows, manifest_features(contract, [one.name for one in contract.features()]))
    return rows.assign(**{name: typed[name].to_numpy() if typed[name].dtype.kind in "if" else typed[name]
                          for name in typed.columns})  # fmt: skip


def _choose(given: StageInput, train: pd.DataFrame) -> dict[str, Any]:
    """Kept and dropped features with their importance, and how far two halves of the training part agree."""
    from mlops_gitops.stages.importance import importances
    from mlops_gitops.stages.splitting import positives

    contract, options = given.project.contract, given.project.spec.pipeline.stage_options
    names = [column.name for column in contract.features()]
    labels, half = positives(train[contract.label], contract), len(train) // 2
    limit = options.feature_engineering.min_importance

    def kept_of(importance: dict[str, float]) -> list[str]:
        return [name for name in names if importance[name] > limit or given.implicit]

    importance = importances(train, names, labels)
    first = set(kept_of(importances(train[:half], names, labels[:half])))
    second = set(kept_of(importances(train[half:], names, labels[half:])))
    kept = kept_of(importance)
    return {
        "kept": kept,
        "dropped": [name for name in names if name not in kept],
        "importance": importance,
        "stability": len(first & second) / max(1, len(first | second)),
    }


def _gates(project: Project, measured: Measurement) -> Gates:
    if not measured.details["selected"]:
        return ()
    limit = project.spec.pipeline.stage_options.feature_engineering.min_importance
    weakest = at_least("weakest_kept_importance", measured.metrics["weakest_kept_importance"], limit)
    return (weakest, at_least("features_kept", measured.metrics["features_kept"], 1))


def _summary(project: Project, measured: Measurement) -> str:
    numbers = measured.metrics
    dropped = measured.details["dropped"]
    without = f" (without {', '.join(dropped)})" if 0 < len(dropped) <= 3 else ""
    rows = " / ".join(f"{numbers[f'{name}_rows']:,.0f}" for name in PARTS)
    return f"{numbers['features_kept']:g} of {numbers['features']:g} features kept{without}   rows {rows}"


def _parameters(project: Project) -> Plain:
    return {
        "entrypoint": project.spec.data.entrypoint,
        "contract": project.contract.model_dump(mode="json"),
        "seed": project.spec.training.seed,
        "split": project.spec.training.split.model_dump(mode="json"),
        "min_importance": project.spec.pipeline.stage_options.feature_engineering.min_importance,
    }


STAGE = Stage(
    name=StageName.FEATURE_ENGINEERING,
    inputs=(),
    outputs=(*PARTS, "features"),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
    by_default=True,
    reads_source=True,
    uses=("clean",),
)
