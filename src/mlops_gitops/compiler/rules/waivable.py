"""Which findings a waiver may be written for."""

from __future__ import annotations

from functools import cache

# What a file or the whole repository gets wrong, and what policy gets wrong itself, is no matter of judgement.
STRUCTURAL = ("MG1", "MG28", "MG403", "MG409", "MG41", "MG42", "MG45")

# Of files beside the configuration: manifests, requirements.txt.
_OF_FILES = ("MG257", "MG259")


@cache
def waivable_codes() -> tuple[str, ...]:
    """Codes of rules on a project and its files: some finding of theirs may be a warning, or policy's."""
    # Here, not above: a catalogue imports this module.
    from mlops_gitops.compiler.rules import RULES
    from mlops_gitops.compiler.rules.policy import POLICY_RULES

    return tuple(sorted((*_OF_FILES, *(rule.code for rule in (*RULES, *POLICY_RULES)))))
