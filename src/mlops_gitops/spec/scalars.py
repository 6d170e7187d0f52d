"""The scalar types that the spec is written in: strict numbers, durations, quantities, names.

Each notation has one parser, here.  A duration may be written ``24h``, ``15_minutes``, ``2_hours``, ``500ms`` or in
ISO 8601 (``PT15M``); a quantity as Kubernetes writes it (``500m``, ``4Gi``).
"""

from __future__ import annotations

import contextlib
import math
import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, Strict, StringConstraints, WithJsonSchema

from mlops_gitops.spec.quantity import amount
from mlops_gitops.spec.spelling import spelling

_UNITS_S = {
    "ms": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "m": 60.0,
    "min": 60.0,
    "minute": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
    "d": 86400.0,
    "day": 86400.0,
    "w": 604800.0,
    "week": 604800.0,
}
_SHORT = r"(?P<count>\d+(?:\.\d+)?)[_ ]?(?P<unit>[a-z]+)"
_ISO = r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
DURATION_FORMS = "like 24h, 15_minutes, 2_hours, 500ms or PT15M"


def parse_duration(text: object) -> timedelta:
    """Read a duration; raise ``ValueError`` that names the legal forms."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str):
        raise ValueError(f"not a duration; write it with a unit, {DURATION_FORMS}")
    if match := re.fullmatch(_SHORT, text):
        unit = match["unit"]
        seconds = _UNITS_S.get(unit) or _UNITS_S.get(unit.removesuffix("s"))
        if seconds is not None:
            return _positive(float(match["count"]) * seconds)
    if text not in ("P", "PT") and (match := re.fullmatch(_ISO, text)):
        weeks, days, hours, minutes, seconds_part = (float(part or 0) for part in match.groups())
        return _positive((weeks * 7 + days) * 86400 + hours * 3600 + minutes * 60 + seconds_part)
    raise ValueError(f"not a duration; write it {DURATION_FORMS}")


def _positive(seconds: float) -> timedelta:
    # Below a millisecond nothing is measured, and beyond ten years nothing is waited for.
    if not 0.001 <= seconds <= 10 * 365 * 86400:
        raise ValueError("not a duration from 1ms to ten years")
    value = timedelta(seconds=seconds)
    if value % timedelta(milliseconds=1):
        raise ValueError("not a duration in whole milliseconds")
    return value


@spelling
@lru_cache(maxsize=4096)
def format_duration(value: timedelta) -> str:
    """The shortest exact form with one unit: ``90s``, ``15m``, ``24h`` (as Prometheus and Go read it)."""
    total_ms = round(value.total_seconds() * 1000)
    for unit, size_ms in (("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if total_ms % size_ms == 0:
            return f"{total_ms // size_ms}{unit}"
    return f"{total_ms}ms"


@spelling
def whole_seconds(value: timedelta) -> int:
    """Seconds, rounded up: where only whole ones can be written, a deadline of 500 ms must not become none at all."""
    return math.ceil(value.total_seconds())


def whole_days(value: timedelta) -> int:
    """Days, rounded up: where only whole ones can be written, nothing is dropped too early."""
    return math.ceil(value.total_seconds() / 86400)


_DURATION_PATTERN = r"\d+(\.\d+)?[_ ]?(ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)|P[0-9WDTHMS.]+"


def _written_as(*examples: str, bounds: str | None = None) -> WithJsonSchema:
    """A pattern cannot say ``1s to 30d`` of so many notations, so that the description does."""
    schema = {"type": "string", "pattern": f"^({_DURATION_PATTERN})$", "examples": list(examples)}
    return WithJsonSchema({"description": f"{bounds}.", **schema} if bounds else schema)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    _written_as("24h", "15_minutes", "2_hours", "500ms", "PT15M"),
]


def _between(least: str, most: str) -> AfterValidator:
    """Nobody means a stage of a millisecond, nor an alert that goes up before anybody can have read it."""

    def check(value: timedelta) -> timedelta:
        if parse_duration(least) <= value <= parse_duration(most):
            return value
        side = f"less than {least}" if value < parse_duration(least) else f"more than {most}"
        raise ValueError(f"{side}; it may be {least} to {most}")

    return AfterValidator(check)


Timeout = Annotated[
    Duration, _between("1s", "30d"), _written_as("90s", "15_minutes", "2h", "PT15M", bounds="1s to 30d")
]
"""How long something may run: what does anything takes a second, and nothing is waited for longer than a month."""
Interval = Annotated[Duration, _between("1s", "7d"), _written_as("30s", "10_minutes", "1h", "PT15M", bounds="1s to 7d")]
"""The time between two rounds of what goes on by itself."""
Patience = Annotated[Duration, _between("1m", "7d"), _written_as("15m", "2_hours", "1d", "PT15M", bounds="1m to 7d")]
"""How long people are given to answer."""

FOREVER = "forever"


def _retention(text: object) -> object:
    return text if text == FOREVER else parse_duration(text)


Retention = Annotated[
    timedelta | Literal["forever"],
    BeforeValidator(_retention),
    PlainSerializer(lambda value: value if isinstance(value, str) else format_duration(value), return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": rf"^(forever|{_DURATION_PATTERN})$", "examples": ["365d", "26_weeks", "forever"]}
    ),
]


def keeps_less(retention: timedelta | str, wanted: timedelta | str) -> bool:
    """Whether ``retention`` drops what ``wanted`` says must be kept."""
    if isinstance(retention, str):
        return False
    return isinstance(wanted, str) or retention < wanted


DATE_PATTERN = r"^\d{4}-\d{2}-\d{2}$"


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
        raise ValueError("not a day that exists")
    raise ValueError("not a date; write it like 2026-12-31")


Date = Annotated[
    date,
    BeforeValidator(_date),
    PlainSerializer(lambda value: value.isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "pattern": DATE_PATTERN, "examples": ["2026-12-31"]}),
]

Bool = Annotated[bool, Strict()]
Int = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Text = Annotated[str, Strict(), StringConstraints(min_length=1)]
Fraction = Annotated[float, Strict(), Field(ge=0.0, le=1.0)]
PositiveInt = Annotated[int, Strict(), Field(ge=1)]
Replicas = Annotated[int, Strict(), Field(ge=1, le=1000)]
"""More pods of one model than this are a slip of the finger."""
Count = Annotated[int, Strict(), Field(ge=0)]

DNS_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_QUANTITY = r"\d+(\.\d+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?"


def _dns_label(text: str) -> str:
    if not DNS_LABEL.fullmatch(text):
        raise ValueError("not a DNS label: lower-case letters, digits and '-', at most 63, no '-' at either end")
    return text


DnsLabel = Annotated[
    str,
    Strict(),
    AfterValidator(_dns_label),
    WithJsonSchema({"type": "string", "pattern": f"^{DNS_LABEL.pattern}$", "maxLength": 63}),
]
_ENTRYPOINT = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*"
_DIGEST = r"sha256:[0-9a-f]{64}"


def _entrypoint(text: str) -> str:
    if not re.fullmatch(_ENTRYPOINT, text):
        raise ValueError("not `module:function`, like model:train")
    return text


def _digest(text: str) -> str:
    if not re.fullmatch(_DIGEST, text):
        raise ValueError("not a digest: `sha256:` and 64 hexadecimal digits")
    return text


Entrypoint = Annotated[
    str,
    Strict(),
    AfterValidator(_entrypoint),
    WithJsonSchema({"type": "string", "pattern": f"^{_ENTRYPOINT}$", "examples": ["model:train"]}),
]
Digest = Annotated[
    str, Strict(), AfterValidator(_digest), WithJsonSchema({"type": "string", "pattern": f"^{_DIGEST}$"})
]


def _quantity(value: Any) -> str:
    """Kubernetes reads a bare number as a quantity too; keep one text form."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("a quantity is written as Kubernetes writes it, like 500m, 2 or 4Gi")
    text = str(value)
    if not re.fullmatch(_QUANTITY, text):
        raise ValueError("not a quantity; write it as Kubernetes does, like 500m, 2 or 4Gi")
    return text


