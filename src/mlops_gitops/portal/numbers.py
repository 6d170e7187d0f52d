"""Numbers, times and digests in the words that all pages share; they read as the command line writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from mlops_gitops.pipeline.run_report import duration_text
from mlops_gitops.records.stage_result import GateResult

_NAMES: Mapping[str, str] = {
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC",
    "f1_score": "F1 score",
    "latency_p95_ms": "latency p95",
}

JOINT = "\u00a0"
"""A space at which no line breaks."""


def number(value: float) -> str:
    """Three decimals, fewer where they say nothing, more where three would hide a small number."""
    if not math.isfinite(value):
        return "not a number"
    if float(value).is_integer() and abs(value) < 1e15:
        return signs(f"{value:,.0f}")
    if abs(value) >= 100:
        return signs(f"{value:,.0f}")
    if abs(value) >= 10:
        return signs(f"{value:.1f}")
    return signs(f"{value:.3f}" if abs(value) >= 0.01 else f"{value:.2g}")


def brief(value: float) -> str:
    """A limit or the end of an axis, as short as it was written."""
    return signs(f"{value:.4g}") if math.isfinite(value) else "not a number"


def percent(value: float, *, signed: bool = False) -> str:
    """A share as a percentage."""
    if not math.isfinite(value):
        return "not a number"
    return signs(f"{100 * value:+.1f} %" if signed else f"{100 * value:.1f} %")


def p_value(p: float) -> str:
    """``p < 0.001`` or ``p = 0.042``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def interval(low: float | None, high: float | None) -> str:
    """``[0.921, 0.940]``, or nothing."""
    return "" if low is None or high is None else f"[{number(low)},{JOINT}{number(high)}]"


def measured(gate: GateResult) -> str:
    """``0.931 [0.921, 0.940]``, with its unit."""
    return " ".join(part for part in (number(gate.measured), gate.unit, interval(gate.low, gate.high)) if part)


def limit(gate: GateResult) -> str:
    """``≥ 0.92``, with its unit."""
    return JOINT.join(part for part in (gate.sign, brief(gate.limit), gate.unit) if part)


def seconds(duration_s: float) -> str:
    """``0.4 s``, ``1m 12s``."""
    text = duration_text(duration_s)
    return text if " " in text else f"{text[:-1]} {text[-1]}"


def moment(iso: str) -> str:
    """``2026-03-02 10:04:09 UTC``; text that is no time stays as it is."""
    try:
        parsed = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    if parsed.tzinfo is None:
        return parsed.isoformat(sep=" ", timespec="seconds")
    return f"{parsed.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def minute(iso: str) -> str:
    """``2026-03-02 10:04 UTC``."""
    told = moment(iso)
    return re.sub(r":\d\d( UTC)$", r"\1", told)


def spoken(name: str) -> str:
    """A metric's name as words: ``false_positive_rate`` → ``false positive rate``."""
    return _NAMES.get(name) or name.replace("_", " ")


def flowing(text: str) -> str:
    """A summary whose parts stand apart by spaces, for a line that wraps: a dot between the parts, true minus signs."""
    parts = (re.sub(r"(?<![\w-])-(?=\d)", "−", part) for part in re.split(r" {2,}", text) if part)
    return " · ".join(parts)


def signs(text: str) -> str:
    """A real minus sign."""
    return text.replace("-", "−")
