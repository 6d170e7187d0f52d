"""The test cases of model_testing: which exist for a project, and how each is carried out.

A case only measures.  Its numbers are judged against limits by ``model_testing.gates_of_case``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from typing import TYPE_CHECKING

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.modeltests import cases as case_table
from mlops_gitops.modeltests.cases import Case
from mlops_gitops.modeltests.suite import Finding
from mlops_gitops.pipeline.stage import StageInput
from mlops_gitops.records.project import Project
from mlops_gitops.spec.contract import Column
from mlops_gitops.spec.testing import TestCategory
from mlops_gitops.stages import artifact_scan, project_tests
from mlops_gitops.stages.model_package import InputError, LoadedModel, load_package

if TYPE_CHECKING:
    import pandas as pd

    from mlops_gitops.modeltests.confusion import Bools, Floats

ATTACKED_ROWS = 300
"""The attack is tried on at most this many detected positives, evenly taken."""


def all_cases(project: Project) -> tuple[Case, ...]:
    """Every case that a project can have; fairness has one a sensitive attribute, or one that says there is none."""
    attributes = sensitive_attributes(project) or ("groups",)
    return (
        Case("artifact_scan", TestCategory.SECURITY, "the model file names nothing that could do harm when loaded"),
        Case(
            "package_round_trip",
            TestCategory.INTEGRATION,
            "the packaged model, loaded, scores as the fitted one did",
            dependencies=("artifact_scan",),
        ),
        Case(
            "bad_rows_refused",
            TestCategory.INTEGRATION,
            "rows that break the contract are refused",
            dependencies=("artifact_scan",),
        ),
        Case("test_data", TestCategory.DATA, "the test part keeps the data contract"),
        _on_model("model_quality", TestCategory.MODEL, "every threshold is met on the test part"),
        *(_on_model(f"fairness_{name}", TestCategory.FAIRNESS, f"groups by {name} fare alike") for name in attributes),
        _on_model("evasion_attack", TestCategory.SECURITY, "small changes do not hide a detected positive"),
        _on_model("noise", TestCategory.ROBUSTNESS, "noise does little harm"),
        _on_model("missing_values", TestCategory.ROBUSTNESS, "missing values do little harm"),
        _on_model("outliers", TestCategory.ROBUSTNESS, "outliers do little harm"),
        Case(
            "endpoint",
            TestCategory.INFERENCE,
            "the served model answers fast and always",
            critical=False,
        ),
        # Last, because it runs beside all others, in a process of its own.
        Case("project_tests", TestCategory.UNIT, "the project's own tests pass and cover its code"),
    )


def _on_model(name: str, category: TestCategory, description: str) -> Case:
    """A case that loads the model: the file is scanned before anything unpickles it."""
    return Case(name, category, description, dependencies=("artifact_scan",))


def chosen_cases(project: Project) -> tuple[Case, ...]:
    """The cases of the categories that the configuration names, with what they depend on."""
    limit_s = project.spec.testing.case_timeout.total_seconds()
    cases = tuple(replace(case, timeout_s=limit_s) for case in all_cases(project))
    return case_table.select(cases, categories=project.spec.testing.categories)


def sensitive_attributes(project: Project) -> tuple[str, ...]:
    """Columns whose groups are compared: the written ones, else the contract's."""
    return project.spec.testing.sensitive_attributes or project.contract.groups


