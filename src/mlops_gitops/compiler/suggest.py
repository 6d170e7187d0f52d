"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

# The quadratic comparison is for words: what is longer than any of them is not a misspelt one.
_LONGEST = 100
NEARLY = 0.85
"""From here on one word is hardly meant as anything but the other."""


def did_you_mean(word: str, legal: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The legal word that is the same but for case, accents and separators; else the closest, if it is close enough."""
    words = list(legal)
    if len(word) > _LONGEST:
        return None
    same = next((one for one in words if plain(one) == plain(word)), None)
    if same is not None:
        return same
    import difflib  # Most files have no misspelt word.

    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=cutoff)), None)


def unknown(noun: str, word: str, legal: Iterable[str], *, cutoff: float = 0.6) -> str:
    """``unknown <noun> `<word>` ``, with the word that was probably meant."""
    close = did_you_mean(word, legal, cutoff=cutoff)
    return f"unknown {noun} `{word}`" + (f"; did you mean `{close}`?" if close else "")


def plain(word: str) -> str:
    """A word without case, accents and separators."""
    letters = normalize("NFKD", word).casefold()
    return "".join(letter for letter in letters if letter.isalnum())
