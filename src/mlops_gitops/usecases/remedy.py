"""From a verdict to the remedy's commit: decide purely, then act as the bot, with the verdict as evidence.

Safe to run twice and from several monitors at once: the evidence's digest is its name in the tree, and a verdict that
was answered, or that speaks of a version no longer serving, leads to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlops_gitops.ports.repository import Author, Repository
from mlops_gitops.records.canonical import canonical_json, digest_bytes
from mlops_gitops.records.release import evidence_path
from mlops_gitops.records.verdict import Verdict
from mlops_gitops.remediation.decide import Remedy, RemedyKind, Situation, decide
from mlops_gitops.spec.monitoring import Remediation
from mlops_gitops.usecases.release import Dump, ReleaseOutcome, Render
from mlops_gitops.usecases.release_file import read_release
from mlops_gitops.usecases.rollback import RollBackOrder, rollback


@dataclass(frozen=True, slots=True)
class RemedyOutcome:
    """What was decided and why; ``released`` is the commit that followed, if any; ``evidence`` the verdict's digest."""

    remedy: Remedy
    evidence: str
    released: ReleaseOutcome | None = None


def remedy(
    repository: Repository,
    render: Render,
    dump: Dump,
    verdict: Verdict,
    policy: Remediation,
    bot: Author,
    steps: tuple[int, ...] = (),
) -> RemedyOutcome:
    """Answer a verdict as the project's remediation policy says; raises what ``release`` raises.

    ``steps`` are the environment's canary steps.
    """
    head = repository.tree(repository.head())
    evidence = canonical_json(verdict.to_plain())
    digest = digest_bytes(evidence)
    situation = Situation(
        release=read_release(head, verdict.project, verdict.environment),
        answered=head.read(evidence_path(verdict.project, digest)) is not None,
    )
    decided = decide(verdict, policy, situation)
    if decided.kind is RemedyKind.NONE:
        return RemedyOutcome(decided, digest)
    order = RollBackOrder(
        project=verdict.project,
        environment=verdict.environment,
        to=decided.to,
        evidence=evidence,
        severity=verdict.severity,
        reason=decided.reason,
        replaces=verdict.model_digest,
        steps=steps,
    )
    return RemedyOutcome(decided, digest, rollback(repository, render, dump, order, bot))
