"""The stack: which tool does what, by area, with the choices that exist and those that are rendered today.

A choice that a configuration writes is either really rendered or refused; a default is the first rendered choice of
its row, so a configuration that names none is always accepted.  A profile only moves a row's preference.
"""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Optional

from pydantic import Field, create_model

from mlops_gitops.spec.section import Section

Profile = Literal["startup", "medium", "enterprise"]


class Area(NamedTuple):
    """One row of the stack: its choices in order of preference, and those the product renders or runs today."""

    name: str
    title: str
    choices: tuple[str, ...]
    supported: tuple[str, ...]
    local: tuple[str, ...] | None = None
    """Those of them that one machine without a cluster can run; nothing said means all."""

    def default(self, profile: str, *, local: bool = False) -> str | None:
        """The first supported choice, the profile's preference first; nothing where none is supported yet.

        ``local`` asks for what a cluster of kind `local` can run.
        """
        preferred = PROFILE_PREFERENCES.get(profile, {}).get(self.name)
        able = self.supported if self.local is None or not local else self.local
        if preferred in able:
            return preferred
        return next((choice for choice in self.choices if choice in able), None)


AREAS: tuple[Area, ...] = (
    Area("feature_store", "feature store", ("tecton", "feast"), ()),
    Area("data_versioning", "data versioning", ("dvc", "delta_lake"), ("dvc",)),
    Area("data_quality", "data quality", ("great_expectations", "deequ"), ()),
    Area("data_lineage", "data lineage", ("marquez", "amundsen"), ()),
    Area("workflow_orchestration", "workflow orchestration", ("airflow", "kubeflow_pipelines"), ()),
    Area("experiment_tracking", "experiment tracking", ("mlflow", "weights_and_biases"), ("mlflow",)),
    Area("hyperparameter_tuning", "hyper-parameter tuning", ("optuna", "ray_tune"), ()),
    Area("model_registry", "model registry", ("mlflow", "seldon_core"), ("mlflow",)),
    Area("notebooks", "notebooks", ("jupyterhub", "databricks"), ()),
    Area("ci_cd", "CI/CD", ("gitlab_ci", "jenkins", "github_actions"), ("gitlab_ci", "github_actions")),
    Area("containers", "containers", ("docker", "podman"), ("docker", "podman")),
    Area("orchestration", "orchestration", ("kubernetes", "docker_swarm"), ("kubernetes",)),
    Area(
        "serving",
        "serving",
        ("kserve", "seldon_core", "tensorflow_serving", "fastapi"),
        ("kserve", "tensorflow_serving", "fastapi"),
        ("fastapi",),
    ),
    Area("monitoring", "monitoring", ("prometheus_grafana", "evidently"), ("prometheus_grafana",)),
    Area("unit_tests", "unit tests", ("pytest", "unittest"), ("pytest",)),
    Area("integration_tests", "integration tests", ("testcontainers",), ()),
    Area("model_tests", "model tests", ("tfma", "mlflow_evaluate"), ()),
    Area("load_tests", "load tests", ("locust", "k6"), ()),
    Area("security_tests", "security tests", ("owasp_ml_top_10",), ()),
    Area("cloud", "cloud", ("sagemaker", "azure_ml", "vertex_ai"), ()),
    Area("on_premise", "on-premise", ("kubeflow", "openshift_ai"), ()),
    Area("hybrid", "hybrid", ("anthos", "azure_arc"), ()),
    Area(
        "acceleration",
        "acceleration",
        ("nvidia_gpu", "aws_inferentia", "google_tpu"),
        ("nvidia_gpu", "aws_inferentia", "google_tpu"),
    ),
)
SPLIT_TRAFFIC = frozenset({"kserve"})
"""Serving runtimes that lead a share of the traffic to another version."""
KEEPS_ANSWERS = frozenset({"kserve", "fastapi"})
"""Serving runtimes that keep a log of what they answered: without one nothing sees drift or a regression."""
TENSORFLOW_SERVING = "tensorflow_serving"
AREA_BY_NAME = {area.name: area for area in AREAS}

PROFILE_PREFERENCES: dict[str, dict[str, str]] = {
    "startup": {"ci_cd": "github_actions", "serving": "fastapi", "cloud": "vertex_ai"},
    "medium": {"experiment_tracking": "mlflow", "orchestration": "kubernetes"},
    "enterprise": {"feature_store": "tecton", "serving": "kserve", "hybrid": "anthos"},
}


class StackChoices(Section):
    """The profile, and how a choice is looked up; the areas themselves are added from the table below."""

    profile: Profile = "enterprise"
    """The size of company whose defaults are taken."""

    def choice(self, area: str, *, local: bool = False) -> str | None:
        """What this project uses in an area: the written choice, else the profile's default.

        ``local``: on a cluster of kind `local`, whose default is the first choice that one machine can run.
        """
        written = getattr(self, area)
        return str(written) if written is not None else AREA_BY_NAME[area].default(self.profile, local=local)


def _choice_field(area: Area) -> tuple[Any, Any]:
    # The model is made from the table so that a choice cannot stand in one and not in the other.
    return Optional[Literal.__getitem__(area.choices)], Field(  # noqa: UP045 - `|` cannot be typed on a computed Literal
        default=None, description=f"Tool for {area.title}: {', '.join(area.choices)}."
    )


if TYPE_CHECKING:
    Stack = StackChoices
else:
    Stack = create_model(
        "Stack",
        __base__=StackChoices,
        __doc__="Which tool does what; what is not written follows the profile.",
        **{area.name: _choice_field(area) for area in AREAS},
    )
