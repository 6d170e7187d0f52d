"""The shapes of a dashboard, as Grafana's own SDK builds them: made by ``tools/dashboard_shapes.py``."""

from __future__ import annotations

from typing import Any

SHAPES: dict[str, dict[str, Any]] = {
    "dashboard": {
        "annotations": {},
        "editable": False,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,
        "refresh": "1m",
        "schemaVersion": 41,
        "templating": {},
        "time": {"from": "now-24h", "to": "now"},
        "timezone": "browser",
        "title": "title",
    },
    "source": {
        "allowCustomValue": True,
        "auto": False,
        "auto_count": 30,
        "auto_min": "10s",
        "includeAll": False,
        "label": "Data source",
        "multi": False,
        "name": "datasource",
        "query": "prometheus",
        "skipUrlSync": False,
        "type": "datasource",
    },
    "constant": {
        "allowCustomValue": True,
        "auto": False,
        "auto_count": 30,
        "auto_min": "10s",
        "hide": 2,
        "includeAll": False,
        "multi": False,
        "name": "name",
        "skipUrlSync": False,
        "type": "constant",
    },
    "row": {"collapsed": False, "id": 0, "panels": [], "title": "row", "type": "row"},
    "curves": {
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "fieldConfig": {
            "defaults": {
                "custom": {"spanNulls": False, "thresholdsStyle": {"mode": "line"}},
                "thresholds": {"mode": "absolute", "steps": []},
            },
            "overrides": [],
        },
        "options": {
            "legend": {"calcs": ["lastNotNull"], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "type": "timeseries",
    },
    "words": {
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "fieldConfig": {
            "defaults": {"noValue": "none", "thresholds": {"mode": "absolute", "steps": []}},
            "overrides": [],
        },
        "options": {
            "colorMode": "value",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "percentChangeColorMode": "standard",
            "reduceOptions": {"calcs": ["lastNotNull"]},
            "showPercentChange": False,
            "textMode": "name",
            "wideLayout": True,
        },
        "type": "stat",
    },
    "link": {
        "asDropdown": False,
        "icon": "",
        "includeVars": False,
        "keepTime": False,
        "tags": [],
        "targetBlank": True,
        "title": "title",
        "tooltip": "",
        "type": "link",
    },
    "siblings": {
        "asDropdown": True,
        "icon": "",
        "includeVars": False,
        "keepTime": True,
        "tags": [],
        "targetBlank": False,
        "title": "title",
        "tooltip": "",
        "type": "dashboards",
    },
}
