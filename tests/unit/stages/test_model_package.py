"""Model packages with a real estimator whose class lives in the project's own module."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mlops_gitops.diagnostics import OutsideError, RefusedError, UsageError
from mlops_gitops.records.canonical import digest_of
from mlops_gitops.stages.model_package import (
    Feature,
    InputError,
    Manifest,
    load_package,
    package_digest,
    write_package,
)
from mlops_gitops.stages.package_code import importable

MODEL_PY = b"""
import numpy as np
from weights import WEIGHT


class Linear:
    classes_ = np.array([0, 1])

    def predict_proba(self, frame):
        score = 1 / (1 + np.exp(-WEIGHT * (frame["amount"].to_numpy() - 50) / 10))
        score = np.where(frame["country"].to_numpy() == "BR", 1.0, score)
        return np.column_stack([1 - score, score])
"""

FEATURES = (
    Feature(name="amount", type="float"),
    Feature(name="logins", type="int"),
    Feature(name="age_days", type="int", nullable=True),
    Feature(name="country", type="category", values=("DE", "BR")),
)
ROWS = pd.DataFrame({"amount": [10.0, 50.0, 10.0], "logins": [0, 1, 2], "age_days": [1.0, np.nan, 3.0],
                     "country": ["DE", "DE", "BR"], "is_fraud": [0, 1, 1]})  # fmt: skip


def manifest(**changes: object) -> Manifest:
    plain = {"project": "cards", "framework": "scikit-learn", "features": FEATURES, "label": "is_fraud",
             "threshold": 0.5, "entrypoint": "model:train", "seed": 42, "python": "3.11.7"}  # fmt: skip
    return Manifest.model_validate(plain | changes)


def make(folder: Path, weight: float = 1.0) -> str:
    code = {"model.py": MODEL_PY, "weights.py": f"WEIGHT = {weight}\n".encode()}
    source = folder.with_name(f"{folder.name}-source")
    source.mkdir(parents=True)
    for name, content in code.items():
        (source / name).write_bytes(content)
    with importable(source):
        import model

        return write_package(
            folder, estimator=model.Linear(), manifest=manifest(), code=code, baseline=b"npz", requirements="numpy==2\n"
        )


@pytest.fixture
def package(tmp_path: Path) -> tuple[Path, str]:
    return tmp_path / "package", make(tmp_path / "package")


def test_a_package_gives_back_what_was_written(package: tuple[Path, str]) -> None:
    folder, digest = package
    model = load_package(folder, digest)
    assert model.manifest == manifest()
    assert model.baseline == b"npz"
    assert model.score(ROWS) == pytest.approx([1 / (1 + np.exp(4)), 0.5, 1.0])
    assert model.score(ROWS).dtype == np.float64
    assert model.predict(ROWS).tolist() == [0, 1, 1]
    assert model.score(ROWS.iloc[:0]).shape == (0,)


def test_the_digest_is_that_of_the_files(package: tuple[Path, str]) -> None:
    import hashlib

    folder, digest = package
    names = ("model.joblib", "model.json", "baseline.npz", "requirements.txt", "code/model.py", "code/weights.py")
    listing = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    assert digest == package_digest(folder) == digest_of(listing)


def test_loading_leaves_the_package_and_the_process_as_they_were(package: tuple[Path, str]) -> None:
    folder, digest = package
    path, modules = list(sys.path), set(sys.modules)
    load_package(folder, digest)
    assert sys.path == path
    assert not {"model", "weights"} & (set(sys.modules) - modules)
    assert package_digest(folder) == digest


def test_two_packages_with_modules_of_the_same_name_stay_apart(tmp_path: Path) -> None:
    mild, steep = tmp_path / "mild", tmp_path / "steep"
    digests = make(mild, 1.0), make(steep, 3.0)
    first, second = load_package(mild, digests[0]), load_package(steep, digests[1])
    low = ROWS.assign(amount=40.0, country="DE")
    assert first.score(low)[0] == pytest.approx(1 / (1 + np.e))
    assert second.score(low)[0] == pytest.approx(1 / (1 + np.e**3))


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda folder: (folder / "model.json").write_text("{}"), "model.json was changed"),
        (lambda folder: (folder / "baseline.npz").unlink(), "baseline.npz is missing"),
        (lambda folder: (folder / "code" / "extra.py").write_text("x = 1"), "code/extra.py does not belong"),
        (lambda folder: (folder / "contents.json").write_text("{}") and (folder / "model.json").unlink(), "as a whole"),
        (lambda folder: [(folder / "contents.json").unlink(), (folder / "model.json").unlink()], "cannot be named"),
    ],
)
def test_a_damaged_package_is_refused_and_the_difference_named(package, damage, named) -> None:
    folder, digest = package
    damage(folder)
    with pytest.raises(RefusedError) as refused:
        load_package(folder, digest)
    assert named in refused.value.why


def test_a_package_with_a_link_is_refused(package: tuple[Path, str]) -> None:
    folder, digest = package
    (folder / "code" / "link.py").symlink_to("/etc/hostname")
    with pytest.raises(RefusedError, match="plain files"):
        load_package(folder, digest)


def test_a_missing_package_and_a_damaged_manifest_are_trouble_outside(
    package: tuple[Path, str], tmp_path: Path
) -> None:
    folder, _ = package
    with pytest.raises(OutsideError, match="no model package"):
        load_package(tmp_path / "nowhere", None)
    (folder / "model.json").write_text(json.dumps({"project": "cards"}))
    with pytest.raises(OutsideError, match="manifest"):
        load_package(folder, None)


def test_project_code_that_is_not_there_is_said(package: tuple[Path, str]) -> None:
    folder, _ = package
    (folder / "code" / "weights.py").unlink()
    with pytest.raises(OutsideError) as error:
        load_package(folder, None)
    assert "weights" in error.value.why


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": None}, r'missing column "amount"'),
        ({"amount": [1.0, None, 2.0]}, r'"amount", row 1: null'),
        ({"amount": [1.0, 2.0, float("inf")]}, r'"amount", row 2: the number is infinite'),
        ({"amount": ["1", "2", "3"]}, r'"amount", row 0: "1" is str, a number is expected'),
        ({"amount": [1.0, 2.0]}, r'"logins" has 3 values, column "amount" 2'),
        ({"amount": [10**400, 1, 1]}, r'"amount": a number is too large'),
        ({"logins": [1, 1.5, 2]}, r'"logins", row 1: 1.5 is not a whole number'),
        ({"logins": [1, 2**63, 2]}, r'"logins": a number is too large'),
        ({"logins": [1.0, 2.0, 1e300]}, r'"logins", row 2: 1e\+300 is not a whole number of 64 bits'),
        ({"country": ["DE", "XX", "BR"]}, r'"country", row 1: unknown category "XX"; known are DE, BR'),
        ({"country": [1, "DE", "DE"]}, r'"country", row 0: "1" is int, text is expected'),
        ({"country": ["DE", None, "DE"]}, r'"country", row 1: null'),
    ],
)
def test_rows_that_break_the_contract_are_refused(package: tuple[Path, str], changed, said) -> None:
    model = load_package(*package)
    columns = {name: ROWS[name].tolist() for name in ("amount", "logins", "country")} | {"age_days": [1, None, 3]}
    columns = {name: values for name, values in (columns | changed).items() if values is not None}
    with pytest.raises(InputError, match=said):
        model.score(columns)


def test_a_near_name_is_suggested(package: tuple[Path, str]) -> None:
    with pytest.raises(InputError, match=r'is "amout" meant to be "amount"\?'):
        load_package(*package).score(ROWS.rename(columns={"amount": "amout"}))


@pytest.mark.parametrize(
    "country",
    [
        pd.Series(["DE", "DE", "BR"], dtype="category"),
        pd.Series(["DE", "DE", "BR"], dtype="str"),
        pd.Series(["DE", "DE", "BR"], dtype="object", index=[7, 8, 9]),
        np.array(["DE", "DE", "BR"]),
    ],
)
def test_every_pandas_form_of_a_column_gives_the_same_score(package: tuple[Path, str], country) -> None:
    model = load_package(*package)
    columns = {
        "amount": np.array([10, 50, 10], dtype=np.float32),
        "logins": pd.Series([0.0, 1.0, 2.0]),
        "age_days": pd.Series([1, None, 3], dtype="Int64"),
        "country": country,
    }
    assert model.score(columns) == pytest.approx(model.score(ROWS))


def test_types_of_training_reach_the_model(tmp_path: Path) -> None:
    from mlops_gitops.stages.package_columns import cast_columns

    features = (*FEATURES, Feature(name="at", type="time", nullable=True), Feature(name="card", type="id"))
    rows = {name: ROWS[name].tolist() for name in ("amount", "logins", "age_days", "country")}
    frame = cast_columns(
        rows | {"at": ["2026-01-05T10:00:00+01:00", None, "2026-01-06"], "card": list("abc")}, features
    )
    assert [str(kind) for kind in frame.dtypes[:5]] == [
        "float64", "int64", "float64", "category", frame.dtypes["at"].name,
    ]  # fmt: skip
    assert list(frame["country"].cat.categories) == ["DE", "BR"]
    assert frame["at"][0] == pd.Timestamp("2026-01-05T09:00:00Z")
    assert cast_columns(frame, features)["at"].equals(frame["at"])
    with pytest.raises(InputError, match="not a time"):
        cast_columns(rows | {"at": ["soon", None, None], "card": list("abc")}, features)


@pytest.mark.parametrize("kind", ["id", "category"])
def test_half_of_a_surrogate_pair_is_no_text(kind: str) -> None:
    from mlops_gitops.stages.package_columns import cast_columns

    with pytest.raises(InputError, match='"card": a text is no valid Unicode'):
        cast_columns({"card": ["a", "\ud800"]}, [Feature(name="card", type=kind)])


@pytest.mark.parametrize(
    ("estimator", "changes", "code", "said"),
    [
        (object(), {}, {}, "cannot be served"),
        (LogisticRegression().fit([[0], [1], [2]], [0, 1, 2]), {}, {}, "cannot be served"),
        (LogisticRegression().fit([[0], [1]], ["no", "yes"]), {"positive": "fraud"}, {}, "does not know"),
        (LogisticRegression().fit([[0], [1]], [0, 1]), {}, {"json.py": b""}, "one of Python's own"),
        (LogisticRegression().fit([[0], [1]], [0, 1]), {}, {"../out.py": b""}, "leaves the package"),
    ],
)
def test_what_could_not_be_served_is_not_packaged(tmp_path: Path, estimator, changes, code, said) -> None:
    with pytest.raises(UsageError, match=said):
        write_package(
            tmp_path / "p", estimator=estimator, manifest=manifest(**changes), code=code, baseline=b"", requirements=""
        )
    assert not (tmp_path / "p").exists()


def test_what_cannot_be_pickled_is_said(tmp_path: Path) -> None:
    model = LogisticRegression().fit([[0], [1]], [0, 1])
    model.hook = lambda frame: frame
    with pytest.raises(UsageError, match="pickled"):
        write_package(tmp_path / "p", estimator=model, manifest=manifest(), code={}, baseline=b"", requirements="")


def test_a_package_is_never_written_over_something(package: tuple[Path, str]) -> None:
    folder, digest = package
    model = LogisticRegression().fit([[0], [1]], [0, 1])
    with pytest.raises(RefusedError, match="empty folder"):
        write_package(folder, estimator=model, manifest=manifest(), code={}, baseline=b"", requirements="")
    assert package_digest(folder) == digest


def test_library_differences_are_told(package: tuple[Path, str]) -> None:
    from dataclasses import replace
    from importlib.metadata import version

    model = load_package(*package)
    libraries = {"numpy": version("numpy"), "scikit-learn": "0.1", "no-such-thing": "1"}
    model = replace(model, manifest=manifest(libraries=libraries))
    told = model.library_differences()
    assert [("no-such-thing" in line, "scikit-learn 0.1" in line) for line in told] == [(True, False), (False, True)]


def test_the_module_imports_neither_pandas_nor_scikit_learn() -> None:
    import subprocess

    code = "import sys, mlops_gitops.stages.model_package; print({'pandas', 'sklearn', 'numpy'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
