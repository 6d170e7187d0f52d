"""The whole compiler, read top to bottom: the passes over one project, then what is one for the repository.

A pass takes a unit (one project on its way through) and gives back a fuller one.  A unit stops before the first pass
that it lacks something for; all other projects go on, so that one run shows every project's findings.  Where the
platform's own file is broken, the projects are still looked through, as far as the rules that need no more of it than
can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import TYPE_CHECKING

from mlops_gitops.compiler import inputs, parse
from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.compiler.file_names import MANIFESTS
from mlops_gitops.compiler.keyed_lists import as_lists, by_key
from mlops_gitops.compiler.nulls import taken_away
from mlops_gitops.compiler.opened import Opened, open_tree
from mlops_gitops.compiler.overlay import Layered, overlay
from mlops_gitops.compiler.partial_platform import environment_names
from mlops_gitops.compiler.paths import written_paths
from mlops_gitops.compiler.platform_file import read_platform
from mlops_gitops.compiler.project_fits import name_fits
from mlops_gitops.compiler.rules import RULES
from mlops_gitops.compiler.rules.across import ACROSS_RULES
from mlops_gitops.compiler.rules.across.codeowners import PLACES as CODEOWNERS_ELSEWHERE
from mlops_gitops.compiler.rules.across.repository import Repository
from mlops_gitops.compiler.rules.overlays import without_refused
from mlops_gitops.compiler.rules.policy import POLICY_RULES
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.rules.waivable import waivable_codes
from mlops_gitops.compiler.secrets.report import CODES as SECRET_CODES
from mlops_gitops.compiler.secrets.report import redacted, shown
from mlops_gitops.compiler.source import Source, text_of
from mlops_gitops.compiler.spans import NOWHERE, Path
from mlops_gitops.compiler.unit import Unit
from mlops_gitops.compiler.unknowns import PartlyWritten, until_unknown
from mlops_gitops.compiler.waivers import excused, left_over
from mlops_gitops.diagnostics import Diagnostic, Findings
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.spec.platform import PlatformSpec

if TYPE_CHECKING:
    from mlops_gitops.records.summary import Summary


def read(unit: Unit) -> Unit:
    """Text to data."""
    names = unit.platform.environments if unit.whole_platform else environment_names(unit.platform_data)
    found = inputs.read_inputs(unit.tree, unit.name, names)
    return unit._replace(inputs=found, found=found.diagnostics)


def merge(unit: Unit) -> Unit:
    """The layers over one another: the platform's defaults, the project's configuration, each environment's overlay."""
    assert unit.inputs is not None
    assert unit.inputs.config is not None
    found = list[Diagnostic]()
    project = overlay(unit.defaults, _layer(unit.inputs.config, unit.defaults, found), lower_is_home=False)
    layers = dict.fromkeys(("", *unit.platform.environments), as_lists(project))
    for name, source in unit.inputs.overlays.items():
        if source.data is not None and source.data != {}:
            layers[name] = as_lists(overlay(project, without_refused(_layer(source, project, found))))
    return unit._replace(layers=layers, found=(*unit.found, *found))


def _layer(source: Source, lower: Layered, found: list[Diagnostic]) -> Layered:
    layer, problems = by_key(source.layer)
    found.extend((*taken_away(source.layer, lower), *problems))
    return layer


def build_spec(unit: Unit) -> Unit:
    """Data to frozen models: the spec of each environment, the contract, the releases."""
    found = list[Diagnostic]()
    specs, partial = parse.specs(unit, found)
    unit = unit._replace(specs=specs, partial=partial, contract=parse.contract(unit, found))
    unit = unit._replace(releases=parse.releases(unit, found))
    assert unit.inputs is not None
    spec = unit.specs.get("")
    found.extend(name_fits(unit.name, spec, unit.layers[""].spans))
    # A place that the reader already complained about is not complained about again.
    told = {problem.span for problem in unit.found if problem.span}
    return unit._replace(found=(*unit.found, *(problem for problem in found if problem.span not in told)))


