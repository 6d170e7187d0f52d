"""What Prometheus reads of a verdict, scraped from the endpoint itself."""

from __future__ import annotations

import socket
import urllib.request
from dataclasses import replace

import pytest

from mlops_gitops.adapters.verdict_exporter import VerdictExporter
from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.records.verdict import ColumnDrift, MetricChange, Outcome, Verdict, VerdictSeverity

AMOUNT = ColumnDrift("amount", "number", 0.25, 0.5, 1e-9, True, "medium")
AGE = ColumnDrift("age", "number", 0.01, 0.001, 0.8, False, "none")
RECALL = MetricChange(
    "recall", 0.91, 0.875, -0.035, -0.0385, -0.05, -0.02, 0.001, 0.03, True, True, True, "score", 400, 500
)
ROUND = Verdict(
    "cards", "staging", 2, "sha256:" + "0" * 64, Outcome.FAILED, VerdictSeverity.HIGH, 640, 0, (), (AMOUNT, AGE)
)  # fmt: skip
LABELS = 'environment="staging",project="cards"'


@pytest.fixture
def exporter():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = VerdictExporter("cards", "staging")
    made.serve("127.0.0.1", port)

    def scrape():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

    return made, scrape, port


def test_a_round(exporter):
    made, scrape, _ = exporter
    made.drift(ROUND)
    samples = scrape()
    assert samples[f"model_monitored_rows{{{LABELS}}}"] == "640.0"
    assert samples[f"model_drifted_columns{{{LABELS}}}"] == "1.0"
    assert samples[f'model_drift_psi{{column="amount",{LABELS}}}'] == "0.5"
    assert samples[f'model_drift_distance{{column="age",{LABELS}}}'] == "0.01"
    assert not [name for name in samples if name.startswith("model_recall")], "nothing was labelled"


def test_what_a_round_cannot_judge_keeps_no_old_number(exporter):
    made, scrape, _ = exporter
    made.drift(ROUND)
    made.drift(replace(ROUND, rows=3, columns=()))
    samples = scrape()
    assert [name for name in samples if name.startswith("model_")] == [f"model_monitored_rows{{{LABELS}}}"]
    made.drift(replace(ROUND, columns=(AGE,)))
    samples = scrape()
    assert samples[f"model_drifted_columns{{{LABELS}}}"] == "0.0"
    assert f'model_drift_psi{{column="amount",{LABELS}}}' not in samples


def test_labelled_quality(exporter):
    made, scrape, _ = exporter
    made.quality(replace(ROUND, metrics=(RECALL, replace(RECALL, name="no_such_metric"))))
    samples = scrape()
    assert samples[f"model_recall{{{LABELS}}}"] == "0.875"
    assert samples['model_metric_baseline{environment="staging",metric="recall",project="cards"}'] == "0.91"
    word = 'model_verdict{environment="staging",impact="high",kind="regression",outcome="FAILED",project="cards"}'
    assert samples[word] == "1.0"
    assert not [name for name in samples if "no_such" in name]
    made.quality(replace(ROUND, metrics=(replace(RECALL, name="precision"),)))
    assert f"model_recall{{{LABELS}}}" not in scrape()


def test_an_attack_that_was_not_tried_leaves_no_number(exporter):
    made, scrape, _ = exporter
    made.attack(0.25)
    assert scrape()[f"model_attack_success_ratio{{{LABELS}}}"] == "0.25"
    made.attack(None)
    assert not [name for name in scrape() if name.startswith("model_attack")]


def test_a_port_that_is_taken(exporter):
    _, _, port = exporter
    with pytest.raises(OutsideError, match="the monitor cannot listen") as raised:
        VerdictExporter("cards", "staging").serve("127.0.0.1", port)
    assert (raised.value.where, raised.value.why) == (f"127.0.0.1:{port}", "Address already in use")
