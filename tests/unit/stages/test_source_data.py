"""The source file: its pointer, its generator, its types."""

import pytest

from mlops_gitops.diagnostics import OutsideError, UsageError
from mlops_gitops.spec.contract import DataContract
from mlops_gitops.stages import source_data
from tests.small_project import CONTRACT, changed

COLUMNS = [
    {"name": "time", "type": "time", "role": "time"},
    {"name": "debt", "type": "int", "nullable": True},
    {"name": "kind", "type": "category"},
    {"name": "spare", "type": "float", "role": "unused"},
    {"name": "late", "type": "int", "role": "label"},
]
PLAIN = DataContract.model_validate(changed(CONTRACT, generator=None, columns=COLUMNS, groups=[]))
CSV = "time,debt,kind,late\n60,1,a,0\n120,,b,1\n"


def write(folder, text=CSV, md5=None):
    (folder / "data").mkdir(exist_ok=True)
    source = folder / "data" / "loans.csv"
    source.write_text(text)
    pointed = md5 or source_data.file_md5(source)
    (folder / "data" / "loans.csv.dvc").write_text(f"outs:\n- md5: {pointed}\n  size: 5\n  path: loans.csv\n")
    return source


def test_the_pointer_holds_the_files_md5(tmp_path):
    source = write(tmp_path)
    assert source_data.pointer_md5(source) == source_data.file_md5(source)
    source_data.check_against_pointer(source)


def test_a_changed_file_is_found(tmp_path):
    source = write(tmp_path, md5="0" * 32)
    with pytest.raises(OutsideError, match="not the one that its pointer names") as raised:
        source_data.materialise(tmp_path, PLAIN)
    assert source_data.file_md5(source) in raised.value.why
    assert "dvc checkout" in raised.value.todo


def test_a_damaged_pointer_is_an_error_of_its_own(tmp_path):
    source = write(tmp_path)
    (tmp_path / "data" / "loans.csv.dvc").write_text("outs: []\n")
    with pytest.raises(OutsideError, match="pointer cannot be read"):
        source_data.pointer_md5(source)


def test_a_missing_file_without_a_generator_says_what_to_do(tmp_path):
    with pytest.raises(OutsideError, match="missing") as raised:
        source_data.materialise(tmp_path, PLAIN)
    assert "dvc pull" in raised.value.todo


def test_without_project_code_the_contract_gives_the_types(tmp_path):
    write(tmp_path)
    table = source_data.load(tmp_path, "data:load", PLAIN)
    assert table["time"].dt.tz is not None
    assert (table["debt"].dtype, table["kind"].dtype, table["late"].dtype) == ("float64", "category", "int64")


def test_a_column_that_the_data_lacks_is_named(tmp_path):
    write(tmp_path, "time,kind,late\n60,a,0\n")
    with pytest.raises(UsageError, match="lacks the columns debt"):
        source_data.load(tmp_path, "data:load", PLAIN)


def test_a_written_entrypoint_must_exist(tmp_path):
    write(tmp_path)
    with pytest.raises(UsageError, match="no module reader"):
        source_data.load(tmp_path, "reader:load", PLAIN)
