"""The one writer: artifacts to bytes, the same on every machine and safe for YAML 1.1 and 1.2 readers alike.

Builders give plain data in the order in which a person reads it, so keys keep that order.  A string is written bare
only where no reader of either version could take it for anything else; otherwise it is quoted.  Quoted scalars are
JSON strings, which are YAML strings too once the few characters that YAML treats as line breaks are escaped.
"""

from __future__ import annotations

import math
import re
from json.encoder import encode_basestring

from mlops_gitops.compiler.json_text import to_json
from mlops_gitops.records.artifact import GENERATED, Artifact, Plain

_BARE = re.compile(r"[A-Za-z_/][A-Za-z0-9_./@+=%,-]*(?:(?: |:(?=[^\s]))[A-Za-z0-9_./@+=%,()-]+)*")
# What would be bare text otherwise, but is a truth value, a number or nothing to some reader.
_MISREAD = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf", "infinity"))
_ESCAPES = {"\x7f": "\\x7f", "\x85": "\\x85", "\u2028": "\\u2028", "\u2029": "\\u2029", "\ufeff": "\\ufeff"}
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# YAML looks no further than 1,024 characters for a key's colon; a longer key is marked as one.
_LONGEST_KEY = 1000
_PLAIN = bytes((ord("\n"), *range(ord(" "), ord("~") + 1)))
_BLOCK_SAFE = re.compile(r"(?![\s#])[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff\t\r]*\n")


def emit(artifact: Artifact, generated_from: str) -> bytes:
    """The bytes of an artifact.  ``generated_from`` names the source in the header.

    YAML files have the header, and so has every file outside of ``rendered/``: it tells ours from a person's.
    """
    content = artifact.content
    if artifact.path.endswith((".yaml", ".yml")):
        documents = content if isinstance(content, list) else [content]
        body = "---\n".join(to_yaml(document) for document in documents)
        return (_header(generated_from) + body).encode()
    if artifact.path.endswith(".json") and not artifact.outside:
        return f"{to_json(content)}\n".encode()
    if not isinstance(content, str):
        raise TypeError(f"{artifact.path}: only YAML and JSON artifacts hold data")
    return (_header(generated_from) + content if artifact.outside else content).encode()


def _header(generated_from: str) -> str:
    return f"{GENERATED}{generated_from}. Never edit: change that, then `mlops-gitops render`.\n"


def to_yaml(value: Plain) -> str:
    """One document of block-style YAML, ending in a line break; raises ``ValueError`` on NaN and infinity."""
    lines: list[str] = []
    if isinstance(value, dict) and value:
        _mapping(value, "", "", lines)
    elif isinstance(value, list) and value:
        _sequence(value, "", "", lines)
    else:
        lines.append(_inline(value))
    lines.append("")
    return "\n".join(lines)


def is_block(text: str) -> bool:
    """Whether a text stands below its key, line by line."""
    if "\n" not in text or text.endswith("\n\n"):
        return False
    # What is plain ASCII all through can be told at once, without a look at the pattern for each character.
    if text[0] not in " #\n" and text[-1] == "\n" and text.isascii() and not text.encode().translate(None, _PLAIN):
        return True
    return _BLOCK_SAFE.fullmatch(text) is not None


def is_long_key(key: str) -> bool:
    """Whether a key has a line of its own."""
    return len(scalar(key)) > _LONGEST_KEY


def _mapping(value: dict[str, Plain], head: str, indent: str, lines: list[str]) -> None:
    """``head`` is what stands before the first key: the indent, or a dash in it; ``indent`` before all others.

    Half of all time goes into this loop: short text that was seen before is looked up and nothing else.
    """
    deeper, add, named, known = f"{indent}  ", lines.append, _KEYS.get, _KNOWN.get
    for key, item in value.items():
        if not (name := named(key) or _key(key)):
            add(f"{head}? {scalar(key)}")
            head, name = indent, ":"
        if type(item) is str and ((text := known(item)) is not None or "\n" not in item):
            add(f"{head}{name} {text or scalar(item)}")
        elif type(item) is int:
            add(f"{head}{name} {item}")
        elif isinstance(item, dict) and item:
            add(f"{head}{name}")
            _mapping(item, deeper, deeper, lines)
        elif isinstance(item, list) and item:
            add(f"{head}{name}")
            _sequence(item, deeper, deeper, lines)
        else:
            _leaf(f"{head}{name}", item, deeper, lines)
        head = indent


def _sequence(value: list[Plain], head: str, indent: str, lines: list[str]) -> None:
    """As ``_mapping``; a mapping or list in a list starts on the dash's own line."""
    deeper, known = f"{indent}  ", _KNOWN.get
    for item in value:
        if type(item) is str and ((text := known(item)) is not None or "\n" not in item):
            lines.append(f"{head}- {text or scalar(item)}")
        elif isinstance(item, dict) and item:
            _mapping(item, f"{head}- ", deeper, lines)
        elif isinstance(item, list) and item:
            _sequence(item, f"{head}- ", deeper, lines)
        else:
            _leaf(f"{head}-", item, deeper, lines)
        head = indent


def _leaf(head: str, item: Plain, indent: str, lines: list[str]) -> None:
    """A value that may take several lines: text is a block where it can be one."""
    if isinstance(item, str) and is_block(item):
        lines.append(f"{head} |")
        if "\n\n" in item:  # An empty line stays empty.
            lines.extend(f"{indent}{line}" if line else "" for line in item[:-1].split("\n"))
        else:
            lines.append(f"{indent}{item[:-1]}".replace("\n", f"\n{indent}"))
    else:
        lines.append(f"{head} {_inline(item)}")


def _inline(value: Plain) -> str:
    if isinstance(value, str):
        return scalar(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    return "{}" if isinstance(value, dict) else "[]"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError("NaN and infinity have no place in a rendered file")
    text = repr(value)
    if "e" in text and "." not in text:  # YAML 1.1 needs the point: 1e-05 would be text there
        text = text.replace("e", ".0e")
    return text


# Text on one line, as it is written, by what it is.  Renders repeat themselves: nearly all text is one of a few.
_KNOWN: dict[str, str] = {}
# More would no longer fit a processor's cache: what is in no other project is soon forgotten again.
_MOST_KNOWN = 5_000
# Keys with their colons: they are fewer still, and looked up at every line.
_KEYS: dict[str, str] = {}
_MOST_KEYS = 5_000


def scalar(text: str) -> str:
    """A string on one line: bare where no reader can misread it, else in single quotes or as a JSON string."""
    known = _KNOWN.get(text)
    if known is None:
        known = _written(text)
        if "\n" not in text:  # What may become a block is not looked up.
            if len(_KNOWN) >= _MOST_KNOWN:
                _KNOWN.clear()
            _KNOWN[text] = known
    return known


def _key(text: str) -> str:
    """A key with its colon; nothing for one that has a line of its own."""
    if is_long_key(text):
        return ""
    if len(_KEYS) >= _MOST_KEYS:
        _KEYS.clear()
    return _KEYS.setdefault(text, f"{scalar(text)}:")


def _written(text: str) -> str:
    plain = text.isascii() and text.isprintable()
    if plain and '"' in text:
        # PromQL and CI rules read better in single quotes, where nothing is escaped but they.
        return "'" + text.replace("'", "''") + "'"
    if _BARE.fullmatch(text) and text.lower() not in _MISREAD:
        return text
    quoted = encode_basestring(text)
    return quoted if plain else _UNPRINTABLE.sub(lambda found: _escape(found.group()), quoted)


def _escape(character: str) -> str:
    return _ESCAPES.get(character) or f"\\u{ord(character):04x}"
