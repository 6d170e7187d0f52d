"""From bytes to text: what a file must be before anything in it means anything.

UTF-8 without characters that are not seen, that end a line for one reader and not for another, or that make a reviewer
read something else than what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from mlops_gitops.compiler.text_lines import lines_of
from mlops_gitops.diagnostics import Diagnostic, Span

MAX_BYTES = 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_BREAKS = "\x85\u2028\u2029"
_TURNS = "\u202a-\u202e\u2066-\u2069"
_IN_ASCII = re.compile("[^\t\n\r\x20-\x7e]")
_MANY = 20


def decode(file: str, content: bytes) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text, and what makes it unreadable as text."""
    if len(content) > MAX_BYTES:
        message = f"the file is {len(content):,} bytes long; at most {MAX_BYTES:,} are read"
        return "", (Diagnostic("MG109", message, file=file, help="move data out of the configuration"),)
    for start, name in _OTHER_ENCODINGS:
        if content.startswith(start):
            message = f"the file is {name}, not UTF-8"
            return "", (Diagnostic("MG109", message, file=file, help="save it as UTF-8"),)
    content = content.removeprefix(_BOM)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        return content.decode("utf-8", "replace"), (
            _here(file, before, len(before), f"the byte 0x{content[error.start]:02X} is not UTF-8", "save it as UTF-8"),
        )
    return text, tuple(_characters(file, text))


@cache
def _anywhere() -> re.Pattern[str]:
    # Slow to compile, for its long ranges, and most files are ASCII.
    return re.compile(f"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[{_BREAKS}{_TURNS}\ufeff]")


def _characters(file: str, text: str) -> Iterator[Diagnostic]:
    surprising = _IN_ASCII if text.isascii() else _anywhere()
    for count, found in enumerate(surprising.finditer(text)):
        if count == _MANY:
            return
        yield _here(file, text, found.start(), *_about(found.group()))


def _about(character: str) -> tuple[str, str]:
    """What is wrong with a character, and what to do."""
    code = ord(character)
    escape = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    todo = f'remove it; where it is meant, write "{escape}" in double quotes'
    if character in _BREAKS:
        return f"U+{code:04X} ends a line in YAML 1.1 and stands in it in YAML 1.2", todo
    if character == "\ufeff":
        return "a byte order mark inside of the file", "remove it; it is not seen, and belongs to no word"
    if re.fullmatch(f"[{_TURNS}]", character):
        return f"U+{code:04X} turns the direction of text: what is shown is not what is read", todo
    return f"control character U+{code:04X}", todo


def _here(file: str, text: str, index: int, message: str, todo: str) -> Diagnostic:
    lines = lines_of(text[:index])
    column = len(lines[-1]) + 1
    return Diagnostic("MG109", message, Span(file, len(lines), column, column + 1), help=todo)
