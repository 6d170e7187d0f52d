"""Patches of brushed metal as a line camera sees them, 12 × 12 grey values each; some have a scratch or a pit.

Everything is drawn from one seed, so the file is the same on every machine. `python simulate.py data/patches.csv`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

SIDE = 12
PIXELS = tuple(f"p{row:02d}{column:02d}" for row in range(SIDE) for column in range(SIDE))
LINES = ("line_a", "line_b", "line_c")
DEFECTIVE = 0.3


def simulate(rows: int = 6_000, seed: int = 20_260_301) -> pd.DataFrame:
    """`rows` patches: `patch_id`, `taken_at` (seconds, UTC), `line`, the pixels (0 to 255), `defect` (0 or 1)."""
    draw = np.random.default_rng(seed)
    defect = draw.random(rows) < DEFECTIVE
    images = _metal(draw, rows)
    for index in np.flatnonzero(defect):
        (_scratch if draw.random() < 0.6 else _pit)(draw, images[index])
    grey = np.clip(np.rint(images), 0, 255).astype(np.int64)
    table = pd.DataFrame(grey.reshape(rows, -1), columns=list(PIXELS))
    table.insert(0, "patch_id", np.arange(1, rows + 1))
    table.insert(1, "taken_at", 1_772_323_200 + np.cumsum(draw.integers(1, 20, rows)))
    table.insert(2, "line", np.array(LINES)[draw.integers(0, len(LINES), rows)])
    table["defect"] = defect.astype(np.int64)
    return table


def _metal(draw: np.random.Generator, rows: int) -> np.ndarray:
    """Brushed along the rows: each line of the image has its own brightness, shape (rows, SIDE, SIDE)."""
    light = draw.normal(140, 12, (rows, 1, 1))
    brushed = draw.normal(0, 7, (rows, SIDE, 1))
    return light + brushed + draw.normal(0, 6, (rows, SIDE, SIDE))


def _scratch(draw: np.random.Generator, image: np.ndarray) -> None:
    """A bright line that does not follow the brush."""
    angle, middle = draw.uniform(0.3, 1.3) * draw.choice([-1, 1]), draw.uniform(3, SIDE - 3, 2)
    length, shine = draw.uniform(2.5, 5), draw.uniform(22, 60)
    for step in np.linspace(-length, length, 24):
        row, column = np.rint(middle + step * np.array([np.sin(angle), np.cos(angle)])).astype(int)
        if 0 <= row < SIDE and 0 <= column < SIDE:
            image[row, column] += shine * 0.6


def _pit(draw: np.random.Generator, image: np.ndarray) -> None:
    """A dark round spot."""
    centre, radius, depth = draw.uniform(2, SIDE - 2, 2), draw.uniform(0.9, 2.0), draw.uniform(22, 60)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    distance = np.hypot(rows - centre[0], columns - centre[1])
    image -= depth * np.exp(-((distance / radius) ** 2))


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "data/patches.csv")
    target.parent.mkdir(parents=True, exist_ok=True)
    simulate().to_csv(target, index=False, lineterminator="\n")
