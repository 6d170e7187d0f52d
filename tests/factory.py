"""Small repositories for tests: one project that compiles with nothing to complain about, and ways to change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mlops_gitops.compiler.compilation import Compilation
from mlops_gitops.compiler.driver import compile_tree
from mlops_gitops.records.overlay_tree import OverlayTree

PROJECT = "projects/fraud-detection"
CONFIG = f"{PROJECT}/mlops_config.yaml"
CONTRACT = f"{PROJECT}/data_contract.yaml"
PLATFORM = "projects/platform.yaml"

FILES: dict[str, str] = {
    PLATFORM: """\
registry: registry.example.com/ml
clusters:
  workstation:
    kind: local
  cloud:
    kind: kubernetes
    context: cloud
environments:
  staging:
    cluster: workstation
    namespace: ml-staging
  production:
    cluster: cloud
    namespace: ml
receivers:
  # The Secret holds the webhook's URL.
  slack: {target: "#ml-alerts", secret: slack-webhook}
prices:
  nvidia.com/gpu: 3.20
""",
    CONFIG: """\
pipeline:
  stages:
    - data_validation
    - feature_engineering
    - model_training
    - model_testing
    - model_deployment
    - model_monitoring
testing:
  thresholds:
    recall: 0.85
    f1_score: 0.92
    false_positive_rate: 0.01
  categories: [model_test]
monitoring:
  metrics:
    - recall
    - inference_latency_p95
alerting:
  channels:
    - slack
""",
    CONTRACT: """\
source: data/transactions.csv
label: is_fraud
time: time
groups: [region]
columns:
  - {name: time, type: time, role: time}
  - {name: amount, type: float, min: 0}
  - {name: region, type: category, role: protected, values: ["N", "S"]}
  - {name: is_fraud, type: int, role: label}
""",
    f"{PROJECT}/data/transactions.csv.dvc": """\
outs:
- md5: 0123456789abcdef0123456789abcdef
  size: 1000
  hash: md5
  path: transactions.csv
""",
    f"{PROJECT}/model.py": "def train(train, validation, *, label, features, parameters, seed): ...\n",
}

Content = str | bytes | None
"""``None`` takes a file away."""


DAY = date(2026, 6, 1)
"""The day of the commit that these files stand on."""


def tree(
    changes: Mapping[str, Content] | None = None, *, files: Mapping[str, str] = FILES, day: date | None = DAY
) -> OverlayTree:
    """The files above with changes over them, in memory."""
    base = {path: text.encode() for path, text in files.items()}
    return OverlayTree(
        OverlayTree(_Nothing(day), base),
        {path: text.encode() if isinstance(text, str) else text for path, text in (changes or {}).items()},
    )


def compiled(changes: Mapping[str, Content] | None = None, *, day: date | None = DAY) -> Compilation:
    """What they compile to."""
    return compile_tree(tree(changes, day=day))


def edited(path: str, *replacements: tuple[str, str]) -> dict[str, Content]:
    """One of the files above with pieces of its text replaced; each piece must be there."""
    text = FILES[path]
    for old, new in replacements:
        assert old in text, f"{path} holds no {old!r}"
        text = text.replace(old, new)
    return {path: text}


def on_disk(root: Path, changes: Mapping[str, Content] | None = None) -> Path:
    """The same, written below ``root``."""
    made = tree(changes)
    for path in made.files(""):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(made.read(path) or b"")
    return root


@dataclass(frozen=True)
class _Nothing:
    """A tree without files, at a commit of some day."""

    day: date | None = None

    def read(self, path: str) -> bytes | None:
        del path
        return None

    def files(self, folder: str) -> Iterable[str]:
        del folder
        return ()

    outline = files

    def committed_on(self) -> date | None:
        return self.day
