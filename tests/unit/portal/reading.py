"""Reading a page back: whether its tags close, what it would load, which pictures it has, what a person reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "hr", "input"}


@dataclass
class Found:
    """What a page holds; ``loads`` are all addresses that are not places in the page itself."""

    open_tags: list[str] = field(default_factory=list)
    mismatched: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    pictures: list[dict[str, str | None]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Found()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found, named = self.found, dict(attrs)
        found.tags.append(tag)
        found.ids += [value for key, value in attrs if key == "id" and value]
        found.handlers += [key for key, _ in attrs if key.startswith("on")]
        found.loads += [v for k, v in attrs if k in ("src", "href", "action", "data") and v and not v.startswith("#")]
        if tag == "svg" and named.get("role") == "img":
            found.pictures.append(named)
        if tag not in VOID:
            found.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.found.open_tags or self.found.open_tags.pop() != tag:
            self.found.mismatched.append(tag)

    def handle_data(self, data: str) -> None:
        if self.found.open_tags[-1:] != ["style"]:
            self.found.words.append(data)


def read(page: str) -> Found:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found
