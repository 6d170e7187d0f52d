"""One text looked through for secrets, and the same text with them masked.

Most texts have nothing to look for, so cheap questions come first: is one of a few words in it, is any run of letters
as long as a key?
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from mlops_gitops.compiler.secrets import names, shapes
from mlops_gitops.compiler.secrets.placeholders import is_placeholder
from mlops_gitops.compiler.secrets.randomness import looks_like_key

BY_NAME, BY_CHANCE = "MG453", "MG454"
MARK = "mlops-gitops: not-a-secret"
_MARK = re.escape(MARK) + (r"[ \t:]*(?P<reason>[^\n]*?)[ \t]*(?:\\n\"?,?|\*/|-->)?[ \t]*(?=\n|$)")
_BREAK = "\r\n|[\n\r\x85\u2028\u2029]"

_CODE = frozenset(
    str.split("py pyi ipynb js mjs cjs ts jsx tsx go java scala kt r rb rs c cc cpp h hpp cs sql md rst txt html css")
)
# Their random texts are digests, one after the other.
_OF_DIGESTS = (".lock", ".dvc", "go.sum", "package-lock.json", "provenance.json")
_MOST_KEYS = 12
_MOST = 1000
"""Secrets of one file that are told; nobody reads more."""
_LONGEST_RUN = 200
_SHORTEST_RUN = 32
_SHORTEST_TOKEN = 16
_AROUND = tuple(shape for shape in shapes.SHAPES if shape.around)
_WITHIN = tuple(shape for shape in shapes.SHAPES if not shape.around)
_OTHERS = bytes(one if (chr(one).isalnum() and one < 128) or one in b"+/=_-.~" else 32 for one in range(256))
_DIGEST_BEFORE = (
    r"(?i)(?:sha-?\d*|md5|digest|hash|checksum|commit|rev|revision|sha\d*sum|etag|integrity|fingerprint|uuid|guid|ref|tree"
    r"|version|run_id|run|blake\w*|crc\w*|@|#|/)\\?[\"']?\]?\s*(?:[:=@/-]|\s)*\s*\\?[\"'`(]?(?:\w+:)?$"
)


class Secret(NamedTuple):
    """Where it stands, from ``start`` to ``end`` in the text; ``kind`` says what it is, and never holds any of it."""

    code: str
    start: int
    end: int
    kind: str


class Scan(NamedTuple):
    """The secrets of a text in order; ``unused`` are comments that excuse nothing, ``unexplained`` ones without why."""

    secrets: tuple[Secret, ...] = ()
    unused: tuple[tuple[int, int], ...] = ()
    unexplained: tuple[tuple[int, int], ...] = ()


NOTHING = Scan()


def scan(path: str, content: bytes) -> Scan:
    """Look through a file's content."""
    lower = content.lower()
    runs = _long_runs(content)
    wanted = _wanted(lower, b" ".join(runs).lower())
    by_name = any(word in lower for word in names.WORDS)
    keys = [] if path.endswith(_OF_DIGESTS) else _as_long_as_keys(runs)
    marked = b"not-a-secret" in lower
    if not (wanted or by_name or keys or marked):
        return NOTHING
    text = content.decode("utf-8", "replace")
    names_in = lower.decode("utf-8", "replace") if by_name else ""
    found = list(_apart(islice(_found(path, text, wanted, keys, names_in), _MOST)))
    return _excused(text, found) if marked else Scan(tuple(found))


def masked(path: str, text: str) -> str:
    """The text with a star for every character of a secret, lines and columns unchanged."""
    for one in scan(path, text.encode("utf-8", "surrogatepass")).secrets:
        text = text[: one.start] + _starred(text[one.start : one.end]) + text[one.end :]
    return text


def stars(found: re.Match[str]) -> str:
    """A star for every character of a match but its line breaks."""
    return _starred(found[0])


def _starred(secret: str) -> str:
    return "".join("\n" if letter == "\n" else "*" for letter in secret)


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, from 1, as findings count them."""
    starts = [0, *(one.end() for one in re.finditer(_BREAK, text))]
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def _long_runs(content: bytes) -> list[bytes]:
    """All that is long enough for a token: nearly everything in a file is not."""
    return [one for one in content.translate(_OTHERS).split() if len(one) >= _SHORTEST_TOKEN]


def _wanted(lower: bytes, runs: bytes) -> list[shapes.Shape]:
    """The shapes that there may be one of."""
    return [
        shape
        for shape in (*_AROUND, *(_WITHIN if runs else ()))
        if any(word in (lower if shape.around else runs) for word in shape.words)
    ]


def _as_long_as_keys(runs: Iterable[bytes]) -> list[str]:
    parts = (part for run in runs for part in run.replace(b"~", b".").split(b"."))
    return [part.decode() for part in parts if _SHORTEST_RUN <= len(part) <= _LONGEST_RUN]


def _found(path: str, text: str, wanted: Iterable[shapes.Shape], keys: Iterable[str], lower: str) -> Iterator[Secret]:
    """All that looks like a secret, what is surest first."""
    for shape in wanted:
        for match in shapes.compiled(shape).finditer(text):
            group = match.lastindex or 0
            if shape.code == shapes.PRIVATE_KEY:
                body = re.compile(shapes.KEY_BODY).match(text, match.end())
                yield Secret(shape.code, match.start(), body.end() if body else match.end(), shape.kind)
            elif not is_placeholder(match.group(group)):
                yield Secret(shape.code, match.start(group), match.end(group), shape.kind)
    if lower:
        for one in names.named(text, lower, code=path.rpartition(".")[2].lower() in _CODE):
            yield Secret(BY_NAME, one.start, one.end, f"the value of `{one.name}`")
    lone = [run for run in dict.fromkeys(keys) if looks_like_key(run) and not is_placeholder(run)]
    # Where there are many, they are digests of something.
    for run in lone if len(lone) <= _MOST_KEYS else ():
        at = text.find(run)
        if not re.search(_DIGEST_BEFORE, text[max(0, at - 60) : at].rpartition("\n")[2]):
            yield Secret(BY_CHANCE, at, at + len(run), f"{len(run)} random characters")


def _apart(found: Iterable[Secret]) -> Iterator[Secret]:
    """In order of place; of those that overlap, the first told."""
    kept = list[Secret]()
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    yield from sorted(kept, key=lambda one: one.start)


def _excused(text: str, found: list[Secret]) -> Scan:
    """A comment excuses what stands on its line, or on the next where it stands alone, if it says why."""
    unused, unexplained, gone = list[tuple[int, int]](), list[tuple[int, int]](), set[Secret]()
    for mark in re.finditer(_MARK, text):
        place = mark.start(), mark.start() + len(MARK)
        line = text.rfind("\n", 0, mark.start()) + 1
        end = text.find("\n", mark.end())
        if not any(letter.isalnum() for letter in text[line : mark.start()]) and end >= 0:
            end = text.find("\n", end + 1)
        meant = [one for one in found if line <= one.start and (end < 0 or one.start < end)]
        if not meant:
            unused.append(place)
        elif not any(letter.isalnum() for letter in mark["reason"]):
            unexplained.append(place)
        else:
            gone.update(meant)
    return Scan(tuple(one for one in found if one not in gone), tuple(unused), tuple(unexplained))
