"""The word that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, legal: Iterable[str]) -> str | None:
    """The closest legal word, if one is close enough to be meant."""
    # The quadratic comparison is for words: what is longer than any of them is not a misspelt one.
    close = difflib.get_close_matches(word, list(legal), n=1, cutoff=0.6) if len(word) <= 100 else []
    return close[0] if close else None


def unknown(noun: str, word: str, legal: Iterable[str]) -> str:
    """``unknown <noun> `<word>` ``, with the word that was probably meant."""
    close = did_you_mean(word, legal)
    return f"unknown {noun} `{word}`" + (f"; did you mean `{close}`?" if close else "")