def check_rules(unit: Unit) -> Unit:
    """Cross-field rules on the project's spec, and on each environment's where an overlay changes it.

    Also where not all of a spec can be read: one run is to show all that is wrong.
    """
    found, specs = list[Diagnostic](), unit.readable()
    for name, spec in specs.items():
        subject = _subject(unit, name)
        # Policy may speak of one environment alone, whatever its spec is shared with.
        of_policy = (problem for rule in POLICY_RULES for problem in until_unknown(rule.check(subject)))
        found.extend(excused(of_policy, unit.excuses, (name,)))
        if not name or spec is not specs.get(""):
            by_itself = (problem for rule in RULES for problem in until_unknown(rule.check(subject)))
            found.extend(excused(by_itself, unit.excuses, (name,) if name else subject.environments))
    of_files = (*until_unknown(_manifests(unit)), *_requirements(unit))
    found.extend(excused(of_files, unit.excuses, tuple(unit.platform.environments)))
    if unit.excuses and unit.whole_platform and set(unit.specs) == set(unit.layers):
        meant = tuple(one for one in unit.excuses if one.waiver.code in waivable_codes())
        found.extend(left_over((*unit.found, *found), meant))
    return unit._replace(found=(*unit.found, *found))


def _manifests(unit: Unit) -> Iterator[Diagnostic]:
    assert unit.inputs is not None
    if not unit.inputs.manifests:  # Most projects have none, and need not load what judges them.
        return iter(())
    from mlops_gitops.compiler.manifests.taken import checked

    secret = (one.span.file for one in unit.found if one.span and one.code in SECRET_CODES)
    return checked(unit.inputs.manifests, unit.platform, secret)


def _requirements(unit: Unit) -> Iterator[Diagnostic]:
    assert unit.inputs is not None
    if unit.inputs.requirements:
        from mlops_gitops.compiler import requirements_file

        yield from requirements_file.checked(f"{inputs.PROJECTS}/{unit.name}", unit.inputs.requirements)


def check_names(unit: Unit) -> Unit:
    """The names of a project's own objects, which no rendered one may have: known when all others are rendered."""
    assert unit.inputs is not None
    if not unit.inputs.manifests:
        return unit
    from mlops_gitops.compiler.manifests.taken import collisions
    from mlops_gitops.compiler.targets import platform, render

    # Which objects the platform has hangs on no project, only what its quota says does.
    rendered = (*render(parse.project(unit)), *platform.render(unit.platform, ()))
    found = collisions(unit.inputs.manifests, rendered, MANIFESTS)
    return unit._replace(found=(*unit.found, *found))


def _subject(unit: Unit, name: str) -> Subject:
    assert unit.inputs is not None
    layer, specs, overlays, contract = unit.layers[name], unit.readable(), unit.inputs.overlays, unit.inputs.contract
    unknown = unit.partial[name].unknown if name in unit.partial else frozenset[Path]()
    return Subject(
        project=unit.name,
        environment=name,
        spec=specs[name],
        platform=unit.platform,
        spans=layer.spans,
        written=PartlyWritten.of(written_paths(layer.data), unknown),
        contract=unit.contract,
        environments=tuple(one for one, other in specs.items() if one and other is specs[name]),
        all_specs=tuple(other for one, other in specs.items() if one),
        overlay=overlays[name].layer if name in overlays else None,
        contract_spans=contract.spans if contract else NOWHERE,
        platform_spans=unit.platform_spans,
    )


def render_targets(unit: Unit) -> Unit:
    """The project as artifacts, target by target."""
    # Validating one project renders nothing, and need not load what could.
    from mlops_gitops.compiler.summarise import summarise
    from mlops_gitops.compiler.targets import render

    project = parse.project(unit)
    artifacts = render(project)
    spans = {name: layer.spans for name, layer in unit.layers.items()}
    assert unit.inputs is not None
    summary = summarise(project, artifacts, spans, unit.inputs.manifests.values())
    return unit._replace(project=project, artifacts=artifacts, summary=summary)


def write(unit: Unit) -> Unit:
    """Artifacts to bytes, and the provenance of them all."""
    from mlops_gitops.compiler import provenance
    from mlops_gitops.compiler.emit import emit

    assert unit.project is not None
    assert unit.inputs is not None
    files = {artifact.path: emit(artifact, f"{unit.project.folder}/") for artifact in unit.artifacts}
    data = {one.file: one.data for one in unit.inputs.sources()} | {inputs.PLATFORM: unit.platform_data}
    origins = unit.memory().of_project(unit.project, unit.artifacts, files)
    record = provenance.of_project(unit.project, data, files, origins)
    return unit._replace(files={**files, record.path: emit(record, "")})


Passes = tuple[Callable[[Unit], Unit], ...]

PASSES: Passes = (read, merge, build_spec, check_rules, check_names, render_targets, write)
# All that finds anything in one project by itself.
CHECKS = PASSES[:5]
# What can be done with what can be read of a platform, and what with nothing of it: rules may speak of what it sets.
_WITH_PARTIAL_PLATFORM = PASSES[:4]
_WITHOUT_PLATFORM = PASSES[:3]


