"""The second project of the golden tree: Keras on several GPU workers, by the clock, with checkpoints."""

from __future__ import annotations

from tests.factory import CONTRACT, FILES, Content

FOLDER = "projects/image-defects"

PLATFORM = """\
images:
  runner:
    name: mlops-gitops-runner
    digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
nodes:
  nvidia.com/gpu:
    node_selector:
      nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3
    tolerations:
      - {key: dedicated, operator: Equal, value: training, effect: NoSchedule}
priority_classes:
  training-urgent:
    value: 1000
    preempts: true
    description: Retraining after a regression.
  training-batch:
    value: -10
policy:
  gpu_budget:
    total:
      production: 24
"""

SOURCES: dict[str, Content] = {
    f"{FOLDER}/mlops_config.yaml": """\
pipeline:
  stages:
    - data_validation
    - model_training
    - model_testing
  stage_options:
    model_training:
      timeout: 6h
training:
  framework: keras
  workers: 4
  resources:
    cpu: 16
    memory: 96Gi
    ephemeral_storage: 200Gi
    limits:
      cpu: 32
      vendor.example.com/rdma: 1
    requests:
      vendor.example.com/rdma: 1
  shared_memory: 32Gi
  checkpoints:
    storage: 500Gi
    storage_class: fast-shared
  schedule: 30 2 * * 1
  queue: vision
  priority_class: training-batch
  retries: 5
  node_selector:
    topology.kubernetes.io/zone: zone-a
  tolerations:
    - {key: spot}
  env:
    - {name: TF_CPP_MIN_LOG_LEVEL, value: "2"}
    - {name: WANDB_API_KEY, secret: {name: tracking, key: api-key}}
registry:
  retention:
    failed_runs: 2d
testing:
  categories: [data_test, model_test]
  thresholds:
    recall: 0.85
    f1_score: 0.9
monitoring:
  metrics:
    - recall
alerting:
  channels:
    - slack
""",
    f"{FOLDER}/environments/staging.yaml": """\
training:
  env:
    - {name: WANDB_API_KEY, secret: null, value: offline}
""",
    f"{FOLDER}/environments/production.yaml": "training:\n  accelerator:\n    count: 4\n",
    f"{FOLDER}/data_contract.yaml": FILES[CONTRACT],
    f"{FOLDER}/data/transactions.csv.dvc": FILES["projects/fraud-detection/data/transactions.csv.dvc"],
    f"{FOLDER}/model.py": "def train(train, validation, *, label, features, parameters, seed): ...\n",
}
