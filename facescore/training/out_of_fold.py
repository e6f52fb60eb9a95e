"""What the pooled predictions of several folds tell: every picture is predicted by a network that did not learn it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LinearRegression

from facescore.errors import DataError
from facescore.training import evaluate
from facescore.training.evaluate import Numbers
from facescore.training.recipe import Recipe

SHOWN = ("pearson", "spearman", "mae", "rmse")


@dataclass(frozen=True)
class Folds:
    """What a study of several folds tells a network that is trained on one of them.

    Attributes:
        residuals: predictions that say how far new scores lie from the truth, corrected.
        correction: slope and intercept of the line that undoes the shrinkage to the middle, where that lowers the
            error; a line leaves a network's map exact.
        metrics: what the study measured, as the network's own study quotes it.
    """

    residuals: pd.DataFrame
    correction: tuple[float, float] | None
    metrics: dict[str, Any]


def read(studies: Path, recipe: Recipe) -> Folds:
    """The study that a recipe takes its residuals from.

    Residuals are those of the test faces of the folds that are not the recipe's own.

    Raises:
        DataError: the study is not there, or is damaged.
    """
    comes_from = f"The interval table of {recipe.name} comes from the study {recipe.residuals}, which is"
    try:
        table, metrics = _study(studies / recipe.residuals)
    except FileNotFoundError as error:
        raise DataError(f"{comes_from} not there. Run 'python -m facescore train {recipe.residuals}' first.") from error
    except (LookupError, TypeError, ValueError) as error:  # of files with other columns, keys or values
        raise DataError(
            f"{comes_from} damaged. Restore it with 'git checkout -- assets', or run 'python -m facescore train "
            f"{recipe.residuals}' again."
        ) from error
    shown = ("test", "folds", "correction")
    quoted = {"out_of_fold": {"study": recipe.residuals} | {name: metrics[name] for name in shown}}
    residuals = table[~table["split"].isin(recipe.splits)]
    if metrics["correction"]["linear"]["rmse"] >= metrics["correction"]["none"]["rmse"]:
        return Folds(residuals, None, quoted)
    slope, intercept = fit_correction(residuals)
    corrected = residuals.assign(prediction=intercept + slope * residuals["prediction"])
    return Folds(corrected, (slope, intercept), quoted)


def _study(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The predictions and metrics of a study, with everything in them that `read` needs.

    Raises:
        FileNotFoundError: they are not there.
        LookupError, TypeError, ValueError: something is not in them, or is no number.
    """
    table = pd.read_csv(folder / "predictions.csv")
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    errors = [metrics["correction"][name]["rmse"] for name in ("linear", "none")]
    predictions = table[["truth", "prediction"]].to_numpy(np.float64)
    if not table["split"].notna().all() or not np.isfinite(predictions).all() or not np.isfinite(errors).all():
        raise ValueError("a number is missing")
    if not {"test", "folds"} <= set(metrics):
        raise KeyError("folds")
    return table, metrics


def measure(table: pd.DataFrame) -> dict[str, Any]:
    """Means over the folds, and what a correction of the shrinkage to the middle would do.

    Args:
        table: ``split``, ``truth`` and ``prediction`` a row.
    """
    return {"folds": over_folds(table), "correction": correction(table)}


def over_folds(table: pd.DataFrame, seed: int = 0) -> dict[str, dict[str, float]]:
    """The mean over the folds of each metric, as it is published, with its 95 % bootstrap interval."""
    rng = np.random.default_rng(seed)
    folds = [rows[["truth", "prediction"]].to_numpy(np.float64) for _, rows in table.groupby("split")]
    found = {}
    for name in SHOWN:
        statistic = evaluate.STATISTICS["regression"][name]
        value = float(np.mean([statistic(*fold.T) for fold in folds]))
        samples = [fold[rng.integers(0, len(fold), (evaluate.RESAMPLES, len(fold)))] for fold in folds]
        resampled = [[statistic(*rows.T) for rows in sample] for sample in samples]
        found[name] = evaluate.with_interval(value, np.mean(resampled, axis=0))
    return found


def fit_correction(table: pd.DataFrame, weights: evaluate.Numbers | None = None) -> tuple[float, float]:
    """Slope and intercept of the line from predictions to true scores, by (weighted) least squares."""
    line = LinearRegression().fit(table[["prediction"]].to_numpy(), table["truth"], sample_weight=weights)
    return round(float(line.coef_[0]), 4), round(float(line.intercept_), 4)


def correction(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Errors as they are and after a monotone correction: each fold's is fitted on the other folds' predictions."""
    corrected = {"none": table["prediction"].to_numpy(np.float64)}
    for name, fit in {"linear": LinearRegression, "isotonic": lambda: IsotonicRegression(out_of_bounds="clip")}.items():
        corrected[name] = np.empty(len(table))
        for fold in table["split"].unique():
            inside = (table["split"] == fold).to_numpy()
            model = fit().fit(table.loc[~inside, ["prediction"]].to_numpy(), table.loc[~inside, "truth"])
            corrected[name][inside] = model.predict(table.loc[inside, ["prediction"]].to_numpy())
    truth = table["truth"].to_numpy(np.float64)
    return {name: _errors(truth, prediction) for name, prediction in corrected.items()}


def _errors(truth: Numbers, prediction: Numbers) -> dict[str, float]:
    return {name: round(evaluate.STATISTICS["regression"][name](truth, prediction), 4) for name in SHOWN}
