"""What people read when they are told: Alertmanager's templates of a message's head and body."""

from __future__ import annotations

_WHERE = "{{ .CommonLabels.project }} in {{ .CommonLabels.environment }}"
TITLE = '[{{ .Status | toUpper }}{{ if eq .Status "firing" }} {{ .Alerts.Firing | len }}{{ end }}] ' + _WHERE
_HEAD = "{{ .Labels.severity }}: {{ .Annotations.summary }}"
_PAGE = "{{ with .Annotations.runbook_url }}"
SLACK = (
    "{{ range .Alerts }}*"
    + _HEAD
    + "*\n{{ .Annotations.description }}\n"
    + _PAGE
    + "<{{ . }}|What to do>\n{{ end }}{{ end }}"
)
PLAIN = (
    "{{ range .Alerts }}"
    + _HEAD
    + "\n{{ .Annotations.description }}\n"
    + _PAGE
    + "What to do: {{ . }}\n{{ end }}\n{{ end }}"
)