Quantity = Annotated[
    str,
    BeforeValidator(_quantity),
    WithJsonSchema({"type": ["string", "number"], "pattern": f"^{_QUANTITY}$", "examples": ["500m", "2", "4Gi"]}),
]


def _cores(value: Any) -> str:
    """An API server takes no part of a thousandth of a core, and none at all leaves autoscaling nothing to compare."""
    text = _quantity(value)
    if amount(text) == 0:
        raise ValueError("not a number of cores: more than 0, like 500m or 2")
    if (amount(text) * 1000).denominator != 1:
        raise ValueError("not a number of cores: a thousandth, 1m, is the least part of one")
    return text


Cores = Annotated[
    str,
    BeforeValidator(_cores),
    WithJsonSchema({"type": ["string", "number"], "pattern": f"^{_QUANTITY}$", "examples": ["500m", "2"]}),
]

_SIZE = r"\d+(\.\d+)?(k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?"
_SMALLEST_SIZE = 2**20
_LARGEST_SIZE = 2**63 - 1


def _size(value: Any) -> str:
    """Kubernetes takes no part of a byte: ``500m`` of memory is half of one, and hardly ever meant."""
    text = _quantity(value)
    if text.endswith("m"):
        raise ValueError(f"{text} is thousandths of a byte; write {text[:-1]}Mi for mebibytes")
    size = amount(text)
    if size.denominator != 1:
        raise ValueError("not a whole number of bytes; write it like 512Mi, 4Gi or 10G")
    if size < _SMALLEST_SIZE:
        meant = f"; write {text}Gi for gibibytes" if text.isdecimal() and text != "0" else ""
        raise ValueError(f"less than a mebibyte, in which no program starts{meant}")
    if size > _LARGEST_SIZE:
        raise ValueError("more bytes than can be counted; the largest size is just under 8Ei")
    return text


