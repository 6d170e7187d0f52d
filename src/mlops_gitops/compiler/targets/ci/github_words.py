"""What several workflows say in the same words: paths, conditions, and the steps before and after the work."""

from __future__ import annotations

from datetime import timedelta

from mlops_gitops.compiler.targets.ci import scripts
from mlops_gitops.compiler.targets.pods import image_reference
from mlops_gitops.records.artifact import Plain
from mlops_gitops.spec.platform import PlatformSpec
from mlops_gitops.spec.scalars import whole_days

FOLDER = ".github/workflows"
NOT_DISPATCHED = "github.event_name != 'repository_dispatch'"
REGRESSED = "github.event_name == 'repository_dispatch' && github.event.client_payload.verdict == 'FAILED'"
# The shell that ends at the first failure, also inside a pipe; a container's own default is another.
DEFAULTS: dict[str, Plain] = {"run": {"shell": "bash"}}
READ: dict[str, Plain] = {"contents": "read"}


def workflow_path(project: str) -> str:
    """A project's workflow, from the repository root; GitHub looks nowhere else."""
    return f"{FOLDER}/mlops-{project}.yml"


def regression_event(project: str) -> str:
    """The type of the repository dispatch that reports a regression of a project."""
    return f"mlops-regression-{project}"


def on_default_branch(platform: PlatformSpec) -> str:
    """A condition; a pull request's ref is never a branch."""
    return f"github.ref == 'refs/heads/{platform.github.default_branch}'"


def literal(text: str) -> str:
    """A value in which GitHub evaluates nothing."""
    return text.replace("${{", "${{ '${{' }}")


def container(platform: PlatformSpec) -> dict[str, Plain]:
    """The job's image, once the platform has one."""
    runner = platform.images.runner
    return {"container": {"image": literal(image_reference(platform, runner))}} if runner.digest else {}


def setup(platform: PlatformSpec, extras: str, *, depth: int = 1, pushes: bool = False) -> list[Plain]:
    """Check out, and see that the product is there.  Only a job that pushes keeps the token in its clone."""
    actions = platform.github.actions
    clone: dict[str, Plain] = {"fetch-depth": depth, "persist-credentials": pushes}
    steps: list[Plain] = [{"uses": actions.checkout, "with": clone}]
    if platform.images.runner.digest:
        # In a container the clone belongs to another user than git's.
        trust = 'git config --global --add safe.directory "$GITHUB_WORKSPACE"'
        return [*steps, {"name": "Trust the clone", "run": trust}]
    steps.append({"uses": actions.setup_python, "with": {"python-version": scripts.PYTHON_VERSION}})
    return [*steps, {"name": "Install mlops-gitops", "run": scripts.install(extras)}]


def upload(platform: PlatformSpec, name: str, paths: list[str], kept: timedelta | str, when: str) -> dict[str, Plain]:
    """Files that a job leaves behind, and for how many days; `forever` is as long as the repository allows."""
    most = platform.github.longest_artifact_days
    return {
        "uses": platform.github.actions.upload_artifact,
        "if": when,
        "with": {
            "name": name,
            "path": "".join(f"{path}\n" for path in paths),
            "retention-days": most if isinstance(kept, str) else min(whole_days(kept), most),
            # All of it lies in folders whose names begin with a dot.
            "include-hidden-files": True,
            "if-no-files-found": "ignore",
            "overwrite": True,
        },
    }
