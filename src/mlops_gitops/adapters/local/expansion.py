"""How a container's texts become a process's: Kubernetes' ``$(VAR)`` expansion, and container paths made real."""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][\w.-]*)\)")
_EVERY_INTERFACE = re.compile(r"(?<![\d.])0\.0\.0\.0(?![\d.])")


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Replace ``$(NAME)``; ``$$`` is one ``$``, and an unknown name stays as it is (as Kubernetes has it)."""

    def one(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return "$"
        return variables.get(name, match.group(0))

    return _REFERENCE.sub(one, text)


def rewrite_paths(text: str, real: Mapping[str, str]) -> str:
    """Replace each mount path (whole path segments only, the longest wins) by the folder that stands for it."""
    if not real:
        return text
    longest_first = sorted(real, key=len, reverse=True)
    paths = "|".join(re.escape(path) for path in longest_first)
    pattern = rf"(?<![\w./-])({paths})(?![\w.-])"
    return re.sub(pattern, lambda match: real[match.group(1)], text)


def loopback_only(text: str) -> str:
    """A container that listens on every interface of its own network must not do so on this machine's."""
    return _EVERY_INTERFACE.sub("127.0.0.1", text)
