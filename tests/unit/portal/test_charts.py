"""Pictures: where a number lies, what its words say, and inputs that leave nothing to draw."""

from __future__ import annotations

import math
import re

import pytest
from markupsafe import Markup

from mlops_gitops.pipeline.gates import at_least, at_most
from mlops_gitops.portal.charts.changes import change_chart, change_limit, shared_scale
from mlops_gitops.portal.charts.commits import Lane, commit_strip
from mlops_gitops.portal.charts.confusion import Counts, confusion_chart
from mlops_gitops.portal.charts.curves import loss_chart
from mlops_gitops.portal.charts.drift import DriftLimits, drift_chart, longest
from mlops_gitops.portal.charts.gates import gate_chart
from mlops_gitops.portal.charts.shapes import shape_chart
from mlops_gitops.portal.charts.spans import span_charts
from mlops_gitops.portal.distributions import Distribution
from mlops_gitops.portal.drawing import Mark, Scale, label, node
from mlops_gitops.portal.run_record import LossPoint
from mlops_gitops.records.verdict import ColumnDrift
from tests.unit.portal import sample


def boxes(chart: Markup, style: str) -> list[tuple[float, float]]:
    """Left edge and width, in percent, of the boxes of a class."""
    found = re.findall(rf'<rect x="([\d.]+)%?"[^>]* width="([\d.]+)%"[^>]* class="{style}"', chart)
    return [(float(left), float(width)) for left, width in found]


def test_text_and_attributes_are_escaped():
    written = node("text", "<b>", class_='"><script>', data_x=None, x=1.50)
    assert written == '<text class="&#34;&gt;&lt;script&gt;" x="1.5">&lt;b&gt;</text>'


@pytest.mark.parametrize(("percent", "anchor"), [(5, "start"), (50, "middle"), (95, "end")])
def test_words_at_the_edges_run_inwards(percent: float, anchor: str):
    assert f'text-anchor="{anchor}"' in label("limit", percent, 3)


def test_a_scale_holds_its_numbers_between_round_ends():
    scale = Scale.around([0.891, 0.92, 0.935], 0.0, 1.0)
    assert 0 <= scale.low < 0.891
    assert 0.935 < scale.high <= 1
    assert 3 < scale.at(0.891) < scale.at(0.92) < scale.at(0.935) < 97


@pytest.mark.parametrize("values", [[], [math.nan], [0.0], [5.0, 5.0], [-1e-300], [1e300, -1e300], [math.inf, 1.0]])
def test_a_scale_survives_anything(values: list[float]):
    scale = Scale.around(values)
    assert all(0 <= scale.at(value) <= 100 for value in (*values, 0.0, 1e9))


def test_the_good_side_lies_above_a_lower_limit_and_below_an_upper_one():
    (left, width), *_ = boxes(gate_chart(at_least("recall", 0.9, 0.85, (0.88, 0.93))), "good")
    assert left > 3
    assert left + width == pytest.approx(97, abs=0.1)
    (left, width), *_ = boxes(gate_chart(at_most("latency_p95_ms", 20.0, 100, unit="ms")), "good")
    assert left == 3
    assert left + width < 97


def test_a_missed_gate_has_another_shape_and_other_words():
    met, missed = gate_chart(at_least("recall", 0.9, 0.85)), gate_chart(at_least("recall", 0.8, 0.85))
    assert "mark met" in met
    assert "mark missed" in missed
    assert "limit ≥\u00a00.85: missed" in missed


def test_a_gate_without_a_number_draws_no_point():
    chart = gate_chart(at_least("recall", math.nan, 0.85))
    assert "mark " not in chart
    assert "not a number" in chart


def test_confusion_shares_are_of_the_rows_that_are_truly_so():
    chart = confusion_chart(Counts(tp=90, fn=10, fp=5, tn=895))
    assert "found · 90.0 %" in chart
    assert "false alarms · 0.6 %" in chart
    assert [width for _, width in boxes(chart, "fill right")] == pytest.approx([0.9 * 43.5, 895 / 900 * 43.5], abs=0.01)
    assert "found · 0.0 %" in confusion_chart(Counts(0, 0, 0, 0))


