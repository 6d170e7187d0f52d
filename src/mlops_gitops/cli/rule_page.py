"""The documentation of a finding's code: its page from ``docs/rules/``, which travels with the package."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from mlops_gitops.diagnostics import UsageError

_CODE = re.compile(r"(?i)mg\d{3}")


def page(code: str) -> str:
    """The documentation of a code, from the installed package or from the checkout; raises ``UsageError``."""
    if not _CODE.fullmatch(code):
        raise UsageError(
            f"`{code}` is no code of a finding",
            todo="explain CODE (like MG214), explain PROJECT KEY, or explain FILE:LINE",
        )
    package = resources.files("mlops_gitops")
    folders = (package / "docs" / "rules", Path(__file__).resolve().parents[3] / "docs" / "rules")
    for folder in folders:
        file = folder / f"{code.upper()}.md"
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise UsageError(f"there is no code {code.upper()}", todo="`mlops-gitops validate` shows the codes of its findings")


def title(text: str) -> str:
    """A page's title without its code: ``a required key is missing``."""
    return text.partition("\n")[0].partition(": ")[2]
