"""A small repository, compiled with some of its files changed, and what must hold of whatever comes of it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import yaml
from hypothesis import event

from mlops_gitops.cli.formats import LIMITS, report_of, tell
from mlops_gitops.compiler.driver import Compilation, compile_tree
from mlops_gitops.compiler.text_lines import lines_of
from mlops_gitops.diagnostics import Diagnostic
from mlops_gitops.records.overlay_tree import OverlayTree
from tests import factory
from tests.factory import CONFIG, CONTRACT, PLATFORM, PROJECT

OVERLAY = f"{PROJECT}/environments/production.yaml"
POINTER = f"{PROJECT}/data/transactions.csv.dvc"
RELEASE = f"{PROJECT}/releases/staging.yaml"
TEXTS: dict[str, str] = {
    **{path: factory.FILES[path] for path in (CONFIG, CONTRACT, PLATFORM, POINTER)},
    OVERLAY: "serving:\n  replicas: 3\ntesting:\n  thresholds:\n    recall: 0.9\nalerting:\n  channels: null\n",
    RELEASE: """\
project: fraud-detection
environment: staging
model:
  version: 3
  digest: sha256:9bd73b0f3af56ad50ff3a8e33f1b6a4a4e6f1b6c5ab8e9a3a0d7b4c6f1e2d3c4
  data_digest: md5:0123456789abcdef0123456789abcdef
""",
}
# What may be said about a file that is not there.
_OF_MISSING_FILES = ("MG106", "MG115", "MG114", "MG280")


def compiled(changes: Mapping[str, factory.Content]) -> Compilation:
    """Compile, tell in every format, and look at each position."""
    tree = factory.tree(changes)
    compilation = compile_tree(tree)
    for found in compilation.findings.diagnostics:
        assert_placed(found, tree)
    for style in LIMITS:
        report = report_of(compilation.findings, compilation.texts, len(compilation.names), LIMITS[style], "")
        stream = io.StringIO()
        tell(report, style, stream)
        assert "\x1b" not in stream.getvalue()
    event("refused" if compilation.findings.errors else "compiles")
    return compilation


def assert_placed(found: Diagnostic, tree: OverlayTree) -> None:
    """The finding stands at a place that an editor can show, and says something."""
    assert found.message.strip(), found
    place = found.place
    content = tree.read(place.file)
    if content is None:
        assert found.span is None, found
        assert found.code in _OF_MISSING_FILES, found
        return
    if found.span is None:
        return
    lines = lines_of(content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"))
    assert 1 <= place.line <= len(lines), (found, len(lines))
    # One column behind the last character is where something is missing.
    assert 1 <= place.column <= len(lines[place.line - 1]) + 1, (found, lines[place.line - 1])
    assert place.column < place.end_column, found


def written(data: Any) -> str:
    """Data as a person might have it written: YAML that both versions read alike."""
    return yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)


def plain(model: Any) -> Any:
    """A model as plain data, as far as it was written: reading that again must give the model back."""
    return json.loads(model.model_dump_json(exclude_unset=True))
