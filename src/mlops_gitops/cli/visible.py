"""What somebody wrote, made safe to show: control and direction characters are drawn, not obeyed."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """The text with a picture for every character that a terminal or a page would act on."""
    return text if text.isprintable() else "".join(_picture(character) for character in text)


def cells(character: str) -> int:
    """Columns that a terminal gives a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _picture(character: str) -> str:
    code = ord(character)
    if character == "\t" or character.isprintable():
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
