"""Writes the stack table of today into README.md: `python tools/support_table.py`."""

from pathlib import Path

from mlops_gitops.spec.support_table import with_table

README = Path(__file__).parents[1] / "README.md"

if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
