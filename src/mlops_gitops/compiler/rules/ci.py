"""Rules about CI: what its systems cannot do is found before they are asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mlops_gitops.compiler.job_limits import AROUND_A_STAGE, longest_job
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.spans import Path
from mlops_gitops.compiler.unknowns import known_items
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.spec.scalars import FOREVER, format_duration, whole_days

_RETENTIONS: tuple[Path, ...] = (
    ("registry", "retention", "failed_runs"),
    ("registry", "retention", "experimental"),
    ("governance", "keep", "test_reports"),
)


def jobs_fit(subject: Subject) -> Iterator[Diagnostic]:
    """MG270."""
    spec, longest = subject.spec, longest_job(subject.spec)
    for index, stage in known_items(spec.pipeline.stages):
        timeout = spec.pipeline.stage_options.of(stage).timeout
        if timeout + AROUND_A_STAGE <= longest:
            continue
        written: Path = ("pipeline", "stage_options", stage.value, "timeout")
        hosted = spec.stack.choice("ci_cd") == "github_actions" and not spec.pipeline.runner_tags
        yield Diagnostic(
            "MG270",
            f"`{stage.value}` may take {format_duration(timeout)}, but CI ends a job after {format_duration(longest)}",
            subject.spans.value(written if written in subject.written else ("pipeline", "stages", index)),
            help=f"shorten it to {format_duration(longest - AROUND_A_STAGE)} at most"
            + (", or name self-hosted runners in pipeline.runner_tags" if hosted else ""),
        )


def artifacts_last(subject: Subject) -> Iterator[Diagnostic]:
    """MG271."""
    if subject.spec.stack.choice("ci_cd") != "github_actions":
        return
    most = timedelta(days=subject.platform.github.longest_artifact_days)
    for section, part, key in _RETENTIONS:
        wanted = getattr(getattr(getattr(subject.spec, str(section)), str(part)), str(key))
        if wanted == FOREVER or wanted > most:
            length = wanted if isinstance(wanted, str) else f"{whole_days(wanted)} days"
            yield Diagnostic(
                "MG271",
                f"{section}.{part}.{key} is {length}, but GitHub keeps artifacts for {most.days} days at most",
                subject.spans.value((section, part, key)),
                help="shorten it, or let the platform team raise github.longest_artifact_days (400 at most, "
                "where the repository's settings allow it)",
            )