Size = Annotated[
    str,
    BeforeValidator(_size),
    WithJsonSchema({"type": ["string", "number"], "pattern": f"^{_SIZE}$", "examples": ["512Mi", "4Gi", "10G"]}),
]

# Five fields as cron reads them: numbers, ranges, steps and lists; no names, which readers differ about.
_CRON_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_CRON_PART = r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?"


def _cron(text: str) -> str:
    fields = text.split(" ")
    if len(fields) != len(_CRON_FIELDS):
        raise ValueError("not a schedule: five fields, like `0 3 * * 1` (minute hour day month weekday)")
    for written, (name, low, high) in zip(fields, _CRON_FIELDS, strict=True):
        if not all(_cron_part(part, low, high) for part in written.split(",")):
            raise ValueError(f"not a schedule: its {name} `{written}` is not `*` or numbers from {low} to {high}")
    return text


def _cron_part(part: str, low: int, high: int) -> bool:
    match = re.fullmatch(_CRON_PART, part)
    if match is None:
        return False
    first, last, step = (int(number) if number else None for number in match.groups())
    in_range = all(low <= number <= high for number in (first, last) if number is not None)
    ordered = first is None or last is None or first <= last
    return in_range and ordered and step != 0


Cron = Annotated[
    str,
    Strict(),
    AfterValidator(_cron),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9*/,-]+( [0-9*/,-]+){4}$", "examples": ["0 3 * * 1"]}),
]

_METRIC_NAME = r"[a-z][a-z0-9_]{0,62}"
_SERIES_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"


def _metric_name(text: str) -> str:
    if not re.fullmatch(_METRIC_NAME, text):
        raise ValueError("not a metric's name: lower-case letters, digits and `_`, a letter first")
    return text


def _series_name(text: str) -> str:
    if not re.fullmatch(_SERIES_NAME, text):
        raise ValueError("not the name of a Prometheus series: letters, digits, `_` and `:`, no digit first")
    return text


MetricName = Annotated[
    str, Strict(), AfterValidator(_metric_name), WithJsonSchema({"type": "string", "pattern": f"^{_METRIC_NAME}$"})
]
SeriesName = Annotated[
    str, Strict(), AfterValidator(_series_name), WithJsonSchema({"type": "string", "pattern": f"^{_SERIES_NAME}$"})
]
