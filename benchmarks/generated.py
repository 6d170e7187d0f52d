"""A repository of many projects for the benchmarks: the same number and seed give the same bytes.

Every project differs from every other in names, numbers and columns, as real ones do; each has a data contract, a data
pointer, code, and two environments, one of which has an overlay in every second project.

    python benchmarks/generated.py FOLDER [--projects 1000] [--seed 0]
"""

from __future__ import annotations

import argparse
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

PLATFORM = """\
apiVersion: mlops-gitops/v1
registry: registry.example.com/ml
clusters:
  cloud:
    kind: kubernetes
    kubernetes_version: "1.34"
    context: cloud
environments:
  staging:
    cluster: cloud
    namespace: ml-models-staging
  production:
    cluster: cloud
    namespace: ml-models
receivers:
  slack: {target: "#ml-alerts", secret: slack-webhook}
  email: {target: ml-oncall@example.com, secret: smtp-credentials}
  sms: {target: ml-oncall-phones, secret: sms-gateway}
escalation:
  warning: {channel: email, target: ml-leads@example.com, secret: smtp-credentials}
  critical: {channel: sms, target: ml-leads-phones, secret: sms-gateway}
smtp:
  smarthost: mail.example.com:587
  from_address: ml-alerts@example.com
prices:
  nvidia.com/gpu: 3.20
"""

CONFIG = """\
project:
  description: Decides about {noun} of {name}
  owners: ["@team-{team}", "@ml-platform"]
  risk_class: {risk}
  risk_reason: Decides about {noun}, and a person may ask why
pipeline:
  stages:
    - data_validation
    - feature_engineering
    - model_training
    - model_testing
    - model_deployment
    - model_monitoring
  triggers:
    data_update: true
    schedule_daily: {daily}
    performance_regression: true
  stage_options:
    model_training:
      timeout: {timeout}_minutes
testing:
  categories:
    - unit_test
    - integration_test
    - data_test
    - model_test
    - fairness_test
    - security_test
  thresholds:
    accuracy: 0.{accuracy}
    precision: 0.{precision}
    recall: 0.85
    f1_score: 0.{f1}
    false_positive_rate: 0.0{fpr}
training:
  parameters:
    max_depth: {depth}
    learning_rate: 0.{rate}
  resources:
    cpu: "{cpu}"
    memory: {memory}Gi
serving:
  replicas: {replicas}
  slo:
    latency: {latency}ms
    availability: 0.999
monitoring:
  metrics:
    - accuracy
    - precision
    - recall
    - f1_score
    - inference_latency_p95
    - throughput
  regression_detection:
    performance_threshold: 0.03
    statistical_significance: 0.05
    trend_analysis_window: 24h
alerting:
  channels:
    - slack
    - email
    - sms
  escalation_policy:
    warning: 2_hours
    critical: 15_minutes
"""

OVERLAY = """\
serving:
  replicas: {replicas}
  resources:
    cpu: "2"
    memory: {memory}Gi
monitoring:
  interval: 1m
"""

NOUNS = ("claim", "loan", "order", "visit", "ticket", "parcel", "meter", "image", "route", "basket")
KINDS = ("risk", "fraud", "demand", "churn", "defect", "delay", "rank", "price", "fault", "match")


def files(count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Path and text of every file, from the repository root."""
    yield "projects/platform.yaml", PLATFORM
    for index in range(count):
        # Each project's numbers hang on its index alone: the first hundred of a thousand are those of a hundred.
        yield from _project(index, random.Random(f"{seed} {index}"))


def _project(index: int, draw: random.Random) -> Iterator[tuple[str, str]]:
    noun = NOUNS[index % len(NOUNS)]
    name = f"{noun}-{KINDS[index // len(NOUNS) % len(KINDS)]}-{index:05}"
    folder = f"projects/{name}"
    values: dict[str, object] = {
        "name": name,
        "noun": f"{noun}s",
        "team": index % 40,
        "risk": draw.choice(("minimal", "limited", "high")),
        "daily": draw.choice(("true", "false")),
        "timeout": draw.randrange(30, 180),
        "accuracy": draw.randrange(90, 99),
        "precision": draw.randrange(86, 91),
        "f1": draw.randrange(92, 97),
        "fpr": draw.randrange(1, 6),
        "depth": draw.randrange(3, 12),
        "rate": draw.randrange(1, 9),
        "cpu": draw.randrange(1, 8),
        "memory": draw.randrange(2, 32),
        "replicas": draw.randrange(1, 6),
        "latency": draw.randrange(40, 200, 10),
    }
    yield f"{folder}/mlops_config.yaml", CONFIG.format(**values)
    yield f"{folder}/data_contract.yaml", "".join(_contract(noun, draw))
    md5, size = draw.randbytes(16).hex(), draw.randrange(10**6)
    yield f"{folder}/data/rows.csv.dvc", f"outs:\n- md5: {md5}\n  size: {size}\n  hash: md5\n  path: rows.csv\n"
    yield f"{folder}/model.py", f'"""The model of {name}."""\n\nDEPTH = {values["depth"]}\n'
    if index % 2 == 0:
        yield f"{folder}/environments/production.yaml", OVERLAY.format(replicas=draw.randrange(6, 20), memory=2)


def _contract(noun: str, draw: random.Random) -> Iterator[str]:
    yield "source: data/rows.csv\nlabel: is_bad\npositive: 1\ntime: time\ngroups: [region]\ncolumns:\n"
    yield "  - {name: time, type: time, role: time, unit: s}\n"
    yield '  - {name: region, type: category, role: protected, values: ["N", "E", "S", "W"]}\n'
    for number in range(draw.randrange(6, 14)):
        yield f"  - {{name: {noun}_{number}, type: float, role: feature, min: 0, max: {draw.randrange(10, 10**6)}}}\n"
    yield "  - {name: is_bad, type: int, role: label, min: 0, max: 1}\n"


def generate(root: Path, count: int, seed: int = 0, *, git: bool = True) -> None:
    """Write the repository below ``root``; with ``git``, everything is committed."""
    for path, text in files(count, seed):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    (root / ".gitignore").write_text(".mlops-gitops/\n__pycache__/\n", encoding="utf-8")
    if git:
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(root)], check=True)
        commit(root)


def commit(root: Path) -> None:
    """Commit all that is there."""
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0")
    subprocess.run(["git", "-C", str(root), "add", "--all"], check=True)
    subprocess.run(["git", "-C", str(root), *identity, "commit", "--quiet", "--message", "Generated"], check=True)


def main() -> None:
    """Generate from the command line."""
    parser = argparse.ArgumentParser(description="Write a repository of generated projects.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    generate(arguments.folder, arguments.projects, arguments.seed)


if __name__ == "__main__":
    main()
