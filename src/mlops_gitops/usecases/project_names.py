"""Projects that are asked for by name."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_gitops.diagnostics import UsageError


def known_names(wanted: Iterable[str], names: tuple[str, ...]) -> None:
    """Raise ``UsageError`` on a project that does not exist, with a guess."""
    for name in wanted:
        if name not in names:
            from mlops_gitops.compiler.suggest import did_you_mean

            close = did_you_mean(name, names)
            raise UsageError(
                f"no project `{name}`" + (f"; did you mean `{close}`?" if close else ""),
                todo=f"projects here: {', '.join(names) or 'none'}",
            )
