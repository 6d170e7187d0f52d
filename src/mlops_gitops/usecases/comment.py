"""Comment: a text under a merge request, in the place of the one that stood there before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.ports.discussion import Discussion

_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_CUT = "\n\n… cut here: it is longer than a comment may be. The job's log and its artifacts have all of it."


@dataclass(frozen=True, slots=True)
class Commented:
    """The remark's URL; ``changed``: an older one was put in its place, ``same``: it said so already."""

    url: str
    changed: bool
    same: bool = False


def comment(discussion: Discussion, text: str, topic: str) -> Commented:
    """Say ``text`` once a topic: our first remark about it is changed, and only without one is a new one written.

    Raises ``UsageError`` on an empty text or a topic that is no short name.
    """
    if not _TOPIC.fullmatch(topic):
        raise UsageError(f"`{topic}` is no topic", todo="lower-case letters, digits and '-', at most 41")
    if not text.strip():
        raise UsageError("there is nothing to say: the text is empty")
    mark = f"<!-- mlops-gitops:{topic} -->\n"
    body = mark + _cut(text, discussion.limit - len(mark))
    for remark in discussion.ours():
        # A discussion may keep line ends in a way of its own.
        if remark.body.replace("\r\n", "\n").startswith(mark):
            same = remark.body.replace("\r\n", "\n").rstrip() == body.rstrip()
            return Commented(discussion.change(remark, body), changed=True, same=same)
    return Commented(discussion.add(body), changed=False)


def _cut(text: str, limit: int) -> str:
    """Whole lines, as many as fit."""
    if len(text) <= limit:
        return text
    kept = text[: limit - len(_CUT)]
    return kept[: kept.rfind("\n")] + _CUT if "\n" in kept else kept + _CUT
