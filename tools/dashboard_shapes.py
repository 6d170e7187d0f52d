"""Writes the shapes that dashboards are filled into, as Grafana's own SDK builds them.

    python tools/dashboard_shapes.py

The SDK takes longer to import than a small render takes altogether, and what it gives is a handful of constants: so it
is asked once, by whoever changes a shape, and a test holds what is committed against what it says today.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import common as drawn
from grafana_foundation_sdk.builders import dashboard, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataSourceRef,
    ThresholdsMode,
)

ROOT = Path(__file__).resolve().parents[1]
MODULE = ROOT / "src/mlops_gitops/compiler/targets/monitoring/dashboard/shapes.py"
# What Grafana takes anyway; every panel would say it.
_USUAL = (("transparent", False), ("repeatDirection", "h"))
SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
HEAD = '''"""The shapes of a dashboard, as Grafana's own SDK builds them: made by ``tools/dashboard_shapes.py``."""

from __future__ import annotations

from typing import Any

'''


def shapes() -> dict[str, Any]:
    """By name: the dashboard and its links, its two kinds of variable, a heading, curves, words, a panel's link."""
    built: dict[str, Any] = {
        "dashboard": _dashboard(),
        "source": dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"),
        "constant": dashboard.ConstantVariable("name"),
        "row": dashboard.Row("row"),
        "curves": _curves(),
        "words": _words(),
        "link": dashboard.DashboardLink("title").type(DashboardLinkType.LINK).target_blank(True),
        "siblings": dashboard.DashboardLink("title")
        .type(DashboardLinkType.DASHBOARDS)
        .as_dropdown(True)
        .keep_time(True),
    }
    encoder = JSONEncoder(sort_keys=True)
    found = {name: json.loads(encoder.encode(one.build())) for name, one in built.items()}
    return {
        name: {key: value for key, value in one.items() if (key, value) not in _USUAL} for name, one in found.items()
    }


def _dashboard() -> dashboard.Dashboard:
    return (
        dashboard.Dashboard("title")
        .readonly()
        .refresh("1m")
        .time("now-24h", "now")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
    )


def _thresholds() -> dashboard.ThresholdsConfig:
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps([])


def _curves() -> timeseries.Panel:
    """Limits are lines; what is not there is a gap."""
    line = drawn.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.LINE)
    legend = (
        drawn.VizLegendOptions()
        .show_legend(True)
        .display_mode(common.LegendDisplayMode.LIST)
        .placement(common.LegendPlacement.BOTTOM)
        .calcs(["lastNotNull"])
    )
    return (
        timeseries.Panel()
        .datasource(SOURCE)
        .thresholds(_thresholds())
        .thresholds_style(line)
        .span_nulls(False)
        .legend(legend)
        .tooltip(drawn.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING))
    )


def _words() -> stat.Panel:
    """The names of the series that are there now."""
    return (
        stat.Panel()
        .datasource(SOURCE)
        .thresholds(_thresholds())
        .reduce_options(drawn.ReduceDataOptions().calcs(["lastNotNull"]))
        .text_mode(common.BigValueTextMode.NAME)
        .graph_mode(common.BigValueGraphMode.NONE)
        .no_value("none")
    )


def main() -> None:
    """Write it."""
    MODULE.write_text(f"{HEAD}SHAPES: dict[str, dict[str, Any]] = {shapes()!r}\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", MODULE], check=True)
    print(f"wrote {MODULE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