def test_losses_of_many_sizes_get_a_logarithmic_height():
    steep = [LossPoint(i, 0.5 * 0.5**i, 0.5 * 0.5**i + 0.001 * i) for i in range(12)]
    chart = loss_chart(steep)
    assert "logarithmic" in chart
    assert "logarithmic" not in loss_chart([LossPoint(0, 0.30, 0.31), LossPoint(1, 0.25, 0.29)])
    best = min(steep, key=lambda point: point.validation)
    assert f"at iteration {best.iteration:g}" in chart


def test_losses_of_one_side_only_are_drawn():
    assert "best" not in loss_chart([LossPoint(0, 0.3, None), LossPoint(1, 0.2, None)])


def test_a_long_training_is_thinned():
    chart = loss_chart([LossPoint(i, 1 / (i + 1), 1 / (i + 1)) for i in range(50_000)])
    assert len(chart) < 12_000
    assert "iteration 49999" in chart


def test_a_change_is_limited_in_its_bad_direction():
    recall, false_alarms = sample.change("recall", 0.9, 0.8), sample.change("false_positive_rate", 0.001, 0.002)
    assert change_limit(recall) == pytest.approx(0.873)
    assert change_limit(false_alarms) == pytest.approx(0.00103)
    shared = shared_scale((recall, false_alarms))
    assert shared.low > 0.5  # a rate of which less is better takes no part in it
    (left, _), *_ = boxes(change_chart(recall, shared, Mark.MISSED), "bad")
    assert left == 3
    (left, width), *_ = boxes(change_chart(false_alarms, shared, Mark.IDLE), "bad")
    assert left + width == pytest.approx(97, abs=0.1)


def test_drift_bars_share_one_limit_and_long_ones_are_cut():
    limits = DriftLimits(0.1, 0.2)
    columns = (
        ColumnDrift("a", "number", 0.2, 0.1, 0.0, True, "small"),
        ColumnDrift("b", "category", 0.9, 20.0, 0.0, True, "large"),
    )
    width = longest(columns, limits)
    chart = drift_chart(columns[0], limits, width)
    assert boxes(chart, "warned first")[0][1] == pytest.approx(200 / width, abs=0.01)
    assert boxes(chart, "warned second")[0][1] == pytest.approx(50 / width, abs=0.01)
    assert 'class="cut"' not in chart
    assert drift_chart(columns[1], limits, width).count('class="cut"') == 2
    assert longest((), limits) == 2


def test_steps_follow_each_other():
    first, second = span_charts(["a", "b"], [1.0, 3.0], ["done", "kept"])
    assert boxes(first, "span done") == [(0.0, 25.0)]
    assert boxes(second, "span kept") == [(25.0, 75.0)]
    assert len(span_charts(["a"], [0.0], ["done"])) == 1


def test_a_version_serves_from_its_commit_on():
    chart = commit_strip([False, False, True, False], 1, [Lane("staging", (None, 2, 1, 1))])
    assert "1 by the bot; staging served nothing, then v2, then v1" in chart
    (left, width), *_ = boxes(chart, "served v0")
    assert left == pytest.approx(37.8)
    assert width == pytest.approx(24.4)


def test_commits_without_a_release_have_no_band():
    assert "served" not in commit_strip([False], 1, [])


def test_few_cells_are_paired_and_many_outlined():
    few = Distribution("country", ("DE", "US"), (0.75, 0.25), (0.5, 0.5), 100, 80)
    assert shape_chart(few).count("<rect") == 4
    cells = tuple(f"{i}" for i in range(20))
    even, peaked = (0.05,) * 20, (0.81, *(0.01,) * 19)
    assert "square roots" not in shape_chart(Distribution("km", cells, even, even, 10, 10))
    assert "81.0 % · heights are square roots" in shape_chart(Distribution("km", cells, even, peaked, 10, 10))
