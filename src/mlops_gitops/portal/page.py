"""From a page's blocks to one HTML file: the template, the stylesheet inside it, everything from outside escaped.

The file forbids itself scripts and the network by its own security policy, so that a hostile name in a commit can at
worst look odd.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mlops_gitops.portal.blocks import Page
from mlops_gitops.portal.drawing import Mark, icon

MARK_WORDS = {
    Mark.MET: "met, passed, healthy",
    Mark.MISSED: "missed, failed, regressed",
    Mark.WARNED: "drifted, or worth a look",
    Mark.IDLE: "no judgement: skipped, not run, unchanged",
}


def render_page(page: Page) -> str:
    """The page as HTML text; the same page gives the same text."""
    return _environment().get_template("page.html.j2").render(page=page, mark_words=MARK_WORDS)


@cache
def _environment() -> Environment:
    loader = PackageLoader("mlops_gitops.portal", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= _names(Markup(loader.get_source(environment, "style.css")[0]))  # noqa: S704 - our own file
    return environment


def _names(style: Markup) -> dict[str, Any]:
    return {"style": style, "icon": icon}
