"""What the targets decided by, put down so that it can be asked of another project.

A decision is a question with its answer: what was done to a value (compared, looked up, taken as true or false), how
the value itself came about, and what came out.  Where another project of the same shape gives the same answers, the
targets go the same ways and ask the same again: what was learnt of many is a tree (``Ways``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter, methodcaller
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from mlops_gitops.compiler.spans import Path

Found = TypeVar("Found")
_KINDS = frozenset({bool, int, float, timedelta, str})


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it stands in one of a project's models."""

    model: int
    place: Path


@dataclass(frozen=True, slots=True)
class Constant:
    """A value of the target's own."""

    value: Any

    def __hash__(self) -> int:
        """Of a list or a slice too."""
        return hash(repr(self.value))


@dataclass(frozen=True, slots=True)
class Done:
    """What a method of a value makes of it and of others; ``part`` where that is one of several."""

    method: str
    value: How
    others: tuple[How, ...] = ()
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a function writes values as."""

    function: Callable[..., Any]
    values: tuple[How, ...]


@dataclass(frozen=True, slots=True)
class Shaped:
    """The shape of what stands somewhere: which parts it has, and of which kind each is."""

    value: Given


How = Given | Constant | Done | Written | Shaped


@dataclass(frozen=True, slots=True)
class Decision:
    """A question and its answer, both of which can be looked up."""

    asked: How
    answer: Any


Models = Sequence[Any]
Asked = Callable[[Models], Any]


def question(how: How) -> Asked:
    """A function from a project's models to the value that comes about so."""
    if isinstance(how, Given):
        return _given(how)
    if isinstance(how, Constant):
        return lambda _: how.value
    if isinstance(how, Done):
        return _done(how)
    if isinstance(how, Shaped):
        value = question(how.value)
        return lambda models: shape_of(value(models))
    function, values = how.function, tuple(map(question, how.values))
    return lambda models: function(*(one(models) for one in values))


def _given(how: Given) -> Asked:
    number, place = how.model, how.place
    names = 0
    while names < len(place) and isinstance(place[names], str) and "." not in str(place[names]):
        names += 1

    def step_by_step(models: Models) -> Any:
        value = models[number]
        for part in place:
            value = getattr(value, str(part)) if isinstance(value, BaseModel) else value[part]
        return value

    if names < len(place) or not place:
        return step_by_step
    at_once = attrgetter(".".join(map(str, place)))

    def ask(models: Models) -> Any:
        try:
            return at_once(models[number])
        except AttributeError:  # There is a mapping on the way.
            return step_by_step(models)

    return ask


def _done(how: Done) -> Asked:
    method, part, value = how.method, how.part, question(how.value)
    others = tuple(map(question, how.others))
    if part is not None:
        return lambda models: getattr(value(models), method)(*(other(models) for other in others))[part]
    if all(isinstance(other, Constant) for other in how.others):
        done = methodcaller(method, *(other(()) for other in others))
        return lambda models: done(value(models))
    return lambda models: getattr(value(models), method)(*(other(models) for other in others))


def shape_of(value: Any) -> Any:
    """What can decide something about a value before it is looked at, in a form that can be compared."""
    kind = type(value)
    if kind in _KINDS:
        # A text of several lines stands on several.
        return (kind, value.count("\n")) if kind is str and "\n" in value else kind
    if isinstance(value, BaseModel):
        return kind, tuple(shape_of(item) for name, item in value.__dict__.items() if name != "plain")
    if kind is dict:
        return tuple(value), tuple(map(shape_of, value.values()))
    return tuple(map(shape_of, value)) if kind is tuple else value


def distinct(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Each question once, in the order that they were asked in."""
    return tuple({decision.asked: decision for decision in reversed(decisions)}.values())[::-1]


@dataclass(slots=True)
class Ways(Generic[Found]):
    """What was found under which answers: a question, and for each answer the next one, down to what was found."""

    asked: How | None = None
    ask: Asked = id
    by_answer: dict[Any, Ways[Found]] = field(default_factory=dict)
    found: Found | None = None

    def look_up(self, models: Models) -> Found | None:
        """What was found where all questions had the answers that they have for these models."""
        here: Ways[Found] | None = self
        while here is not None and here.asked is not None:
            here = here.by_answer.get(here.ask(models))
        return here.found if here else None

    def add(self, decisions: Sequence[Decision], found: Found) -> None:
        """Put down what was found under decisions that were not there before."""
        here = self
        for decision in decisions:
            if here.asked not in (None, decision.asked):
                return  # Something else was decided by, of which nothing is known: it is not remembered.
            if here.asked is None:
                here.asked, here.ask = decision.asked, question(decision.asked)
            here = here.by_answer.setdefault(decision.answer, Ways())
        here.found = found

    def __len__(self) -> int:
        """How many ways there are."""
        return sum(map(len, self.by_answer.values())) if self.by_answer else int(self.found is not None)
