"""data_preprocessing: rows that no model could be asked about are dropped and counted; gaps and outliers are measured.

Values are never changed here: what training sees must be what the served model sees, so scaling and filling of gaps
belong to the model's own pipeline.  What is left is judged: a source with many gaps or far-out values is not good
enough to train on, whatever a pipeline could make of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlops_gitops.pipeline.gates import at_most
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.spec.stages import StageName

if TYPE_CHECKING:
    import pandas as pd

FENCE = 3.0
"""Far out: more than three times the interquartile range beyond a quartile (Tukey 1977)."""


def _run(given: StageInput) -> Measurement:
    from mlops_gitops.stages import source_data, splitting

    project, contract = given.project, given.project.contract
    table = source_data.load(given.folder, project.spec.data.entrypoint, contract)
    rows, dropped = splitting.clean(table, contract)
    rows.to_parquet(given.out / "clean.parquet", index=False)
    missing, outliers = missing_rates(rows, contract), outlier_rates(rows, contract)
    numeric = max(1, len(outliers))
    return Measurement(
        metrics={
            "rows": float(len(rows)),
            "rows_dropped": float(sum(dropped.values())),
            "missing_rate": sum(missing.values()) / max(1, len(missing)),
            "outlier_rate": sum(outliers.values()) / numeric,
        },
        outputs={"clean": "clean.parquet"},
        details={"dropped_rows": dropped, "missing": missing, "outliers": outliers},
    )


def missing_rates(rows: pd.DataFrame, contract: DataContract) -> dict[str, float]:
    """Share of missing values by feature."""
    return {column.name: float(rows[column.name].isna().mean()) for column in contract.features()}


def outlier_rates(rows: pd.DataFrame, contract: DataContract) -> dict[str, float]:
    """Share of far-out values by numeric feature; none where both quartiles are the same value."""
    import numpy as np

    found = {}
    for column in contract.features():
        if column.type in ("int", "float"):
            values = rows[column.name].to_numpy(dtype=float, na_value=np.nan)
            present = values[np.isfinite(values)]
            low, high = np.quantile(present, [0.25, 0.75]) if present.size else (0.0, 0.0)
            reach = FENCE * (high - low)
            far = (values < low - reach) | (values > high + reach)
            found[column.name] = float(np.mean(far)) if reach > 0 else 0.0
    return found


def _gates(project: Project, measured: Measurement) -> Gates:
    options = project.spec.pipeline.stage_options.data_preprocessing
    return (
        at_most("missing_rate", measured.metrics["missing_rate"], options.max_missing_rate),
        at_most("outlier_rate", measured.metrics["outlier_rate"], options.max_outlier_rate),
    )


def _summary(project: Project, measured: Measurement) -> str:
    numbers = measured.metrics
    return (
        f"{numbers['rows']:,.0f} rows kept, {numbers['rows_dropped']:,.0f} dropped   "
        f"missing {numbers['missing_rate']:.2%}   outliers {numbers['outlier_rate']:.2%}"
    )


def _parameters(project: Project) -> Plain:
    return {
        "entrypoint": project.spec.data.entrypoint,
        "contract": project.contract.model_dump(mode="json"),
    }


STAGE = Stage(
    name=StageName.DATA_PREPROCESSING,
    inputs=(),
    outputs=("clean",),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
    reads_source=True,
)
