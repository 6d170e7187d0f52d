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

# How the usual kinds are written: ``json.dumps`` makes an encoder for each of them.
_WORDS: dict[type, Callable[[Any], str]] = {
    int: repr,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}


class Constant(dict[str, Any]):
    """An object that is part of many texts and never changes: it is written once for each indent."""

    __slots__ = ("texts",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__({key: Constant(item) if isinstance(item, dict) else item for key, item in data.items()})
        self.texts: dict[str, str] = {}

    def text(self, line: str) -> str:
        """As it stands after ``line``."""
        if (known := self.texts.get(line)) is None:
            known = self.texts[line] = _text(dict(self), line)
        return known


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
        deeper, opening = f"{line}  ", "{"
        for key, item in value.items():
            pieces.append(f"{opening}{deeper}{encode_basestring(key)}: ")
            _write(item, deeper, pieces)
            opening = ","
        pieces.append(f"{line}}}")
    elif isinstance(value, list) and value:
        deeper, opening = f"{line}  ", "["
        for item in value:
            pieces.append(f"{opening}{deeper}")
            _write(item, deeper, pieces)
            opening = ","
        pieces.append(f"{line}]")
    elif (known := _WORDS.get(type(value))) is not None:
        pieces.append(known(value))
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("NaN and infinity have no place in a rendered file")
    elif isinstance(text := as_text(value), str):
        pieces.append(text)  # a number that tells where it comes from: json would write its digits alone
    else:
        pieces.append(json.dumps(value, ensure_ascii=False, allow_nan=False))