class CaseRunner:
    """Carries out the cases of one run on one package; loads the model and the test part when first needed."""

    def __init__(self, given: StageInput, cases: Sequence[Case]) -> None:
        self._given = given
        if any(case.id == "project_tests" for case in cases):
            self._tests = project_tests.start(given.folder, given.out)
        self._project = given.project
        self._run_by_id: Mapping[str, Callable[[], Finding]] = {
            "project_tests": lambda: self._tests.finish(),
            "artifact_scan": lambda: artifact_scan.scan(given.inputs["package"]),
            "package_round_trip": self._round_trip,
            "bad_rows_refused": self._bad_rows,
            "test_data": self._test_data,
            "model_quality": self._quality,
            "evasion_attack": self._attack,
            "noise": lambda: self._robustness("noise_drop"),
            "missing_values": lambda: self._robustness("missing_drop"),
            "outliers": lambda: self._robustness("outlier_drop"),
            "endpoint": lambda: Finding(not_run="nothing serves before deployment; model_monitoring measures it"),
        }

    def run(self, case: Case) -> Finding:
        """Measure one case."""
        if case.id.startswith("fairness_"):
            return self._fairness(case.id.removeprefix("fairness_"))
        return self._run_by_id[case.id]()

    @cached_property
    def _model(self) -> LoadedModel:
        return load_package(self._given.inputs["package"], None)

    @cached_property
    def _test(self) -> pd.DataFrame:
        import pandas as pd

        return pd.read_parquet(self._given.inputs["test"])

    @cached_property
    def _labels(self) -> Bools:
        from mlops_gitops.stages.splitting import positives

        return positives(self._test[self._project.contract.label], self._project.contract)

    @cached_property
    def _scores(self) -> Floats:
        return self._model.score(self._test)

    @cached_property
    def _predicted(self) -> Bools:
        return self._scores >= self._model.manifest.threshold

    def _round_trip(self) -> Finding:
        import numpy as np

        before = np.load(self._given.inputs["test_scores"], allow_pickle=False)
        difference = float(np.max(np.abs(self._scores - before)))
        return Finding({"score_difference": difference}, details={"rows": len(before)})

    def _bad_rows(self) -> Finding:
        row = self._test[list(self._model.manifest.feature_names())].iloc[:1]
        accepted = []
        bad = _bad_rows(row, self._model)
        for what, columns in bad.items():
            try:
                self._model.score(columns)
            except InputError:
                continue
            accepted.append(what)
        return Finding({"bad_rows_accepted": float(len(accepted))}, details={"tried": list(bad), "accepted": accepted})

    def _test_data(self) -> Finding:
        from mlops_gitops.modeltests.data_quality import check_frame

        contract = self._project.contract
        there = tuple(column for column in contract.columns if column.name in self._test)
        report = check_frame(self._test, contract.model_copy(update={"columns": there}))
        faults = [f"{one.column}: {one.name}" for one in report.failed()]
        return Finding({"test_quality_score": report.quality_score}, details={"faults": faults, "rows": report.rows})

    def _quality(self) -> Finding:
        from mlops_gitops.modeltests.confusion import Confusion, score_metrics
        from mlops_gitops.modeltests.intervals import intervals_of
        from mlops_gitops.modeltests.slices import worst_slice

        counts = Confusion.of(self._labels, self._predicted)
        columns = [*self._model.manifest.feature_names(), *sensitive_attributes(self._project)]
        worst = worst_slice(self._test, columns, self._labels, self._predicted)
        return Finding(
            metrics=counts.metrics() | score_metrics(self._labels, self._scores),
            intervals=intervals_of(counts, self._project.spec.training.seed),
            details={"confusion": asdict(counts), "worst_slice": asdict(worst) if worst else None},
        )

    def _fairness(self, attribute: str) -> Finding:
        from mlops_gitops.modeltests.slices import group_gaps

        if not sensitive_attributes(self._project):
            protected = ", ".join(self._project.contract.names("protected")) or "none"
            return Finding(not_run=f"no sensitive attribute is named; protected columns of the contract: {protected}")
        if attribute not in self._test:
            raise UsageError(f"the test data has no column {attribute}", where="testing.sensitive_attributes")
        gaps = group_gaps(attribute, self._test[attribute].tolist(), self._labels, self._predicted)
        if gaps.compared < 2:
            return Finding(not_run=f"{attribute} has fewer than two groups of enough rows", details=asdict(gaps))
        numbers = {
            f"{attribute}_accuracy_gap": gaps.accuracy_gap,
            f"{attribute}_positive_rate_gap": gaps.positive_rate_gap,
        }
        return Finding(numbers, details=asdict(gaps))

    def _attack(self) -> Finding:
        import numpy as np

        from mlops_gitops.modeltests.intervals import wilson
        from mlops_gitops.modeltests.perturbation import ATTACK_SD, ATTACK_SHARE, attack, spreads

        detected = np.flatnonzero(self._labels & self._predicted)
        if not detected.size:
            return Finding(not_run="the model detects no positive in the test part: there is nothing to attack")
        rows = self._test.iloc[detected[:: max(1, -(-detected.size // ATTACKED_ROWS))]]
        features = self._features()
        spread, threshold = spreads(self._test, features), self._model.manifest.threshold
        flipped, flipped_wide = (
            int(np.count_nonzero(attack(rows, features, spread, self._model.score, share) < threshold))
            for share in (ATTACK_SHARE, np.inf)
        )
        column = f"every numeric feature by at most {ATTACK_SD:g} standard deviations"
        return Finding(
            {"attack_success": flipped / len(rows), "attack_success_wide": flipped_wide / len(rows)},
            {"attack_success": wilson(flipped, len(rows)), "attack_success_wide": wilson(flipped_wide, len(rows))},
            {
                "attacked": len(rows),
                "budget": f"{column} and {ATTACK_SHARE:.0%} of its own value, within the contract",
                "wide_budget": f"{column}, within the contract; shown, not judged",
            },
        )

    def _robustness(self, name: str) -> Finding:
        import numpy as np

        from mlops_gitops.modeltests import perturbation

        features, seed = self._features(), self._project.spec.training.seed
        asked = self._project.spec.testing.robustness
        spread = perturbation.spreads(self._test, features)
        damaged = {
            "noise_drop": lambda: perturbation.noisy(self._test, features, spread, seed, asked.noise_sd),
            "missing_drop": lambda: perturbation.with_missing(self._test, features, seed, asked.missing_rate),
            "outlier_drop": lambda: perturbation.with_outliers(self._test, features, spread, seed, asked.outlier_rate),
        }[name]()
        clean = float(np.mean(self._predicted == self._labels))
        after = float(np.mean((self._model.score(damaged) >= self._model.manifest.threshold) == self._labels))
        return Finding({name: (clean - after) / clean if clean else 0.0}, details={"accuracy": after, "clean": clean})

    def _features(self) -> list[Column]:
        wanted = set(self._model.manifest.feature_names())
        return [column for column in self._project.contract.columns if column.name in wanted]


def _bad_rows(row: pd.DataFrame, model: LoadedModel) -> dict[str, dict[str, list[object]]]:
    """One good row, broken in each way that its columns allow."""
    good: dict[str, list[object]] = {str(name): row[name].tolist() for name in row.columns}
    bad: dict[str, dict[str, list[object]]] = {"no column at all": {}}
    for feature in model.manifest.features:
        without = {name: values for name, values in good.items() if name != feature.name}
        bad[f"{feature.name} missing"] = without
        if not feature.nullable:
            bad[f"{feature.name} null"] = good | {feature.name: [None]}
        if feature.type in ("int", "float"):
            bad[f"{feature.name} infinite"] = good | {feature.name: [float("inf")]}
            bad[f"{feature.name} text"] = good | {feature.name: ["ten"]}
        if feature.values:
            bad[f"{feature.name} unknown"] = good | {feature.name: ["never heard of"]}
    return bad
