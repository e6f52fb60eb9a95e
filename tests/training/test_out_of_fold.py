import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facescore import DataError
from facescore.training import evaluate, out_of_fold
from facescore.training.recipes import RECIPES


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Five folds of a network that halves the distance from the middle."""
    rng = np.random.default_rng(0)
    truth = rng.normal(3, 0.7, 500)
    prediction = 3 + (truth - 3) / 2 + rng.normal(0, 0.05, 500)
    return pd.DataFrame({"split": np.repeat([f"fold {k}" for k in range(1, 6)], 100), "truth": truth}).assign(
        prediction=prediction
    )


def test_the_mean_over_the_folds_is_the_mean_of_each_folds_value(
    table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "RESAMPLES", 200)
    found = out_of_fold.over_folds(table)
    each = [np.corrcoef(rows["truth"], rows["prediction"])[0, 1] for _, rows in table.groupby("split")]
    assert found["pearson"]["value"] == pytest.approx(np.mean(each), abs=1e-4)
    assert found["pearson"]["low"] < found["pearson"]["value"] < found["pearson"]["high"]


def test_shrinkage_to_the_middle_shows_in_the_deciles(table: pd.DataFrame) -> None:
    deciles = evaluate.by_decile(table)
    assert len(deciles) == 10
    assert sum(part["count"] for part in deciles) == len(table)
    assert deciles[0]["signed_error"]["low"] > 0 > deciles[-1]["signed_error"]["high"]
    assert deciles[0]["highest"] <= deciles[1]["lowest"]


def test_a_monotone_correction_takes_the_shrinkage_away(table: pd.DataFrame) -> None:
    errors = out_of_fold.correction(table)
    for name in ("linear", "isotonic"):
        assert errors[name]["mae"] < 0.5 * errors["none"]["mae"]


def test_a_correction_is_not_fitted_on_the_fold_that_it_corrects() -> None:
    """The truth of one fold is moved: only a correction that had seen it would follow."""
    prediction = np.tile(np.linspace(1, 5, 50), 2)
    truth = prediction + np.repeat([0.0, 1.0], 50)
    split = np.repeat(["fold 1", "fold 2"], 50)
    errors = out_of_fold.correction(pd.DataFrame({"split": split, "truth": truth, "prediction": prediction}))
    assert errors["linear"]["mae"] == pytest.approx(1.0, abs=1e-3)


METRICS = {"test": {}, "folds": {}, "correction": {"linear": {"rmse": 0.2}, "none": {"rmse": 0.3}}}
PREDICTIONS = "split,truth,prediction\nfold 1,1,1\nfold 2,2,2.5\nfold 3,3,3\n"
DAMAGED = [
    ("predictions.csv", ""),
    ("predictions.csv", "\0\0"),
    ("predictions.csv", "split,truth\nfold 1,1\n"),
    ("predictions.csv", PREDICTIONS.replace("2.5", "two")),
    ("predictions.csv", PREDICTIONS.replace("2.5", "inf")),
    ("predictions.csv", PREDICTIONS.replace("2,2.5", "2")),
    ("predictions.csv", PREDICTIONS + '"'),
    ("metrics.json", ""),
    ("metrics.json", "[]"),
    ("metrics.json", "{}"),
    ("metrics.json", json.dumps(METRICS).replace("0.2", "NaN")),
    ("metrics.json", json.dumps(METRICS).replace("0.2", '"x"')),
    ("metrics.json", json.dumps(METRICS).replace("folds", "fold")),
]


@pytest.mark.parametrize(("name", "text"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_study_is_named(name: str, text: str, tmp_path: Path) -> None:
    recipe = replace(RECIPES["beauty-scut"], residuals="study")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "predictions.csv").write_text(PREDICTIONS)
    (tmp_path / "study" / "metrics.json").write_text(json.dumps(METRICS))
    out_of_fold.read(tmp_path, recipe)
    (tmp_path / "study" / name).write_text(text)
    with pytest.raises(DataError, match=r"the study study, which is damaged\. Restore it"):
        out_of_fold.read(tmp_path, recipe)
