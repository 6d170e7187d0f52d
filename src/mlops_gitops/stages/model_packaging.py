"""model_packaging: the container context of model, code and pinned dependencies; same content, same bytes.

Beside the package it holds the project's rendered Dockerfile, and what the server in the image is told: it serves just
this package, and has version 0, for a package gets its version only when it is registered, after all gates.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

from mlops_gitops.pipeline.gates import at_most
from mlops_gitops.pipeline.stage import Gates, Measurement, Stage, StageInput
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.canonical import digest_bytes
from mlops_gitops.records.project import Project
from mlops_gitops.spec.stages import StageName
from mlops_gitops.stages.package_contents import package_digest

MEGABYTE = 1_000_000
CONTEXT, SERVING = "context.tar", "serving.json"


def _run(given: StageInput) -> Measurement:
    image = given.root / "rendered" / given.project.name / "image"
    files = {f"package/{name}": path for name, path in _below(given.inputs["package"]).items()}
    files |= _below(image)
    told = given.out / SERVING
    told.write_text(_serving(given.project, package_digest(given.inputs["package"])), encoding="utf-8")
    files[SERVING] = told
    context = given.out / CONTEXT
    write_context(context, files)
    lacks = "no Dockerfile is rendered for this project: the context holds the package alone"
    return Measurement(
        metrics={
            "context_mb": sum(path.stat().st_size for path in files.values()) / MEGABYTE,
            "files": float(len(files)),
        },
        outputs={"context": CONTEXT},
        details={"digest": digest_bytes(context.read_bytes()), "files": sorted(files)[:200]},
        warnings=() if image.is_dir() else (lacks,),
    )


def _serving(project: Project, digest: str) -> str:
    latency_ms = project.spec.serving.slo.latency.total_seconds() * 1000
    told = {"project": project.name, "environment": "image", "model_version": 0, "model_digest": digest}
    return json.dumps(told | {"slo": {"latency_ms": round(latency_ms, 3)}}, indent=2) + "\n"


def _below(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def write_context(target: Path, files: dict[str, Path]) -> None:
    """A tar archive of the files by name: sorted, without times, owners or modes of this machine."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, path in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as content:
                archive.addfile(entry, content)


def _gates(project: Project, measured: Measurement) -> Gates:
    limit = project.spec.pipeline.stage_options.model_packaging.max_context_mb
    return (at_most("context_mb", measured.metrics["context_mb"], float(limit), unit="MB"),)


def _summary(project: Project, measured: Measurement) -> str:
    digest = measured.details["digest"]
    return f"{measured.metrics['context_mb']:.2f} MB in {measured.metrics['files']:g} files   {digest[:17]}"


def _parameters(project: Project) -> Plain:
    # The Dockerfile is rendered from these; another one makes another context.
    return {
        "images": project.platform.images.model_dump(mode="json"),
        "stack": project.spec.stack.model_dump(mode="json"),
        "port": project.spec.serving.port,
        "latency_s": project.spec.serving.slo.latency.total_seconds(),
    }


STAGE = Stage(
    name=StageName.MODEL_PACKAGING,
    inputs=("package",),
    outputs=("context",),
    run=_run,
    gates=_gates,
    summary=_summary,
    parameters=_parameters,
)
