"""Rules that the platform team sets as data, in ``policy:`` of ``projects/platform.yaml``.

Each is checked on the spec of every environment, even of those that no overlay changes: a condition may be for one of
them alone.  What policy itself gets wrong is told once for the repository (``rules/across/policy``).
"""

from __future__ import annotations

from mlops_gitops.compiler.rules.policy import conditions, devices, people
from mlops_gitops.compiler.rules.rule import Rule

POLICY_RULES: tuple[Rule, ...] = (
    Rule("MG401", "nothing that policy forbids is set", conditions.nothing_forbidden),
    Rule("MG402", "all that policy requires is set", conditions.all_required),
    Rule("MG404", "owners are named where policy asks for them", people.owners_named),
    Rule("MG405", "the tests that policy requires are run", people.tests_required),
    Rule("MG406", "a protected attribute is no feature", people.protected_are_no_features),
    Rule("MG407", "data is kept within policy's bounds", people.data_kept_in_bounds),
    Rule("MG408", "a project's accelerators are within its budget", devices.budget_kept),
)
