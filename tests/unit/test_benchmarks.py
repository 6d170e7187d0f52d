"""The table of the compiler's benchmark: what it says of a goal, and what it writes into README.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import four_objects
from benchmarks.compiler import BEGIN, END, ROOT, Row, main, readme

ROW = Row("3 projects from nothing", 0.5, "s", "libyaml (1 s)", 0.5, 0.5)


def test_a_goal_is_met_or_missed() -> None:
    assert ROW.text().endswith("<= 0.5  met")
    assert Row("a", 1, "s", "b", 0.6, 0.5).text().endswith("MISSED")
    assert Row("a", 1, "s", "b", 0.6).text().endswith("b")


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    page, made = (ROOT / "README.md").read_text(encoding="utf-8"), readme([ROW], "make bench-compiler")
    assert made.split(BEGIN)[0] == page.split(BEGIN)[0]
    assert made.split(END)[1] == page.split(END)[1]
    assert "| 3 projects from nothing | 0.5 s | libyaml (1 s) | 0.50 | ≤ 0.5 |" in made


@pytest.mark.parametrize("words", [["--sizes", "0"], ["--sizes", "3,x"], ["--sizes", ""], ["--rounds", "0"]])
def test_wrong_numbers_are_told(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("sys.argv", ["compiler.py", *words])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert words[0] in capsys.readouterr().err


def test_a_project_on_one_machine_is_served_by_four_objects(tmp_path: Path) -> None:
    found = four_objects.compare(2, tmp_path)
    assert found["ours"] > 0
