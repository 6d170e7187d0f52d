"""How long a drift report (exact KS and PSI of every numeric column) takes, as ratios to a loop over scipy.

Three ways, timed in turn in the same run: the detector with its cached baseline, the detector with the baseline built
from the raw rows in every report, and a loop of ``scipy.stats.ks_2samp`` and a numpy PSI over the raw rows, which keeps
nothing between reports. A second loop gets the detector's own thinned reference, so that the ratio to it is what the
code gains and not what the smaller reference gains. Compiling and loading compiled code is timed on its own line and
never as work. All must agree on D: with the thinned reference to 1e-12, with the raw rows to half a rank of it.

    python benchmarks/detector.py [--rows 1000000] [--columns 6] [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[np.float64]]


def columns(rows: int, count: int, seed: int, shift: float) -> Columns:
    """Normal, heavy-tailed, whole-number and cent columns in turn."""
    random = np.random.default_rng(seed)
    kinds: tuple[Callable[[], NDArray[np.float64]], ...] = (
        lambda: random.normal(shift, 1.0, rows),
        lambda: random.lognormal(3.0 + shift, 1.2, rows),
        lambda: random.poisson(200.0 * (1.0 + shift), rows).astype(np.float64),
        lambda: np.round(random.lognormal(3.0 + shift, 1.0, rows), 2),
    )
    return {f"c{number}": kinds[number % len(kinds)]() for number in range(count)}


def scipy_report(reference: Columns, current: Columns) -> list[tuple[float, float]]:
    """D and PSI the usual way."""
    from scipy.stats import ks_2samp

    report = []
    for name, before in reference.items():
        now = current[name]
        edges = np.unique(np.quantile(before, np.linspace(0.0, 1.0, 11)))
        edges[0], edges[-1] = -np.inf, np.inf
        p = np.histogram(before, edges)[0] / before.size + 1e-6
        q = np.histogram(now, edges)[0] / now.size + 1e-6
        report.append((ks_2samp(before, now, method="asymp").statistic, float(np.sum((q - p) * np.log(q / p)))))
    return report


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    from mlops_gitops.detector.drift import compare
    from mlops_gitops.detector.references import MAX_KEPT, NumericReference

    raw, current = (columns(options.rows, options.columns, seed, shift) for seed, shift in ((1, 0.0), (2, 0.02)))
    kept = {name: NumericReference.of(name, values) for name, values in raw.items()}
    thinned = {name: np.array(reference.values) for name, reference in kept.items()}

    started = time.perf_counter()
    compare("warm-up", NumericReference.of("warm-up", np.arange(100.0)), np.arange(50.0))
    print(f"loading or compiling the kernels: {time.perf_counter() - started:.2f} s, not counted\n")

    ways: dict[str, Callable[[], list[tuple[float, float]]]] = {
        "detector, cached baseline": lambda: [
            (shift.statistic, shift.psi) for shift in (compare(name, kept[name], current[name]) for name in kept)
        ],
        "detector, baseline built anew": lambda: [
            (shift.statistic, shift.psi)
            for shift in (compare(name, NumericReference.of(name, raw[name]), current[name]) for name in raw)
        ],
        "scipy loop, thinned reference": lambda: scipy_report(thinned, current),
        "scipy loop, raw rows": lambda: scipy_report(raw, current),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    reports = {}
    for _ in range(options.rounds):
        for name, run in ways.items():
            started = time.perf_counter()
            reports[name] = run()
            times[name].append(time.perf_counter() - started)

    distances = {name: np.array([distance for distance, _ in report]) for name, report in reports.items()}
    ours = distances["detector, cached baseline"]
    assert np.abs(ours - distances["scipy loop, thinned reference"]).max() < 1e-12
    assert np.abs(ours - distances["scipy loop, raw rows"]).max() <= 0.5 / MAX_KEPT + 1e-12

    least = statistics.median(times["detector, cached baseline"])
    print(f"{options.rows:,} rows a side, {options.columns} columns, {options.rounds} rounds in turn")
    print(f"{'way':32} {'median':>9} {'fastest':>9} {'ratio':>7}")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{name:32} {median * 1e3:>6.0f} ms {min(taken) * 1e3:>6.0f} ms {median / least:>6.1f}×")


if __name__ == "__main__":
    main()
