"""Rules across projects: each one pure function over the summaries of them all.  This list is all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from mlops_gitops.compiler.rules.across import codeowners, devices, joined_names, names, policy, registries, waivers
from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.diagnostics import Diagnostic


class AcrossRule(NamedTuple):
    """A code, what it watches in one line, and the function that finds violations."""

    code: str
    title: str
    check: Callable[[Repository], Iterator[Diagnostic]]


ACROSS_RULES: tuple[AcrossRule, ...] = (
    AcrossRule("MG272", "there is one CODEOWNERS", codeowners.the_only_one),
    AcrossRule("MG280", "no two projects have the same name to a reader, or render the same object", names.distinct),
    AcrossRule("MG281", "a name that is joined from several is one project's", joined_names.one_meaning),
    AcrossRule("MG403", "images come from a registry that policy allows", registries.allowed),
    AcrossRule("MG409", "all projects together are within the accelerators' budget", devices.total_kept),
    AcrossRule("MG411", "policy names projects and environments that exist", policy.names_exist),
    AcrossRule("MG412", "policy speaks of keys that the language has", policy.keys_exist),
    AcrossRule("MG413", "policy speaks of values that a key can have", policy.values_possible),
    AcrossRule("MG414", "policy does not contradict itself", policy.is_consistent),
    AcrossRule("MG420", "a waiver is not over", waivers.not_over),
    AcrossRule("MG422", "a waiver is of a finding that can be waived", waivers.of_judgement),
    AcrossRule("MG423", "a waiver has a day to be compared with", waivers.has_a_day),
)
