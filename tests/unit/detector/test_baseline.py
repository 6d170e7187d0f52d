"""The baseline: what it keeps, that its bytes are the same everywhere, and that damage is found."""

from __future__ import annotations

import hashlib
import io
import zipfile

import numpy as np
import pytest

from mlops_gitops.detector.baseline import Baseline, build_baseline
from mlops_gitops.detector.confusion import Confusion
from mlops_gitops.detector.references import CategoryReference, NumericReference
from mlops_gitops.diagnostics import OutsideError

KINDS = {"amount": "float", "count": "int", "country": "category"}


def columns(rows=500):
    random = np.random.default_rng(1)
    amount = np.round(random.lognormal(3, 1, rows), 2)
    amount[::10] = np.nan
    return {
        "amount": amount,
        "count": random.poisson(3, rows),
        "country": np.array(["DE", "FR", None], dtype=object)[random.integers(0, 3, rows)],
    }


def baseline(rows=500, **changes):
    scores = np.linspace(0.0, 1.0, rows)
    given = {"columns": columns(rows), "kinds": KINDS, "scores": scores, "labels": scores > 0.9, "threshold": 0.8}
    return build_baseline(**{**given, **changes})


def test_keeps_what_it_was_given():
    made = baseline()
    amount, country = made.columns["amount"], made.columns["country"]
    assert isinstance(amount, NumericReference)
    assert (amount.samples, amount.missing, amount.values.size) == (500, 50, 450)
    assert isinstance(country, CategoryReference)
    assert list(country.levels) == ["DE", "FR"]
    assert country.samples == 500
    assert made.confusion == Confusion(50, 50, 400, 0)
    assert made.metrics["precision"] == 0.5
    assert made.samples == 500


def test_the_same_rows_in_another_form_and_order_give_the_same_bytes():
    first = baseline().to_bytes()
    given = columns()
    order = np.random.default_rng(9).permutation(500)
    scores = np.linspace(0.0, 1.0, 500)
    shuffled = {name: list(values[order]) for name, values in given.items()}
    second = build_baseline(shuffled, KINDS, scores[order], scores[order] > 0.9, 0.8)
    assert second.to_bytes() == first
    assert Baseline.from_bytes(first).to_bytes() == first


def test_bytes_are_pinned():
    made = build_baseline(
        {"x": [1, 2, 2], "c": ["a", None, "b"]}, {"x": "int", "c": "category"}, [0, 0.5, 1], [0, 1, 1], 0.5
    )
    digest = hashlib.sha256(made.to_bytes()).hexdigest()
    assert digest == "4a9e5a5747d49687a8a1d53fa6e345fd55c7976c29bcecb72b2821910d43c9a9", (
        "a change of the format needs a new FORMAT number"
    )


def test_numpy_opens_the_file():
    with np.load(io.BytesIO(baseline().to_bytes()), allow_pickle=False) as archive:
        assert "values_0" in archive.files
    with zipfile.ZipFile(io.BytesIO(baseline().to_bytes())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_reading_back_gives_the_same_baseline():
    made = baseline()
    read = Baseline.from_bytes(made.to_bytes())
    np.testing.assert_array_equal(read.columns["amount"].values, made.columns["amount"].values)
    np.testing.assert_array_equal(read.scores.values, made.scores.values)
    assert not read.scores.values.flags.writeable
    assert read.columns["country"] == made.columns["country"] or (
        read.columns["country"].levels == made.columns["country"].levels
    )
    assert (read.threshold, read.confusion) == (made.threshold, made.confusion)


def test_a_long_column_is_thinned_evenly_and_moves_by_at_most_half_a_rank():
    rows = np.random.default_rng(2).normal(size=10_000)
    kept = NumericReference.of("x", rows, max_kept=400)
    assert kept.values.size == 400
    assert kept.samples == 10_000
    full = np.sort(rows)
    for x in full[::97]:
        exact = np.searchsorted(full, x, "right") / full.size
        thinned = np.searchsorted(kept.values, x, "right") * kept.weight
        assert abs(exact - thinned) <= 0.5 / 400 + 1e-9


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [np.inf, -np.inf], [7.0]])
def test_odd_columns_are_kept(values):
    kept = NumericReference.of("x", values)
    assert kept.samples == len(values)
    assert kept.weight * kept.values.size == pytest.approx(np.mean(~np.isnan(values)) if values else 0.0)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kinds": {"amount": "float"}}, "no type given for count, country"),
        ({"kinds": {**KINDS, "count": "time"}}, "column count is of type time"),
        ({"kinds": {**KINDS, "country": "int"}}, "column country is not numeric"),
        ({"labels": np.arange(500)}, "labels must be 0 or 1"),
        ({"labels": np.zeros(499)}, "column amount has 500 rows, the labels have 499"),
        ({"labels": [], "scores": []}, "at least one row"),
        ({"scores": np.full(500, np.nan)}, "a finite score for each"),
        ({"scores": np.zeros(3)}, "500 labels for 3 decisions"),
    ],
)
def test_wrong_input_is_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        baseline(**changes)


def test_every_damaged_byte_is_found():
    content = baseline(60).to_bytes()
    for position in range(0, len(content), 37):
        broken = bytearray(content)
        broken[position] ^= 0x20
        with pytest.raises(OutsideError, match="cannot be read"):
            Baseline.from_bytes(bytes(broken))
    for length in (0, 1, 63, 64, 65, len(content) // 2, len(content) - 1):
        with pytest.raises(OutsideError):
            Baseline.from_bytes(content[:length])


def resealed(content, old, new):
    """A file changed by somebody who renewed the checksum."""
    assert len(old) == len(new)
    body = content[:-64].replace(old, new)
    # The archive's own CRC is wrong now, which is found, too; so rebuild the archive around the new member.
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {entry.filename: archive.read(entry).replace(old, new) for entry in archive.infolist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
        archive.comment = b"0" * 64
    body = buffer.getvalue()[:-64]
    return body + hashlib.sha256(body).hexdigest().encode()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'"format":1', b'"format":9', "format 9"),
        (b'"missing":0', b'"missing":9', "values kept of"),
        (b'"kind":"number"', b'"kynd":"number"', "kind"),
        (b'"true_positives":', b'"true_negatives":', ""),
        (b'"DE":', b'"DE" ', ""),
    ],
)
def test_a_file_that_means_nothing_is_refused(old, new, says):
    content = baseline(60).to_bytes()
    with pytest.raises(OutsideError) as caught:
        Baseline.from_bytes(resealed(content, old, new))
    assert says in caught.value.why
    assert caught.value.todo


def test_a_foreign_archive_is_refused():
    buffer = io.BytesIO()
    np.savez(buffer, header=np.array([object()], dtype=object))
    body = buffer.getvalue()
    with pytest.raises(OutsideError):
        Baseline.from_bytes(body + hashlib.sha256(body).hexdigest().encode())
