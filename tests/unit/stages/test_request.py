"""What a stage's process is told survives the way through a file."""

from pathlib import Path

from mlops_gitops.pipeline.stage import Services, StageInput
from mlops_gitops.records.release import ReleasedModel
from mlops_gitops.spec.stages import StageName
from mlops_gitops.stages.request import StageRequest
from tests.small_project import SPEC, changed, project_of, write_project


def test_round_trip(tmp_path):
    write_project(tmp_path)
    spec = changed(SPEC, serving={"slo": {"latency": "80ms"}}, pipeline={"timeout": "3h"})
    digest = "sha256:" + "0" * 64
    given = StageInput(
        root=tmp_path,
        project=project_of(tmp_path, spec),
        inputs={"train": Path("/x/train.parquet")},
        out=Path("/y"),
        implicit=True,
        environment="staging",
        release=ReleasedModel(
            version=3, digest=digest, data_digest="md5:1", code_digest=digest, environment_digest=digest,
            config_digest=digest, run="loans/1", trained_at_commit="abc",
        ),
    )  # fmt: skip
    request = StageRequest(StageName.MODEL_TRAINING, given, 77)
    assert StageRequest.from_bytes(request.to_bytes(), Services()) == request
