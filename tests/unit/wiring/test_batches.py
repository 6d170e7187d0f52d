"""A batch is read as the project's data is, and held to its contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_gitops.diagnostics import UsageError
from mlops_gitops.records.project import Project
from mlops_gitops.wiring.batches import load_batch, without_label
from tests.factory import compiled, on_disk

ROWS = "time,amount,region,is_fraud\n60,1.5,N,0\n120,2.5,S,1\n180,0.5,N,\n"


@pytest.fixture
def project() -> Project:
    found = compiled().project("fraud-detection")
    assert found is not None
    return found


def write(root: Path, text: str | bytes) -> Path:
    on_disk(root)
    batch = root / "batch.csv"
    batch.write_bytes(text if isinstance(text, bytes) else text.encode())
    return batch


def test_labelled_rows(project, tmp_path):
    # A label that is missing is one that nobody knows yet.
    rows = ROWS.replace("0.5,N,\n", "0.5,N,1\n")
    table = load_batch(tmp_path, project, write(tmp_path, rows), labelled=True)
    assert table["is_fraud"].tolist() == [0, 1, 1]
    assert str(table["time"].iloc[0]) == "1970-01-01 00:01:00+00:00"


def test_rows_without_labels(project, tmp_path):
    batch = write(tmp_path, "time,amount,region\n60,1.5,N\n")
    assert len(load_batch(tmp_path, project, batch, labelled=False)) == 1
    with pytest.raises(UsageError, match="lacks the columns is_fraud"):
        load_batch(tmp_path, project, batch, labelled=True)
    assert "is_fraud" not in {column.name for column in without_label(project.contract).columns}
    assert "is_fraud" in {column.name for column in project.contract.columns}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "the batch cannot be read"),
        (bytes(range(256)), "the batch cannot be read"),
        ("time,amount,region,is_fraud\nnoon,1,N,0\n", "the batch cannot be read"),
        ("time,amount,region,is_fraud\n60,much,N,0\n", "the batch cannot be read"),
        ("amount,region\n1,N\n", "the data lacks the columns time, is_fraud"),
    ],
)
def test_what_cannot_be_read(project, tmp_path, text, expected):
    batch = write(tmp_path, text)
    with pytest.raises(UsageError, match=expected) as raised:
        load_batch(tmp_path, project, batch, labelled=True)
    assert raised.value.where == str(batch)


def test_no_file(project, tmp_path):
    for batch in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(UsageError, match="there is no such batch"):
            load_batch(tmp_path, project, batch, labelled=False)


@pytest.mark.parametrize("trouble", ["raise KeyError('x')", "return 1 / 0", "import nothing_of_this_name", "("])
def test_a_loader_that_breaks(project, tmp_path, trouble, monkeypatch):
    import sys

    batch = write(tmp_path, ROWS)
    (tmp_path / project.folder / "data.py").write_text(f"def load(source):\n    {trouble}\n")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "data", raising=False)
    wanted = ModuleNotFoundError if trouble.startswith("import") else UsageError
    try:
        with pytest.raises(wanted):
            load_batch(tmp_path, project, batch, labelled=False)
    finally:
        sys.modules.pop("data", None)


@pytest.mark.parametrize("value", ["7", "-1", "0.5"])
def test_labels_that_are_none(tmp_path, value):
    narrow = compiled(
        {
            "projects/fraud-detection/data_contract.yaml": (
                "source: data/transactions.csv\nlabel: is_fraud\ncolumns:\n"
                "  - {name: amount, type: float}\n  - {name: is_fraud, type: int, role: label, min: 0, max: 1}\n"
            )
        }
    ).project("fraud-detection")
    assert narrow is not None
    batch = write(tmp_path, f"amount,is_fraud\n1.0,{value}\n2.0,1\n")
    with pytest.raises(UsageError):
        load_batch(tmp_path, narrow, batch, labelled=True)
