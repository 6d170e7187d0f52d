"""``projects/platform.yaml``: read, parsed, and held against itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlops_gitops.compiler.build_spec import build
from mlops_gitops.compiler.containers import KNOWN_ACCELERATORS, unknown_accelerator
from mlops_gitops.compiler.inputs import PLATFORM
from mlops_gitops.compiler.overlay import EMPTY, Layered
from mlops_gitops.compiler.partial_platform import environment_names, partial_platform
from mlops_gitops.compiler.platform_defaults import as_written, read_defaults
from mlops_gitops.compiler.platform_receivers import receivers_reach
from mlops_gitops.compiler.receiver_targets import targets_fit
from mlops_gitops.compiler.source import Source, read_source
from mlops_gitops.compiler.stray_files import refused
from mlops_gitops.compiler.suggest import did_you_mean
from mlops_gitops.diagnostics import Diagnostic, Findings, RefusedError, Severity
from mlops_gitops.ports.source_tree import SourceTree
from mlops_gitops.spec.platform import Cluster, EnvironmentSettings, PlatformSpec
from mlops_gitops.spec.resources import is_accelerator


class PlatformFile(NamedTuple):
    """The file as read; ``spec`` is there only where nothing is wrong with it."""

    source: Source | None
    spec: PlatformSpec | None
    diagnostics: tuple[Diagnostic, ...]
    defaults: Layered = EMPTY
    """The layer below every project's configuration; there, as far as it can be read, even where ``spec`` is not."""
    partial: PlatformSpec | None = None
    """Where there is no ``spec``: what can be read of one, if that is enough for the rules on projects."""

    @property
    def defaults_as_written(self) -> Layered:
        """The same with its ``null``, for the record of who said what."""
        return as_written(self.source)[0] if self.source else EMPTY

    def stand_in(self) -> PlatformSpec:
        """Enough of a platform to look for mistakes in the projects while the real one is broken: its environments."""
        names = environment_names(self.source.data if self.source else None)
        settings = {name: EnvironmentSettings(cluster="local") for name in names or ("local",)}
        return PlatformSpec(clusters={"local": Cluster(kind="local")}, environments=settings)


def read_platform(tree: SourceTree) -> PlatformFile:
    """Read it; a missing file is a finding too."""
    try:
        content = tree.read(PLATFORM)
    except RefusedError as error:
        return PlatformFile(None, None, (refused(PLATFORM, error),))
    if content is None:
        todo = "the platform team sets environments and clusters there; `mlops-gitops init` writes a first one"
        missing = Diagnostic("MG106", f"missing file `{PLATFORM}`", file=PLATFORM, help=todo)
        return PlatformFile(None, None, (missing,))
    source = read_source(PLATFORM, content, PlatformSpec)
    if source.data is None:
        return PlatformFile(source, None, source.diagnostics)
    spec, found = build(PlatformSpec, source.data, source.spans, PLATFORM)
    defaults, wrong_keys, wrong_values = read_defaults(source)
    told = {problem.span for problem in source.diagnostics}
    in_values = (one for one in (*found, *wrong_keys, *wrong_values) if one.span not in told)
    against_itself = tuple(_against_itself(spec, source)) if spec else ()
    problems = (*source.diagnostics, *in_values, *against_itself)
    if not Findings(problems).errors:
        return PlatformFile(source, spec, problems, defaults)
    partial = None
    if not Findings((*source.diagnostics, *wrong_keys)).errors:
        partial = partial_platform(source.data, contradicts=bool(Findings(against_itself).errors))
    return PlatformFile(source, None, problems, defaults, partial)


def _against_itself(spec: PlatformSpec, source: Source) -> Iterator[Diagnostic]:
    for check in (_clusters_exist, _contexts_used, _namespaces_apart, _devices_known, targets_fit, receivers_reach):
        yield from check(spec, source)


def _clusters_exist(platform: PlatformSpec, source: Source) -> Iterator[Diagnostic]:
    for name, settings in platform.environments.items():
        if settings.cluster not in platform.clusters:
            close = did_you_mean(settings.cluster, platform.clusters)
            yield Diagnostic(
                "MG112",
                f"environment `{name}` stands on cluster `{settings.cluster}`, which is not set up"
                + (f"; did you mean `{close}`?" if close else ""),
                source.spans.value(("environments", name, "cluster")),
                help=f"clusters: {', '.join(platform.clusters)}",
            )


def _contexts_used(platform: PlatformSpec, source: Source) -> Iterator[Diagnostic]:
    """MG302, for the platform: one machine is reached without a kubeconfig."""
    for name, cluster in platform.clusters.items():
        if cluster.kind == "local" and cluster.context is not None:
            yield Diagnostic(
                "MG302",
                f"clusters.{name}.context has no effect: a cluster of kind local is this machine",
                source.spans.key(("clusters", name, "context")),
                Severity.WARNING,
                help="drop it, or write kind: kubernetes",
            )


def _namespaces_apart(platform: PlatformSpec, source: Source) -> Iterator[Diagnostic]:
    """MG256: what a cluster holds of two environments would be one object, of which the last one applied is left."""
    first: dict[tuple[str, str], str] = {}
    for name, settings in platform.environments.items():
        cluster = platform.clusters.get(settings.cluster)
        other = first.setdefault((settings.cluster, settings.namespace), name)
        if other != name and cluster is not None and cluster.kind == "kubernetes":
            yield Diagnostic(
                "MG256",
                f"environments `{other}` and `{name}` share namespace `{settings.namespace}` of cluster "
                f"`{settings.cluster}`",
                source.spans.value(("environments", name, "namespace")),
                help="give each its own namespace: their objects have the same names",
            )


def _devices_known(platform: PlatformSpec, source: Source) -> Iterator[Diagnostic]:
    """MG251: what is said of a device that does not exist would silently never count."""
    for section in ("nodes", "prices"):
        for resource in getattr(platform, section):
            if not is_accelerator(resource):
                span = source.spans.key((section, resource))
                todo = f"accelerators: {KNOWN_ACCELERATORS}"
                yield Diagnostic("MG251", unknown_accelerator(resource), span, help=todo)