def compile_project(opened: Opened, name: str, passes: Passes = PASSES) -> Unit:
    """One project of a tree, as far as it goes."""
    unit = opened.unit(name)
    without = _WITH_PARTIAL_PLATFORM if opened.file.partial else _WITHOUT_PLATFORM
    for step in passes if opened.whole else without:
        unit = step(unit)
        if _stops(unit, step):
            break
    secrets = (*opened.secrets, *(unit.inputs.secrets if unit.inputs else ()))
    return unit._replace(found=redacted(unit.found, secrets)) if secrets else unit


def compile_tree(tree: SourceTree, only: Iterable[str] = (), passes: Passes = PASSES) -> Compilation:
    """Compile the projects of a tree (or those named in ``only``, without the repository's own files)."""
    opened, wanted = open_tree(tree), tuple(only)
    units = [compile_project(opened, name, passes) for name in opened.names if not wanted or name in wanted]
    summaries = tuple(unit.summary for unit in units if unit.summary)
    # What is wrong in the platform's defaults is wrong in every project, and is told once.
    told = {problem.span for problem in opened.file.diagnostics if problem.span}
    found = (problem for unit in units for problem in unit.found if problem.span not in told)
    findings = Findings.of((*opened.file.diagnostics, *opened.strays, *found, *across(opened, summaries)))
    sources = (one for unit in units if unit.inputs for one in unit.inputs.sources())
    texts = {one.file: one.text for one in (*((opened.file.source,) if opened.file.source else ()), *sources)}
    texts = shown(texts | _others(tree, findings, texts), findings)
    projects = tuple(unit.project for unit in units if unit.project)
    files = {path: content for unit in units for path, content in unit.files.items()}
    if not wanted and not findings.faults and write in passes:
        files |= repository_files(opened, summaries)
    return Compilation(opened.file.spec, projects, files, findings, texts, opened.names, summaries)


def _others(tree: SourceTree, findings: Findings, texts: Container[str]) -> dict[str, str]:
    """The texts of files that nothing but a search for secrets reads."""
    files = {one.span.file for one in findings.diagnostics if one.span and one.span.file not in texts}
    return {file: text_of(content) for file in sorted(files) if (content := tree.read(file)) is not None}


def across(opened: Opened, summaries: tuple[Summary, ...]) -> Iterator[Diagnostic]:
    """What rules across projects find."""
    yield from redacted(_across(opened, summaries), opened.secrets)


def _across(opened: Opened, summaries: tuple[Summary, ...]) -> Iterator[Diagnostic]:
    spans = opened.file.source.spans if opened.file.source else NOWHERE
    present = _present(opened.tree)
    repository = Repository(opened.platform, opened.names, summaries, present, spans, opened.as_of)
    for rule in ACROSS_RULES:
        yield from until_unknown(rule.check(repository))


def _present(tree: SourceTree) -> tuple[str, ...]:
    """Files of people that may stand in the way of rendered ones; a folder is listed only where there is one."""
    there = (path for path in CODEOWNERS_ELSEWHERE if tree.read(path) is not None)
    return tuple(path for path in there if path in tree.files(path.split("/")[0]))


def repository_files(opened: Opened, summaries: tuple[Summary, ...]) -> dict[str, bytes]:
    """The files that are one for the repository, and the provenance of them all."""
    from mlops_gitops.compiler import provenance
    from mlops_gitops.compiler.emit import emit
    from mlops_gitops.compiler.targets import REPOSITORY_TARGETS

    artifacts = (artifact for target in REPOSITORY_TARGETS for artifact in target(opened.platform, summaries))
    files = {artifact.path: emit(artifact, f"{inputs.PROJECTS}/") for artifact in artifacts}
    origins = opened.memory().of_repository(summaries, files)
    record = provenance.of_platform(opened.platform_data, summaries, files, origins)
    return {**files, record.path: emit(record, "")}


def compile_platform(tree: SourceTree) -> tuple[PlatformSpec | None, Findings, dict[str, str]]:
    """The platform's settings alone, for verbs that need no project; with its findings and their text."""
    platform = read_platform(tree)
    texts = {platform.source.file: platform.source.text} if platform.source else {}
    return platform.spec, Findings.of(platform.diagnostics), texts


def _stops(unit: Unit, done: Callable[[Unit], Unit]) -> bool:
    """Unreadable text stops at once; rules need a spec, whatever else was found; faults stop before rendering."""
    if done in (read, merge):
        config = unit.inputs.config if unit.inputs else None
        return config is None or config.data is None
    stops = set(unit.specs) != set(unit.layers) or any(problem.is_fault for problem in unit.found)
    return done in (check_rules, check_names) and stops
