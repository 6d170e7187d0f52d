"""The list of all findings is what their pages say.  ``ACCEPT=1 pytest tests/golden`` writes it anew."""

from __future__ import annotations

import os

from tools import rules_index


def test_the_list_of_findings_is_of_their_pages() -> None:
    if os.environ.get("ACCEPT"):
        rules_index.INDEX.write_text(rules_index.index(), encoding="utf-8")
    assert rules_index.INDEX.read_text(encoding="utf-8") == rules_index.index(), "run `python tools/rules_index.py`"


def test_every_page_has_a_severity() -> None:
    assert set(rules_index.severities()) >= set(rules_index.pages())
