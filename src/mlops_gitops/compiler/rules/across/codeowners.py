"""One CODEOWNERS: a second one would hide the first, or be hidden by it, depending on where the repository is kept."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.diagnostics import Diagnostic

# Places that GitLab or GitHub look at beside the root.
PLACES = (".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")


def the_only_one(repository: Repository) -> Iterator[Diagnostic]:
    """MG272."""
    named = [name for one in repository.summaries for name in (*one.owners, *one.approvers)]
    if not named and not repository.platform.owners:
        return
    for path in repository.present:
        taken = path.startswith(".github/")
        yield Diagnostic(
            "MG272",
            "a second CODEOWNERS: GitHub goes by this one, GitLab by the rendered one"
            if taken
            else "a second CODEOWNERS, which nobody goes by: the rendered one in the root comes first",
            file=path,
            help="say what it says in project.owners, governance.approvers and the platform's owners, then remove it",
        )
