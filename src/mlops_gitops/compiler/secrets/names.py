"""Values that a name gives away: ``password: …``, ``API_KEY=…``, ``- {name: DB_PASSWORD, value: …}``.

Code refers to secrets by names all the time, so there only quoted text counts; in data and scripts, bare words do too.
After ``password`` any literal is a secret; after ``api_key`` one that is no name; after ``token`` or ``secret``, which
mean other things as well, one that looks random.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from mlops_gitops.compiler.secrets.placeholders import is_placeholder, is_wordy
from mlops_gitops.compiler.secrets.randomness import looks_random

_WORDS = ("passw", "passphrase", "pwd", "secret", "token", "key", "credential")
WORDS = tuple(word.encode() for word in _WORDS)
"""In lower case; one of them is in every name that counts."""

_PASSWORDS = frozenset({"password", "passwd", "passphrase", "pwd", "passwords"})
_OF_KEYS = frozenset(str.split("api access secret private account signing encryption master shared auth admin service"))
_OF_TOKENS = frozenset(str.split("auth access api bearer bot refresh personal deploy registration webhook"))
_WEAK = frozenset({"secret", "secrets", "token", "credential", "credentials", "apikey", "secretkey", "accesskey"})
# What may follow without changing whose value it is.
_TAILS = frozenset(
    [
        "prod",
        "production",
        "staging",
        "stage",
        "dev",
        "test",
        "live",
        "value",
        "plain",
        "text",
        "raw",
        "b64",
        "base64",
        "default",
        "main",
        "old",
        "new",
    ]
)


class Named(NamedTuple):
    """Where a value stands, and the name that gives it away."""

    start: int
    end: int
    name: str


@cache
def _forms() -> dict[str, str]:
    quoted = r"""(?:[rbuf]{0,2}(?P<q>\\?["'])(?P<quoted>(?:(?!(?P=q))[^\n]){0,500}?)(?P=q))"""
    close = r"""\\?["']?\]?[ \t]*"""
    annotated = r"(?::[ \t]*[A-Za-z_][\w.\[\]| ]{0,80}?)?"
    sign = r"(?::=|=>|=|:)(?!=)[ \t]*"
    bare = r"""(?P<bare>[^\s"'\[\]{}&*|>#,;`(][^\s"',;`}\])]{0,500})"""
    block = r"""(?:[|>][+-]?[ \t]*\n[ \t]+(?P<block>\S{1,500}))"""
    value = rf"(?:{quoted}|{block}|{bare})"
    below = r"""["']?[ \t]*(?:,[ \t]*|\n[ \t]*(?:-[ \t]+)?)["']?value["']?[ \t]*:[ \t]*"""
    mapped = r"""["']?[ \t]*:[ \t]*\{?[ \t]*(?:\n[ \t]*)?["']?value["']?[ \t]*:[ \t]*"""
    above, name = r"""["']?value["']?[ \t]*:[ \t]*""", r"""[ \t]*(?:,[ \t]*|\n[ \t]*)["']?name["']?:[ \t]*["']?$"""
    return {
        "after": r"[\w-]{1,80}",
        "code": f"{close}{annotated}{sign}{quoted}",
        "data": f"{close}{sign}{value}",
        "default": rf"""\\?["'][ \t]*,[ \t]*(?:default[ \t]*=[ \t]*)?{quoted}""",
        "option": rf"[ \t]+(?![-$]){value}",
        "below": f"{below}{value}",
        "mapped": f"{mapped}{value}",
        "above": f"{above}{value}{name}",
        "is name": r"""["']?name["']?[ \t]*:[ \t]*["']?$""",
        "is asked": r"""(?:getenv|environ\.get|\.get)\([ \t]*\\?["']$""",
        "end of word": r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+",
    }  # fmt: skip


def _pattern(name: str) -> re.Pattern[str]:
    """Compiled when the first text needs it."""
    return re.compile(_forms()[name])


_FAR = 200
_LONGEST_NAME = 80
# Nobody types more of them into one file.
_MOST_WORDS = 5000
_JOINS = "_-."


def named(text: str, lower: str, *, code: bool) -> Iterator[Named]:
    """Every value that its name gives away; ``code`` says that bare words are references.

    ``lower`` is the text in lower case, as long as the text: ASCII letters alone are changed.
    """
    done = 0
    for at, size in _hits(lower):
        if at >= done and (name := _name(text, at, at + size)):
            done = at + len(name.after)
            whole = name.before + name.after
            if strength := _strength(whole):
                yield from _values(text, at - len(name.before), done, whole, strength, code=code)


def _hits(lower: str) -> list[tuple[int, int]]:
    """Where one of the words stands, in order."""
    found = list[tuple[int, int]]()
    for word in _WORDS:
        at = lower.find(word)
        while at >= 0:
            found.append((at, len(word)))
            at = lower.find(word, at + len(word))
    return sorted(found)[:_MOST_WORDS]


class _Name(NamedTuple):
    before: str
    after: str


def _name(text: str, start: int, end: int) -> _Name | None:
    """The whole name around a word; none where ``key`` stands alone, as it often does."""
    first = start
    while first > max(0, start - _LONGEST_NAME) and (text[first - 1].isalnum() or text[first - 1] in _JOINS):
        first -= 1
    before = text[first:start].lstrip("-.")
    if not before and text[start:end].lower() == "key":
        return None
    after = _pattern("after").match(text, start)
    return _Name(before, after[0]) if after else None


def _strength(name: str) -> str:
    """Whether any value is a secret (``password``), one that is no name (``key``), or a random one (``token``)."""
    words = [one.lower() for one in _pattern("end of word").findall(name)]
    while words and (words[-1] in _TAILS or words[-1].isdigit()):
        words.pop()
    last, before = (words[-1] if words else ""), (words[-2] if len(words) > 1 else "")
    if last in _PASSWORDS:
        return "password"
    if (last == "key" and before in _OF_KEYS) or (last == "token" and before in _OF_TOKENS):
        return "key"
    if last == "secret" and before in ("client", "app", "webhook", "consumer"):
        return "key"
    return "token" if last in _WEAK else ""


def _values(text: str, start: int, end: int, name: str, strength: str, *, code: bool) -> Iterator[Named]:
    for found in _candidates(text, start, end, code=code):
        group = next((one for one in ("quoted", "block", "bare") if found.groupdict().get(one)), None)
        if group is None:
            continue
        value = found.group(group)
        if _counts(value, name, strength, bare=group == "bare"):
            yield Named(found.start(group), found.end(group), name)
            return


def _candidates(text: str, start: int, end: int, *, code: bool) -> Iterator[re.Match[str]]:
    """What may be the name's value, nearest first."""
    head = text[max(0, start - _FAR) : start]
    ways = ["code" if code else "data"]
    if _pattern("is asked").search(head):
        ways = ["default"]
    elif _pattern("is name").search(head):
        ways = ["below"]
        if above := _pattern("above").search(text, max(0, start - _FAR), start):
            yield above
    elif not code:
        ways = ["mapped", "data", *(["option"] if head.endswith("--") else [])]
    for way in ways:
        if found := _pattern(way).match(text, end):
            yield found


def _counts(value: str, name: str, strength: str, *, bare: bool) -> bool:
    if is_placeholder(value) or value.casefold() == name.casefold():
        return False
    if bare and "(" in value:
        return False
    if strength == "password":
        return len(value) >= 4 and not (bare and value.endswith(":"))
    if strength == "key":
        return len(value) >= 8 and not is_wordy(value) and not value.isdigit() and " " not in value
    return looks_random(value)
