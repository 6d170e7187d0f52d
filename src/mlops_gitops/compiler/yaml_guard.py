"""What is refused in a YAML file before anything is built from it, on the event stream alone.

The composer recurses and an alias can multiply, so depth and size are bounded here first: an alias counts as much as
what it repeats, which is known without repeating it.  Tags and directives are refused as a whole, for they let two
readers of one file see two things.  Most files have none of this, which shows without reading them
(``needs_no_guard``): they are parsed once instead of twice.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from mlops_gitops.compiler.suggest import did_you_mean
from mlops_gitops.compiler.yaml_aliases import Use
from mlops_gitops.compiler.yaml_syntax import merge_mark, syntax
from mlops_gitops.diagnostics import Diagnostic, Severity, Span

MAX_DEPTH = 60
MAX_NODES = 100_000


def _unresolved(_loader: object, _kind: object, _value: object, _implicit: object) -> str:
    """No node has a tag: what a scalar means is found by our own rules, and written tags are refused."""
    return ""


# At most two values a character (`?,` in a list), and so many columns and brackets that the composer can go down them.
_SMALL, _MANY_BRACKETS = MAX_NODES // 2, 200
_INDENTED_DEEPLY = re.compile(r"\n[ \t?:-]{40}")


def needs_no_guard(text: str) -> bool:
    """Whether no alias, anchor, tag or directive can be in a text, and no more than can be composed in safety.

    It may still be deeper than ``MAX_DEPTH``, hold several documents, or be no YAML at all.
    """
    return (
        len(text) <= _SMALL
        and not any(sign in text for sign in "&*!\r")
        and not text.startswith("%")
        and "\n%" not in text
        and text.count("[") + text.count("{") <= _MANY_BRACKETS
        and _INDENTED_DEEPLY.search(f"\n{text}") is None
    )


LOADER: Any = type("Loader", (getattr(yaml, "CBaseLoader", yaml.BaseLoader),), {"resolve": _unresolved})


class _Anchor:
    """A named value: how many values it is, how deep it goes, and whether it is read to its end."""

    def __init__(self, span: Span, *, closed: bool) -> None:
        self.span, self.size, self.height = span, 1, 0
        self.closed, self.used = closed, False


class _Frame:
    """A list or mapping that is open."""

    def __init__(self, before: int) -> None:
        self.before, self.height = before, 1
        self.anchor: _Anchor | None = None


class Guard:
    """One file on its way through the parser: what was found, and every alias in the order of the text."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Diagnostic] = []
        self.uses: list[Use] = []
        self._nodes = self._documents = 0
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Anchor] = {}
        self._told: set[str] = set()

    def watch(self, text: str) -> Guard:
        """Read the whole text, or up to where it gets too large; the text may be composed where nothing is wrong."""
        if (unfinished := merge_mark(self.file, text)) is not None:
            self.found.append(unfinished)
            return self
        try:
            for event in yaml.parse(text, Loader=LOADER):
                self._event(event)
                if self._too_much(event):
                    return self
        except yaml.YAMLError as error:
            self.found.append(syntax(self.file, text, error))
        # Where something is wrong, an anchor may only seem to be unused.
        self.found.extend([] if self.found else self._unused())
        return self

    def _event(self, event: yaml.Event) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._node(event, None)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._frames.append(frame := _Frame(self._nodes))
            self._node(event, frame)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close()
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self._document(event)

    def _node(self, event: Any, frame: _Frame | None) -> None:
        self._nodes += 1
        if event.anchor is not None:
            self._name(event, frame)
        if event.tag is not None:
            short = event.tag.replace("tag:yaml.org,2002:", "!!")
            todo = "write the value plainly; text that starts with `!` is quoted"
            self._refuse(event, f"tag `{short}` is not read", todo, width=len(short))

    def _name(self, event: Any, frame: _Frame | None) -> None:
        name = event.anchor
        span = self._span(event, len(name) + 1)
        if first := self._anchors.get(name):
            todo = "give the second one another name, and its aliases too"
            note = f"first written at {first.span}"
            message = f"anchor `&{name}` is written twice"
            self.found.append(Diagnostic("MG109", message, span, help=todo, related=(note,)))
            return
        self._anchors[name] = _Anchor(span, closed=frame is None)
        if frame:
            frame.anchor = self._anchors[name]

    def _close(self) -> None:
        frame = self._frames.pop()
        if frame.anchor:
            frame.anchor.size = self._nodes - frame.before
            frame.anchor.height, frame.anchor.closed = frame.height, True
        self._deepen(frame.height)

    def _deepen(self, height: int) -> None:
        if self._frames:
            self._frames[-1].height = max(self._frames[-1].height, height + 1)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        anchor = self._anchors.get(name)
        if anchor is None:
            close = did_you_mean(name, self._anchors)
            message = f"alias `*{name}` repeats nothing: there is no `&{name}` above it"
            message += f"; did you mean `*{close}`?" if close else ""
            todo = "write the anchor before its aliases; text that starts with `*` is quoted"
            self._refuse(event, message, todo, width=len(name) + 1)
        elif not anchor.closed:
            message = f"alias `*{name}` stands inside of what it repeats"
            self._refuse(event, message, "write out what is meant", width=len(name) + 1)
        else:
            anchor.used = True
            self._nodes += anchor.size
            self._deepen(anchor.height)
        self.uses.append(Use(event.start_mark, event.end_mark))

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(event, "a second document starts here", "keep one document a file", width=3)
        elif event.version or event.tags:
            self._refuse(event, "`%` directives are not read", "remove it; files are read as YAML 1.2")

    def _too_much(self, event: yaml.Event) -> bool:
        deep = self._depth() > MAX_DEPTH
        if deep or self._nodes > MAX_NODES:
            what = f"more than {MAX_DEPTH} levels deep" if deep else f"more than {MAX_NODES:,} values"
            what += ", its aliases written out" if self.uses else ""
            self._refuse(event, f"the file is {what}", "flatten it; nothing legal comes near the limit")
            return True
        return self._documents > 1

    def _depth(self) -> int:
        return len(self._frames) - 1 + self._frames[-1].height if self._frames else 0

    def _unused(self) -> list[Diagnostic]:
        return [
            Diagnostic(
                "MG130",
                f"anchor `&{name}` is never used",
                anchor.span,
                Severity.WARNING,
                help=f"remove it, or write `*{name}` where its value is meant; text that starts with `&` is quoted",
            )
            for name, anchor in self._anchors.items()
            if not anchor.used
        ]

    def _refuse(self, event: yaml.Event, message: str, todo: str, *, width: int = 1) -> None:
        if message not in self._told:
            self._told.add(message)  # One word about each is enough: it may stand in a thousand places.
            self.found.append(Diagnostic("MG109", message, self._span(event, width), help=todo))

    def _span(self, event: yaml.Event, width: int) -> Span:
        mark = event.start_mark
        assert mark is not None
        return Span(self.file, mark.line + 1, mark.column + 1, mark.column + 1 + width)
