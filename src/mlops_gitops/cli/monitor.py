"""``monitor``: judge what was served lately, once or round after round, and export it to Prometheus."""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_gitops.cli.argument_types import duration_s, port
from mlops_gitops.diagnostics import ExitCode, OutsideError

if TYPE_CHECKING:
    from mlops_gitops.adapters.verdict_exporter import VerdictExporter
    from mlops_gitops.wiring.detection import Monitoring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to look at, how often, and where to export it."""
    parser.add_argument("project", metavar="PROJECT")
    parser.add_argument("--environment", metavar="ENV", help="take everything from this environment of the repository")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the rendered detector.json, where there is none")
    parser.add_argument("--model-store", type=Path, metavar="DIR", help="the folder of model packages, with --config")
    parser.add_argument("--inference-log", type=Path, metavar="DIR", help="the folder of served rows, with --config")
    parser.add_argument("--watch", action="store_true", help="go on, a round every --interval")
    parser.add_argument(
        "--interval", type=duration_s, default=300.0, metavar="DURATION", help="time between two rounds (default: 5m)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="where /metrics listens with --watch")
    parser.add_argument("--port", type=port, default=9090, help="its port (default: 9090)")


def run(arguments: argparse.Namespace) -> int:
    """Once: exit 1 where the verdict is FAILED.  With ``--watch``: until it is stopped."""
    from mlops_gitops.wiring.detection import monitoring

    setting = monitoring(arguments)
    if not arguments.watch:
        verdict = setting.monitor.round(setting.history, datetime.now(UTC))
        print(json.dumps(verdict.to_plain(), indent=2, ensure_ascii=False))
        return int(ExitCode.ANSWER_NO if verdict.outcome.value == "FAILED" else ExitCode.DONE)
    _watch(setting, (arguments.host, arguments.port), arguments.interval)
    return int(ExitCode.DONE)


def _watch(setting: Monitoring, address: tuple[str, int], interval_s: float) -> None:
    from mlops_gitops.adapters.verdict_exporter import VerdictExporter

    exporter = VerdictExporter(setting.config.project, setting.config.environment)
    _round(setting, exporter)
    # Listening says that it is ready: not before the kernels are compiled and there is something to tell.
    exporter.serve(*address)
    while True:
        time.sleep(interval_s)
        _round(setting, exporter)


def _round(setting: Monitoring, exporter: VerdictExporter) -> None:
    try:
        served = setting.monitor.served(setting.history, datetime.now(UTC))
        verdict = setting.monitor.judge(served)
        exporter.drift(verdict)
        exporter.attack(setting.monitor.attack(served))
        if (labelled := setting.labelled_verdict()) is not None:
            exporter.quality(labelled)
    except OutsideError as error:
        # A log that cannot be read now may be read next time; the metrics keep their last values.
        print(f"error: {error.what} ({error.where}: {error.why})", flush=True)
    else:
        said = " ".join(verdict.reasons) or "nothing to say"
        print(f"{verdict.outcome.value} {verdict.rows} rows: {said}", flush=True)
