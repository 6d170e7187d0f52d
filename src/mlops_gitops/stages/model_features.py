"""The features of a model as its package's manifest declares them, from the data contract."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_gitops.spec.contract import DataContract
from mlops_gitops.stages.package_manifest import Feature


def manifest_features(contract: DataContract, names: Sequence[str]) -> tuple[Feature, ...]:
    """The columns of these names, in this order; raises ``KeyError`` for a name that the contract lacks."""
    columns = {column.name: column for column in contract.columns}
    return tuple(Feature(**{key: getattr(columns[name], key) for key in Feature.model_fields}) for name in names)
