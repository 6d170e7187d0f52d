"""Card transactions of an invented bank: seeded, with known fraud, the same bytes on every machine.

A batch is a list of *episodes*: one customer doing one kind of thing (buying groceries, travelling, falling victim to
a stolen card). Each kind is one `Scenario` row in the tables below. Some honest kinds look like fraud and some fraud
looks honest, so that no model can be perfect; velocity and distance columns are not drawn but measured on the
simulated stream, as a bank's feature service would. Only uniform draws, integer work and + - * / are used, which
IEEE 754 rounds the same way everywhere: no logarithm or exponential whose last bit depends on the processor.

    python simulate.py data/transactions.csv
    python simulate.py attack.csv --rows 30000 --seed 7 --days 3 --start 2026-02-16 --attack
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]

CATEGORIES = ("grocery", "fuel", "dining", "bills", "travel", "tech", "games", "gifts")
DEVICES = ("pos", "atm", "web", "app")
COUNTRIES = ("DE", "FR", "NL", "AT", "IT", "US", "BR", "TH")
KM_TO_COUNTRY = np.array([0, 600, 450, 500, 800, 7000, 9500, 8800])
AGE_BANDS = ("18-24", "25-39", "40-59", "60+")
REGIONS = ("N", "E", "S", "W")

DAY_S = 86_400
# Card use by hour of the day, midnight first.
HOURLY_USE = (3, 2, 1, 1, 1, 2, 6, 14, 20, 22, 24, 28, 32, 28, 24, 24, 28, 34, 36, 30, 22, 16, 10, 6)
FRAUD_SHARE, ATTACK_FRAUD_SHARE = 0.0105, 0.05
UNLOCATED_SHARE = 0.003
POPULATION_SEED = 2026
# The device register forgets how long it has known a device beyond this.
OLDEST_DEVICE_DAYS = 90


@dataclass(frozen=True)
class Spread:
    """A bounded, bell-shaped range of whole numbers; a `skew` above 1 leans it towards `low`."""

    low: int
    high: int
    skew: int = 1


@dataclass(frozen=True)
class Scenario:
    """One kind of episode; weights stand in the order of `CATEGORIES`, `DEVICES`, 0..n failed logins."""

    fraud: bool
    share: float  # of the fraudulent rows or of the honest rows
    size: tuple[int, int]  # transactions an episode
    gap_s: Spread  # between the transactions of an episode
    ratio: Spread  # amount in percent of the customer's mean
    categories: tuple[int, ...]
    devices: tuple[int, ...]
    abroad: float  # share of episodes outside the home country
    km: Spread  # from home, for episodes in the home country
    device_age: Spread  # days since the device was first seen with this card
    logins: tuple[int, ...]
    trust: Spread  # the vendor's device score
    spoofed: float = 0.0  # share of episodes whose device score is forged


EVERYDAY = Scenario(
    False, 0.873, (1, 1), Spread(60, 7200), Spread(8, 420, 3), (34, 14, 18, 10, 4, 6, 8, 6), (60, 6, 18, 16),
    0.02, Spread(0, 90, 3), Spread(0, 400), (96, 3, 1), Spread(40, 100),
)  # fmt: skip
HONEST: tuple[Scenario, ...] = (
    EVERYDAY,
    # The same behind a private browser or an old telephone, which the vendor's device score holds against it.
    replace(EVERYDAY, share=0.035, devices=(6, 0, 60, 34), device_age=Spread(0, 300, 2), trust=Spread(0, 62)),
    # A shopping spree: many payments within the hour, as in card testing, but not tiny.
    Scenario(
        False, 0.035, (3, 7), Spread(60, 1500, 2), Spread(5, 300, 2), (14, 2, 18, 4, 4, 14, 26, 18), (40, 0, 34, 26),
        0.03, Spread(0, 90, 3), Spread(0, 300), (94, 5, 1), Spread(40, 100),
    ),
    # A journey: far from home and dear, as with a stolen card, but with the customer's own device.
    Scenario(
        False, 0.023, (2, 6), Spread(1200, 14400, 2), Spread(20, 1000, 2), (6, 6, 34, 2, 34, 6, 2, 10), (66, 14, 8, 12),
        0.90, Spread(100, 600), Spread(0, 300), (93, 6, 1), Spread(36, 100),
    ),
    # A new telephone or computer: unknown device and mistyped passwords, as in an account takeover.
    Scenario(
        False, 0.024, (1, 3), Spread(300, 14400, 2), Spread(8, 500, 2), (24, 6, 14, 14, 8, 14, 12, 8), (4, 0, 44, 52),
        0.05, Spread(0, 120, 3), Spread(0, 40, 2), (78, 17, 4, 1), Spread(36, 100),
    ),
    # A dear purchase: a sofa, a laptop, a flight.
    Scenario(
        False, 0.010, (1, 2), Spread(600, 7200, 2), Spread(300, 1500, 2), (2, 1, 5, 12, 26, 42, 4, 8), (40, 0, 40, 20),
        0.05, Spread(0, 200, 2), Spread(0, 300), (94, 5, 1), Spread(36, 100),
    ),
)  # fmt: skip
FRAUDULENT: tuple[Scenario, ...] = (
    # Stolen card: dear goods at once, far from where the customer was, on devices hardly seen with the card.
    Scenario(
        True, 0.37, (2, 5), Spread(120, 2400, 2), Spread(180, 1400), (4, 4, 3, 0, 14, 52, 3, 20), (66, 12, 18, 4),
        0.80, Spread(200, 800), Spread(0, 70, 2), (80, 14, 6), Spread(0, 56),
    ),
    # Card testing: bursts of tiny payments that see whether a number works.
    Scenario(
        True, 0.26, (6, 14), Spread(10, 360, 2), Spread(1, 22, 2), (2, 0, 6, 2, 2, 4, 54, 30), (2, 0, 86, 12),
        0.35, Spread(0, 400), Spread(0, 240, 2), (70, 18, 12), Spread(0, 56),
    ),
    # Account takeover: wrong passwords, a new device, then money turned into vouchers and resale goods.
    Scenario(
        True, 0.328, (1, 4), Spread(60, 2400, 2), Spread(80, 800), (2, 0, 2, 3, 6, 33, 4, 50), (0, 0, 52, 48),
        0.15, Spread(0, 500), Spread(0, 40, 2), (3, 11, 24, 30, 20, 12), Spread(0, 56),
    ),
    # Fraud that behaves as the customer does: nothing in the data gives it away.
    replace(EVERYDAY, fraud=True, share=0.042),
)  # fmt: skip
SEASON_SHARES = (0.705, 0.040, 0.055, 0.100, 0.080, 0.020)
SPOOFED_SHARE = 0.45
FORGED_TRUST = Spread(84, 100)


@dataclass(frozen=True)
class Draws:
    """Seeded random numbers of the few kinds that a batch needs; all but `uniform` are whole."""

    generator: np.random.Generator

    def uniform(self, count: int) -> NDArray[np.float64]:
        return self.generator.random(count)

    def below(self, limit: int, count: int) -> Ints:
        return (self.uniform(count) * limit).astype(np.int64)

    def spread(self, spread: Spread, count: int) -> Ints:
        bell = (self.uniform(count) + self.uniform(count) + self.uniform(count)) / 3
        shape = bell
        for _ in range(spread.skew - 1):
            shape = shape * bell
        return spread.low + (shape * (spread.high - spread.low + 1)).astype(np.int64)

    def choice(self, weights: Sequence[int], count: int) -> Ints:
        edges = np.cumsum(weights)
        return np.searchsorted(edges, self.below(int(edges[-1]), count), side="right")


def simulate(
    rows: int = 420_000,
    seed: int = 42,
    days: int = 42,
    start: str = "2026-01-05",
    drift: bool = False,
    outage: bool = False,
    attack: bool = False,
) -> pd.DataFrame:
    """Return `rows` transactions in order of time over `days` days from `start` (ISO date, UTC midnight).

    `drift` is a holiday season: more journeys, new devices and spending. `outage` breaks the device and velocity
    feeds for 30 % of the batch. `attack` is a fraud campaign in the week of the sales: five times the usual fraud, of
    which almost half forges the vendor's device score. Columns hold whole numbers and text only (time in epoch
    seconds), so that `to_csv(index=False)` writes the same bytes everywhere. Raises ValueError for no rows or days.
    """
    if rows < 1 or days < 1:
        raise ValueError(f"rows and days must be at least 1, not {rows} and {days}")
    draws = Draws(np.random.Generator(np.random.PCG64(seed)))
    opening_s = int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp())
    customers = max(1, rows * 6 // (days * 5))
    honest, fraudulent = _scenarios(drift, attack)
    frauds = int(rows * (ATTACK_FRAUD_SHARE if attack else FRAUD_SHARE))
    # One honest day before the batch fills the 24-hour windows of its first rows, and is then dropped.
    blocks = _blocks(draws, honest, rows // days, customers, opening_s - DAY_S, 1)
    blocks += _blocks(draws, honest, rows - frauds, customers, opening_s, days)
    blocks += _blocks(draws, fraudulent, frauds, customers, opening_s, days)
    stream = pd.concat(blocks, ignore_index=True).sort_values("time", kind="stable", ignore_index=True)
    stream = _measured(stream).iloc[-rows:].reset_index(drop=True)
    return _broken_feeds(_columns(draws, stream, customers), outage)


def _scenarios(drift: bool, attack: bool) -> tuple[Sequence[Scenario], Sequence[Scenario]]:
    honest, fraudulent = HONEST, FRAUDULENT
    if drift:
        honest = _dearer(HONEST, SEASON_SHARES, 150)
    if attack:
        # Fraudsters strike in the week of the sales, when honest customers spend more too.
        honest = _dearer(honest, [kind.share for kind in honest], 140)
        *patterned, hidden = FRAUDULENT
        fraudulent = (*(replace(kind, spoofed=SPOOFED_SHARE) for kind in patterned), hidden)
    return honest, fraudulent


def _dearer(kinds: Sequence[Scenario], shares: Sequence[float], percent: int) -> tuple[Scenario, ...]:
    return tuple(
        replace(kind, share=share, ratio=replace(kind.ratio, high=kind.ratio.high * percent // 100))
        for kind, share in zip(kinds, shares, strict=True)
    )


def _blocks(
    draws: Draws, scenarios: Sequence[Scenario], rows: int, customers: int, opening_s: int, days: int
) -> list[pd.DataFrame]:
    """Share `rows` out among the scenarios; the last one takes what rounding leaves."""
    counts = [int(rows * scenario.share) for scenario in scenarios]
    counts[0] += rows - sum(counts)
    return [
        _episodes(draws, scenario, count, customers, opening_s, days)
        for scenario, count in zip(scenarios, counts, strict=True)
        if count
    ]


def _episodes(draws: Draws, scenario: Scenario, rows: int, customers: int, opening_s: int, days: int) -> pd.DataFrame:
    """`rows` transactions of one scenario: what stays the same within an episode is drawn once and repeated."""
    low, high = scenario.size
    sizes = low + draws.below(high - low + 1, rows)
    episode = np.repeat(np.arange(rows), sizes)[:rows]
    episodes = int(episode[-1]) + 1

    # Half of the customers' activity is even, half leans towards the first ones: some use the card far more.
    u = draws.uniform(episodes)
    customer = (np.where(draws.uniform(episodes) < 0.5, u, u * u) * customers).astype(np.int64)
    # Stratified over the days, so that each part of the batch sees its share of every scenario.
    day = ((np.arange(episodes) + draws.uniform(episodes)) * days / episodes).astype(np.int64)
    moment_s = day * DAY_S + draws.choice(HOURLY_USE, episodes) * 3600
    moment_s += draws.below(3600, episodes)
    elapsed_s = np.cumsum(draws.spread(scenario.gap_s, rows))
    first = np.searchsorted(episode, np.arange(episodes))
    elapsed_s = elapsed_s - elapsed_s[first][episode]
    abroad = draws.uniform(episodes) < scenario.abroad
    country = np.where(abroad, 1 + draws.below(len(COUNTRIES) - 1, episodes), 0)
    place_km = np.where(abroad, KM_TO_COUNTRY[country], draws.spread(scenario.km, episodes))
    trust = draws.spread(scenario.trust, episodes)
    forged = draws.uniform(episodes) < scenario.spoofed
    trust = np.where(forged, draws.spread(FORGED_TRUST, episodes), trust)
    steady = {
        "customer_id": customer,
        "country": country,
        "place_km": place_km,
        "device_type": draws.choice(scenario.devices, episodes),
        "device_age_days": np.minimum(draws.spread(scenario.device_age, episodes), OLDEST_DEVICE_DAYS),
        "failed_logins_24h": draws.choice(scenario.logins, episodes),
        "device_trust": trust,
    }
    # An episode that runs past the end goes on at the beginning: the batch keeps its exact size.
    time_s = opening_s + (moment_s[episode] + elapsed_s) % (days * DAY_S)
    block = pd.DataFrame({"time": time_s} | {name: values[episode] for name, values in steady.items()})
    block["place_km"] += draws.below(30, rows)
    block["amount_ratio_percent"] = draws.spread(scenario.ratio, rows)
    block["merchant_category"] = draws.choice(scenario.categories, rows)
    block["is_fraud"] = int(scenario.fraud)
    return block


def _measured(stream: pd.DataFrame) -> pd.DataFrame:
    """Add what a feature service counts over a customer's past: payments in windows, time and distance since the last.

    Customers are laid one behind the other on a single time line, with gaps wider than any window, so that one sorted
    search answers every window of every customer.
    """
    time_s = stream["time"].to_numpy() - int(stream["time"].min())
    line = stream["customer_id"].to_numpy() * (int(time_s.max()) + 3 * DAY_S) + time_s
    order = np.argsort(line, kind="stable")
    line = line[order]
    place_km = stream["place_km"].to_numpy()[order]
    rank = np.arange(len(line))
    since_s = np.minimum(np.diff(line, prepend=line[0] - DAY_S), DAY_S)
    # Who has not paid for a day is taken to have started from home.
    before_km = np.where(since_s < DAY_S, np.roll(place_km, 1), 0)
    measured = {
        "transactions_1h": rank - np.searchsorted(line, line - 3600, side="right") + 1,
        "transactions_24h": rank - np.searchsorted(line, line - DAY_S, side="right") + 1,
        "minutes_since_last": since_s // 60,
        "km_from_last": np.abs(place_km - before_km),
    }
    back = np.argsort(order, kind="stable")
    return stream.assign(**{name: values[back] for name, values in measured.items()})


def _columns(draws: Draws, stream: pd.DataFrame, customers: int) -> pd.DataFrame:
    """The table as the bank's warehouse gives it out, with the customers' own attributes joined in."""
    who = stream["customer_id"].to_numpy()
    # The bank's customers are the same in every batch, whatever its seed.
    traits = np.random.Generator(np.random.PCG64(POPULATION_SEED)).random((customers, 4))
    mean_cents = (1200 + 9000 * (traits[:, 0] + traits[:, 1]) * traits[:, 1]).astype(np.int64)
    age_band = np.searchsorted([0.14, 0.40, 0.74], traits[:, 2], side="right")
    region = (traits[:, 3] * len(REGIONS)).astype(np.int64)
    unlocated = draws.uniform(len(stream)) < UNLOCATED_SHARE
    return pd.DataFrame(
        {
            "transaction_id": np.arange(1, len(stream) + 1),
            "time": stream["time"],
            "customer_id": who,
            "amount_cents": np.maximum(mean_cents[who] * stream["amount_ratio_percent"] // 100, 1),
            "amount_ratio_percent": stream["amount_ratio_percent"],
            "merchant_category": np.array(CATEGORIES, dtype=object)[stream["merchant_category"]],
            "country": np.array(COUNTRIES, dtype=object)[stream["country"]],
            "device_type": np.array(DEVICES, dtype=object)[stream["device_type"]],
            "device_age_days": stream["device_age_days"].astype("Int64"),
            "failed_logins_24h": stream["failed_logins_24h"],
            "transactions_1h": stream["transactions_1h"],
            "transactions_24h": stream["transactions_24h"],
            "minutes_since_last": stream["minutes_since_last"],
            "km_from_last": stream["km_from_last"].astype("Int64").mask(unlocated),
            "age_band": np.array(AGE_BANDS, dtype=object)[age_band[who]],
            "region": np.array(REGIONS, dtype=object)[region[who]],
            "device_trust": stream["device_trust"],
            "is_fraud": stream["is_fraud"],
        }
    )


def _broken_feeds(table: pd.DataFrame, outage: bool) -> pd.DataFrame:
    """In an outage the device register sends nothing and the velocity service sends zeros."""
    if outage:
        broken = (table.index >= len(table) * 3 // 10) & (table.index < len(table) * 6 // 10)
        table["device_age_days"] = table["device_age_days"].mask(broken)
        for column in ("transactions_1h", "transactions_24h", "minutes_since_last", "failed_logins_24h"):
            table[column] = table[column].mask(broken, 0)
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Write one batch as CSV."""
    parser = argparse.ArgumentParser(description="Write simulated card transactions as CSV.")
    parser.add_argument("out", type=Path, metavar="OUT.csv")
    parser.add_argument("--rows", type=int, default=420_000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--days", type=int, default=42)
    parser.add_argument("--start", default="2026-01-05", help="first day, ISO date (default: %(default)s)")
    for switch in ("drift", "outage", "attack"):
        parser.add_argument(f"--{switch}", action="store_true")
    options = vars(parser.parse_args(arguments))
    out: Path = options.pop("out")
    out.parent.mkdir(parents=True, exist_ok=True)
    simulate(**options).to_csv(out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
