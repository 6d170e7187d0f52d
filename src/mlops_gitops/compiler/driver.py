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
from mlops_gitops.compiler.keyed_lists import as_lists, by_key
from mlops_gitops.compiler.nulls import taken_away
from mlops_gitops.compiler.overlay import Layered, overlay
from mlops_gitops.compiler.paths import written_paths
from mlops_gitops.compiler.platform_file import read_platform
from mlops_gitops.compiler.project_fits import name_fits
from mlops_gitops.compiler.rules import RULES
from mlops_gitops.compiler.rules.across import ACROSS_RULES
from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.source import Source
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
    """The layers over one another: the platform's defaults, the project's configuration, each environment's overlay."""
    assert unit.inputs is not None
    assert unit.inputs.config is not None
    found = list[Diagnostic]()
    project = overlay(unit.defaults, _layer(unit.inputs.config, unit.defaults, found), lower_is_home=False)
    layers = dict.fromkeys(("", *unit.platform.environments), as_lists(project))
    for name, source in unit.inputs.overlays.items():
        if source.data is not None and source.data != {}:
            layers[name] = as_lists(overlay(project, _layer(source, project, found)))
    return replace(unit, layers=layers, found=(*unit.found, *found))


def _layer(source: Source, lower: Layered, found: list[Diagnostic]) -> Layered:
    layer, problems = by_key(source.layer)
    found.extend((*taken_away(source.layer, lower), *problems))
    return layer


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
        if not name or spec is not unit.specs.get(""):
            subject = _subject(unit, name)
            found.extend(problem for rule in RULES for problem in rule.check(subject))
    return replace(unit, found=(*unit.found, *found))


def _subject(unit: Unit, name: str) -> Subject:
    layer, spec, overlays = unit.layers[name], unit.specs[name], unit.inputs.overlays if unit.inputs else {}
    return Subject(
        project=unit.name,
        environment=name,
        spec=spec,
        platform=unit.platform,
        spans=layer.spans,
        written=frozenset(written_paths(layer.data)),
        contract=unit.contract,
        environments=tuple(one for one, other in unit.specs.items() if one and other is spec),
        overlay=overlays[name].layer if name in overlays else None,
    )


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
    units = [
        _through(Unit(name, tree, spec, data, platform.defaults), passes)
        for name in names
        if not wanted or name in wanted
    ]
    summaries = tuple(unit.summary for unit in units if unit.summary)
    across = _across(Repository(spec, names, summaries))
    # What is wrong in the platform's defaults is wrong in every project, and is told once.
    told = {problem.span for problem in platform.diagnostics if problem.span}
    found = (problem for unit in units for problem in unit.found if problem.span not in told)
    findings = Findings.of((*platform.diagnostics, *found, *across))
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
