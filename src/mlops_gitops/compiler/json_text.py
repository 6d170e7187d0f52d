"""JSON for people to read: the text of ``json.dumps(…, indent=2)``, several times as fast.

With an indent the standard library leaves its C encoder and makes one generator a level; this writes line by line.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring
from typing import Any

from mlops_gitops.compiler.origins.marked import as_text
from mlops_gitops.records.artifact import Plain

# How the usual kinds are written: ``json.dumps`` makes an encoder for each of them.  A list or object is an empty one.
_WORDS: dict[type, Callable[[Any], str]] = {
    int: repr,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    float: lambda value: _number(value),
    list: lambda _: "[]",
    dict: lambda _: "{}",
}


class Constant(dict[str, Any]):
    """An object that is part of many texts and never changes: it is written once for each indent."""

    __slots__ = ("texts",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__({key: _constant(item) if isinstance(item, dict) else item for key, item in data.items()})
        self.texts: dict[str, str] = {}

    def text(self, line: str) -> str:
        """As it stands after ``line``."""
        if (known := self.texts.get(line)) is None:
            known = self.texts[line] = _text(dict(self), line)
        return known


def _constant(data: Mapping[str, Any]) -> Constant:
    """A part of many objects keeps what was written of it."""
    return data if isinstance(data, Constant) else Constant(data)


def to_json(value: Plain) -> str:
    """Two spaces a level, keys in their order, text as it is; raises ``ValueError`` on NaN and infinity."""
    return _text(value, "\n")


def _text(value: Plain, line: str) -> str:
    pieces: list[str] = []
    _write(value, line, pieces)
    return "".join(pieces)


def _write(value: Plain, line: str, pieces: list[str]) -> None:
    """``line`` is a line break and the indent of what holds ``value``."""
    if isinstance(value, str):
        pieces.append(encode_basestring(value))
    elif type(value) is Constant:
        pieces.append(value.text(line))
    elif isinstance(value, dict) and value:
        _write_object(value, line, pieces)
    elif isinstance(value, list) and value:
        deeper, opening = f"{line}  ", "["
        for item in value:
            pieces.append(f"{opening}{deeper}")
            _write(item, deeper, pieces)
            opening = ","
        pieces.append(f"{line}]")
    else:
        pieces.append(_leaf(value))


def _write_object(value: dict[str, Plain], line: str, pieces: list[str]) -> None:
    """Text and what never changes, which is nearly all that is written, is written here without a further call."""
    deeper = f"{line}  "
    head = f"{{{deeper}"
    for key, item in value.items():
        if type(item) is str:
            pieces.append(f"{head}{encode_basestring(key)}: {encode_basestring(item)}")
        elif type(item) is Constant:
            pieces.append(f"{head}{encode_basestring(key)}: {item.text(deeper)}")
        else:
            pieces.append(f"{head}{encode_basestring(key)}: ")
            _write(item, deeper, pieces)
        head = f",{deeper}"
    pieces.append(f"{line}}}")


def _leaf(value: Plain) -> str:
    if (known := _WORDS.get(type(value))) is not None:
        return known(value)
    if isinstance(value, float):
        _number(value)
    if isinstance(text := as_text(value), str):
        return text  # a number that tells where it comes from: json would write its digits alone
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError("NaN and infinity have no place in a rendered file")
    return float.__repr__(value)
