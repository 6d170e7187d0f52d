"""The whole compiler, read top to bottom: the passes over one project, then what is one for the repository.

A pass takes a unit (one project on its way through) and gives back a fuller one.  A unit stops before the first pass
that it lacks something for; all other projects go on, so that one run shows every project's findings.  Where the
platform's own file is broken, the projects are still looked through, as far as the specs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from mlops_gitops.compiler import inputs, parse, provenance
from mlops_gitops.compiler.emit import emit
from mlops_gitops.compiler.inputs import project_names
from mlops_gitops.compiler.overlay import overlay
from mlops_gitops.compiler.paths import written_paths
from mlops_gitops.compiler.platform_file import read_platform
from mlops_gitops.compiler.project_fits import name_fits
from mlops_gitops.compiler.rules import RULES
from mlops_gitops.compiler.rules.across import ACROSS_RULES
from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.summarise import summarise
from mlops_gitops.compiler.targets import ENVIRONMENT_TARGETS, PROJECT_TARGETS, REPOSITORY_TARGETS
from mlops_gitops.compiler.unit import Unit
from mlops_gitops.diagnostics import Diagnostic, Findings
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.records.artifact import Plain
from mlops_gitops.records.project import Project
from mlops_gitops.records.summary import Summary
from mlops_gitops.spec.platform import PlatformSpec


@dataclass(frozen=True, slots=True)
class Compilation:
    """What a tree compiles to: projects, files by path, every finding, and the texts that findings point into."""

    platform: PlatformSpec | None
    projects: tuple[Project, ...]
    files: dict[str, bytes]
    findings: Findings
    texts: dict[str, str]
    names: tuple[str, ...]
    """All projects that the tree has, compiled or not."""
    summaries: tuple[Summary, ...] = ()

    def project(self, name: str) -> Project | None:
        """A project by name."""
        return next((project for project in self.projects if project.name == name), None)


def read(unit: Unit) -> Unit:
    """Text to data."""
    found = inputs.read_inputs(unit.tree, unit.name, unit.platform.environments)
    return replace(unit, inputs=found, found=found.diagnostics)


def merge(unit: Unit) -> Unit:
    """Each environment's overlay over the project's configuration."""
    assert unit.inputs is not None
    assert unit.inputs.config is not None
    config, overlays = unit.inputs.config, unit.inputs.overlays
    layers = {"": overlay(config, None)}
    layers |= {name: overlay(config, overlays.get(name)) for name in unit.platform.environments}
    return replace(unit, layers=layers)


def build_spec(unit: Unit) -> Unit:
    """Data to frozen models: the spec of each environment, the contract, the releases."""
    found = list[Diagnostic]()
    specs, contract = parse.specs(unit, found), parse.contract(unit, found)
    unit = replace(unit, specs=specs, contract=contract, releases=parse.releases(unit, found))
    assert unit.inputs is not None
    spec = unit.specs.get("")
    found.extend(name_fits(unit.name, spec, unit.layers[""].spans))
    # A place that the reader already complained about is not complained about again.
    told = {problem.span for problem in unit.found if problem.span}
    return replace(unit, found=(*unit.found, *(problem for problem in found if problem.span not in told)))


def check_rules(unit: Unit) -> Unit:
    """Cross-field rules on the project's spec, and on each environment's where an overlay changes it."""
    found = list[Diagnostic]()
    for name, spec in unit.specs.items():
        if name and spec is unit.specs.get(""):
            continue
        layer = unit.layers[name]
        written = frozenset(written_paths(layer.data))
        in_force = tuple(one for one, other in unit.specs.items() if one and other is spec)
        subject = Subject(unit.name, name, spec, unit.platform, layer.spans, written, unit.contract, in_force)
        found.extend(problem for rule in RULES for problem in rule.check(subject))
    return replace(unit, found=(*unit.found, *found))


def render_targets(unit: Unit) -> Unit:
    """The project as artifacts, target by target."""
    project = parse.project(unit)
    artifacts = [artifact for target in PROJECT_TARGETS for artifact in target(project)]
    for environment in project.environments:
        artifacts.extend(artifact for target in ENVIRONMENT_TARGETS for artifact in target(project, environment))
    spans = {name: layer.spans for name, layer in unit.layers.items()}
    summary = summarise(project, artifacts, spans)
    return replace(unit, project=project, artifacts=tuple(artifacts), summary=summary)


def write(unit: Unit) -> Unit:
    """Artifacts to bytes, and the provenance of them all."""
    assert unit.project is not None
    assert unit.inputs is not None
    files = {artifact.path: emit(artifact, f"{unit.project.folder}/") for artifact in unit.artifacts}
    data = {one.file: one.data for one in unit.inputs.sources()} | {inputs.PLATFORM: unit.platform_data}
    record = provenance.of_project(unit.project, data, files)
    return replace(unit, files={**files, record.path: emit(record, "")})


PASSES: tuple[Callable[[Unit], Unit], ...] = (read, merge, build_spec, check_rules, render_targets, write)
# What can be done without a whole platform: rules may speak of what it sets.
_PASSES_WITHOUT_PLATFORM = PASSES[:3]


def compile_tree(tree: SourceTree, only: Iterable[str] = ()) -> Compilation:
    """Compile the projects of a tree (or those named in ``only``, without the repository's own files)."""
    platform, names, wanted = read_platform(tree), project_names(tree), tuple(only)
    passes = PASSES if platform.spec else _PASSES_WITHOUT_PLATFORM
    spec, data = platform.spec or platform.stand_in(), platform.source.data if platform.source else None
    units = [_through(Unit(name, tree, spec, data), passes) for name in names if not wanted or name in wanted]
    summaries = tuple(unit.summary for unit in units if unit.summary)
    across = _across(Repository(spec, names, summaries))
    findings = Findings.of((*platform.diagnostics, *(problem for unit in units for problem in unit.found), *across))
    sources = (one for unit in units if unit.inputs for one in unit.inputs.sources())
    texts = {one.file: one.text for one in (*((platform.source,) if platform.source else ()), *sources)}
    projects = tuple(unit.project for unit in units if unit.project)
    files = {path: content for unit in units for path, content in unit.files.items()}
    if not wanted and not findings.errors:
        files |= _repository_files(spec, data, summaries)
    return Compilation(platform.spec, projects, files, findings, texts, names, summaries)


def compile_platform(tree: SourceTree) -> tuple[PlatformSpec | None, Findings, dict[str, str]]:
    """The platform's settings alone, for verbs that need no project; with its findings and their text."""
    platform = read_platform(tree)
    texts = {platform.source.file: platform.source.text} if platform.source else {}
    return platform.spec, Findings.of(platform.diagnostics), texts


def _through(unit: Unit, passes: Iterable[Callable[[Unit], Unit]]) -> Unit:
    for step in passes:
        unit = step(unit)
        if _stops(unit, step):
            return unit
    return unit


def _stops(unit: Unit, done: Callable[[Unit], Unit]) -> bool:
    """Unreadable text stops at once; rules need a spec, whatever else was found; errors stop before rendering."""
    if done in (read, merge):
        config = unit.inputs.config if unit.inputs else None
        return config is None or config.data is None
    return done is check_rules and bool(Findings(unit.found).errors)


def _across(repository: Repository) -> Iterator[Diagnostic]:
    for rule in ACROSS_RULES:
        yield from rule.check(repository)


def _repository_files(platform: PlatformSpec, data: Plain, projects: tuple[Summary, ...]) -> dict[str, bytes]:
    artifacts = (artifact for target in REPOSITORY_TARGETS for artifact in target(platform, projects))
    files = {artifact.path: emit(artifact, f"{inputs.PROJECTS}/") for artifact in artifacts}
    record = provenance.of_platform(data, projects, files)
    return {**files, record.path: emit(record, "")}
