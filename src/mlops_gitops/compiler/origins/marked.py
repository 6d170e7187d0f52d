"""Values that remember which keys of a configuration they come from, however they are spelled and reckoned with.

A marked value is equal to the plain one and of its kind: a number, a duration, a text.  What is worked out of it is
marked in its turn, and where it is spelled into a text the mark goes along, as control characters that no source file
may hold.  So what a target makes of marked values tells of every line where it comes from, and the target need not
know.

A text holds its own mark among its characters: joined, formatted or dumped as JSON, it is still found.  Its methods and
comparisons see the plain text; only C code that looks at the characters themselves (``re``) does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from mlops_gitops.compiler.origins.decisions import Constant, Decision, Done, How, Written
from mlops_gitops.records.artifact import Plain

Keys = tuple[str, ...]

_BEGIN, _BETWEEN, _END = "\x01", "\x02", "\x03"
# As they are, and as JSON writes them.
_MARK = re.compile(r"(?:\x01|\\u0001)(.*?)(?:\x02|\\u0002)|\x03|\\u0003", re.DOTALL)
_JSON_BEGIN = "\\u0001"


def mark(value: Any, keys: Keys, how: How, decisions: list[Decision]) -> Any:
    """The value with the keys that it comes from; what cannot be marked (nothing, an enumeration) as it is.

    ``how`` it comes about is put down in ``decisions`` where it decides something.
    """
    kind = _KINDS.get(type(value))
    if kind is None:
        return value
    marked = kind.made(value, keys)
    marked.plain, marked.keys, marked.how, marked.decisions = value, keys, how, decisions
    return marked


def keys_of(value: object) -> Keys:
    """The keys that a leaf comes from; none for a plain one."""
    if isinstance(value, _Marked):
        return value.keys
    return keys_in(value) if isinstance(value, str) else ()


def keys_in(text: str) -> Keys:
    """The keys that parts of a text come from, in the order of their marks."""
    if _BEGIN not in text and _JSON_BEGIN not in text:
        return ()
    return tuple(dict.fromkeys(key for keys in _MARK.findall(text) if keys for key in keys.split(_END_OF_KEY)))


def without_marks(text: str) -> str:
    """The plain text."""
    if isinstance(text, MarkedText):
        return text.plain
    return _MARK.sub("", text) if _BEGIN in text or _JSON_BEGIN in text else text


def plain(value: Plain) -> Plain:
    """Data as it is without its marks."""
    if isinstance(value, _Marked):
        unmarked: Plain = value.plain
        return unmarked
    if isinstance(value, dict):
        return {without_marks(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return without_marks(value) if isinstance(value, str) else value


def by_line(text: str) -> list[Keys]:
    """The keys of each line of a text."""
    if isinstance(text, MarkedText):
        return [text.keys] * len(text.plain.split("\n"))
    return [keys_in(line) for line in text.split("\n")]


def as_text(value: Any) -> Any:
    """A marked number or duration as text, which holds its mark among its characters; all else as it is."""
    return str(value) if isinstance(value, _Marked) else value


_END_OF_KEY = " "


def _marked_text(text: str, keys: Keys) -> str:
    return f"{_BEGIN}{_END_OF_KEY.join(keys)}{_BETWEEN}{text}{_END}"


class _Marked:
    """``plain`` is the value without the mark."""

    plain: Any
    keys: Keys
    how: How
    decisions: list[Decision]

    @classmethod
    def made(cls, plain: Any, keys: Keys) -> Any:
        """A value of the kind, still without its mark."""
        del keys
        new: Any = cls.__new__
        return new(cls, plain)

    def respelled(self, function: Callable[..., Any], values: Sequence[Any]) -> Any:
        """What a function writes plain values as, marked with the keys of them all; this is one of the values."""
        written, how = function(*map(_plain, values)), Written(function, tuple(map(_how, values)))
        if type(written) not in _KINDS:
            self._decides(how, written)
        return self._marked(written, how, tuple(dict.fromkeys(key for value in values for key in keys_of(value))))

    def _marked(self, value: Any, how: How, keys: Keys = ()) -> Any:
        return mark(value, keys or self.keys, how, self.decisions)

    def _decides(self, asked: How, answer: Any) -> None:
        decision = Decision(asked, answer)
        try:
            hash(decision)
        except TypeError:  # An answer that cannot be looked up: then the value as a whole decides.
            decision = Decision(Done("__eq__", self.how, (Constant(self.plain),)), answer=True)
        self.decisions.append(decision)

    def __format__(self, form: str) -> str:
        return _marked_text(format(self.plain, form), self.keys)

    def __repr__(self) -> str:
        return _marked_text(repr(self.plain), self.keys)

    def __str__(self) -> str:
        return str(self._marked(str(self.plain), Done("__str__", self.how)))


class MarkedInt(_Marked, int):
    """A marked whole number."""


class MarkedFlag(_Marked, int):
    """A marked truth value: nothing can be derived from ``bool``, so it is only nearly one."""


class MarkedFloat(_Marked, float):
    """A marked number."""


class MarkedDuration(_Marked, timedelta):
    """A marked duration."""

    @classmethod
    def made(cls, plain: timedelta, keys: Keys) -> MarkedDuration:
        """A duration, still without its mark."""
        del keys
        return cls(plain.days, plain.seconds, plain.microseconds)

    def total_seconds(self) -> float:
        """Seconds, marked."""
        seconds: float = self._marked(self.plain.total_seconds(), Done("total_seconds", self.how))
        return seconds


class MarkedText(_Marked, str):
    """A marked text."""

    plain: str

    @classmethod
    def made(cls, plain: str, keys: Keys) -> MarkedText:
        """A text with the mark among its characters."""
        return cls(_marked_text(plain, keys))

    def __str__(self) -> str:
        return self

    def __int__(self) -> int:
        """Read as a number, it tells no longer where that comes from."""
        self._decides(Done("__str__", self.how), self.plain)
        return int(self.plain)

    def __float__(self) -> float:
        """Read as a number, it tells no longer where that comes from."""
        self._decides(Done("__str__", self.how), self.plain)
        return float(self.plain)


_KINDS: dict[type, type[_Marked]] = {
    bool: MarkedFlag,
    int: MarkedInt,
    float: MarkedFloat,
    timedelta: MarkedDuration,
    str: MarkedText,
}


def _plain(value: Any) -> Any:
    return value.plain if isinstance(value, _Marked) else value


def _how(value: Any) -> How:
    return value.how if isinstance(value, _Marked) else Constant(value)


def _done(method: str, value: _Marked, others: tuple[Any, ...], part: int | None = None) -> Done:
    return Done(method, value.how, tuple(map(_how, others)), part)


def _reckoned(name: str) -> Callable[..., Any]:
    """An operator whose result comes from all that went in."""

    def operate(self: _Marked, *others: Any) -> Any:
        result = getattr(self.plain, name)(*map(_plain, others))
        if result is NotImplemented:
            return result
        keys = self.keys
        for other in others:
            keys = (*keys, *(key for key in keys_of(other) if key not in keys))
        if isinstance(result, tuple):
            return tuple(
                self._marked(part, _done(name, self, others, number), keys) for number, part in enumerate(result)
            )
        return self._marked(result, _done(name, self, others), keys)

    return operate


def _deciding(name: str) -> Callable[..., Any]:
    """An operator whose result no longer tells where it comes from."""

    def operate(self: _Marked, *others: Any) -> Any:
        result = getattr(self.plain, name)(*map(_plain, others))
        self._decides(_done(name, self, others), result)
        return result

    return operate


def _of_text(name: str) -> Callable[..., Any]:
    """A method of text: what comes out as text is marked as well, anything else decides something."""

    def see(self: MarkedText, *others: Any) -> Any:
        result = getattr(self.plain, name)(*map(_plain, others))
        if type(result) is str:
            return self._marked(result, _done(name, self, others))
        if isinstance(result, list | tuple):
            if name not in _ALWAYS_THREE:
                self._decides(Done("__len__", _done(name, self, others)), len(result))
            parts = (self._marked(part, _done(name, self, others, number)) for number, part in enumerate(result))
            return type(result)(parts)
        if name == "__iter__":
            self._decides(Done("__str__", self.how), self.plain)
        else:
            self._decides(_done(name, self, others), result)
        return result

    return see


_ALWAYS_THREE = ("partition", "rpartition")
_BOTH_WAYS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod")
_RECKONING = (
    *(f"__{side}{name}__" for name in _BOTH_WAYS for side in ("", "r")),
    *("__neg__", "__pos__", "__abs__", "__round__", "__ceil__", "__floor__", "__trunc__"),
)
_COMPARING = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__"})
_DECIDING = (*sorted(_COMPARING), "__bool__", "__int__", "__float__", "__index__")
# Joined and concatenated text keeps the characters of the mark, so it needs no method of ours.
_NATIVE = frozenset({"__add__", "__mod__", "__mul__", "__rmod__", "__rmul__", "join", "format", "format_map"})
_OBJECTS_OWN = frozenset(dir(object)) - _COMPARING

for _kind in (MarkedInt, MarkedFlag, MarkedFloat, MarkedDuration):
    for _names, _making in ((_RECKONING, _reckoned), (_DECIDING, _deciding)):
        for _name in _names:
            if hasattr(_kind, _name):
                setattr(_kind, _name, _making(_name))
for _name in set(dir(str)) - _NATIVE - _OBJECTS_OWN - {"__getnewargs__", "maketrans"}:
    setattr(MarkedText, _name, _of_text(_name))
