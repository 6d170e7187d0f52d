"""Writes the table of Kubernetes API versions that were or will be removed: `python tools/removed_apis.py FOLDER`.

FOLDER is a checkout of k8s.io/api, whose generated files say of every kind since when its API version is deprecated,
when it is removed and what stands in its place.  What left those sources before is written below by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "src" / "mlops_gitops" / "compiler" / "manifests" / "removed_apis.py"
GENERATED = "zz_generated.prerelease-lifecycle.go"
_GROUP = re.compile(r'^const GroupName = "(.*)"', re.MULTILINE)
_RELEASE = r"^func \(in \*(\w+)\) APILifecycle{} \(major, minor int\) {{\n\treturn 1, (\d+)"
_REPLACEMENT = re.compile(
    r"^func \(in \*(\w+)\) APILifecycleReplacement\(\) .*\n"
    r'\treturn schema\.GroupVersionKind\{Group: "(.*?)", Version: "(.*?)"',
    re.MULTILINE,
)

# API version, kinds, deprecated in, removed in, replacement; `1.n` without the `1.`.
EARLIER: tuple[tuple[str, str, int, int, str], ...] = (
    ("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration", 16, 22,
     "admissionregistration.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 16, 22, "apiextensions.k8s.io/v1"),
    ("apiregistration.k8s.io/v1beta1", "APIService", 19, 22, "apiregistration.k8s.io/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 22, 25, "autoscaling/v2"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 23, 26, "autoscaling/v2"),
    ("batch/v2alpha1", "CronJob", 8, 21, "batch/v1"),
    ("extensions/v1beta1", "PodSecurityPolicy", 10, 16, ""),
    ("node.k8s.io/v1alpha1", "RuntimeClass", 20, 24, "node.k8s.io/v1"),
    ("policy/v1beta1", "PodSecurityPolicy", 21, 25, ""),
    ("rbac.authorization.k8s.io/v1alpha1", "ClusterRole ClusterRoleBinding Role RoleBinding", 20, 23,
     "rbac.authorization.k8s.io/v1"),
    ("scheduling.k8s.io/v1alpha1", "PriorityClass", 14, 23, "scheduling.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1alpha1", "FlowSchema PriorityLevelConfiguration", 20, 24,
     "flowcontrol.apiserver.k8s.io/v1"),
)  # fmt: skip

HEAD = '''"""Kubernetes API versions that were or will be removed, by apiVersion and kind: `tools/removed_apis.py`."""

from __future__ import annotations

from typing import NamedTuple


class Removal(NamedTuple):
    """Minor versions of Kubernetes, 25 of 1.25; ``replacement`` is empty where nothing stands in its place."""

    deprecated: int
    removed: int
    replacement: str


# fmt: off
# ruff: noqa: E501
REMOVALS: dict[tuple[str, str], Removal] = {
'''

Row = tuple[str, str, int, int, str]


def rows(folder: Path) -> Iterator[Row]:
    """What the generated files below a folder say; lists of objects are left out."""
    for file in sorted(folder.rglob(GENERATED)):
        group = _GROUP.search((file.parent / "register.go").read_text(encoding="utf-8"))
        version = file.parent.name
        api = f"{group[1]}/{version}" if group and group[1] else version
        text = file.read_text(encoding="utf-8")
        deprecated, removed = (dict(_releases(text, what)) for what in ("Deprecated", "Removed"))
        instead = {kind: f"{one}/{of}" if one else of for kind, one, of in _REPLACEMENT.findall(text)}
        for kind in sorted(removed):
            if kind.endswith("List") or kind not in deprecated:
                continue
            yield api, kind, deprecated[kind], removed[kind], instead.get(kind) or _stable(file.parent, api, kind)


def _stable(folder: Path, api: str, kind: str) -> str:
    """The first version that stays of the same group and kind, where the sources name none themselves."""
    types = folder.parent / "v1" / "types.go"
    known = types.exists() and f"\ntype {kind} struct {{" in types.read_text(encoding="utf-8")
    return f"{api.partition('/')[0]}/v1" if known else ""


def _releases(text: str, what: str) -> Iterator[tuple[str, int]]:
    pattern = re.compile(_RELEASE.format(f"{what}\\(\\)"), re.MULTILINE)
    return ((kind, int(minor)) for kind, minor in pattern.findall(text))


def table(folder: Path) -> str:
    """The module's text."""
    found: dict[tuple[str, str], tuple[int, int, str]] = {}
    for api, kinds, *rest in (*EARLIER, *rows(folder)):
        found.update({(api, kind): (rest[0], rest[1], rest[2]) for kind in kinds.split()})
    found = {key: (*row[:2], _lasting(key[1], row[2], found)) for key, row in found.items()}
    lines = (
        f'    ("{api}", "{kind}"): Removal({deprecated}, {removed}, "{replacement}"),\n'
        for (api, kind), (deprecated, removed, replacement) in sorted(found.items())
    )
    return f"{HEAD}{''.join(lines)}}}\n"


def _lasting(kind: str, replacement: str, found: dict[tuple[str, str], tuple[int, int, str]]) -> str:
    """What stands in the place of a replacement that goes away itself."""
    while (replacement, kind) in found and found[replacement, kind][2]:
        replacement = found[replacement, kind][2]
    return replacement


if __name__ == "__main__":
    TABLE.write_text(table(Path(sys.argv[1])), encoding="utf-8")
