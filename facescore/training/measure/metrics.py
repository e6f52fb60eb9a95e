"""Metrics of predictions with 95% bootstrap intervals, overall, by group and over folds."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from facescore.checkpoints import Task
from facescore.datasets import scut
from facescore.estimates import Estimate
from facescore.training.data.examples import LOADERS
from facescore.training.predict import Numbers

Statistic = Callable[[Numbers, Numbers], float]

RESAMPLES = 1000
LEVEL = 0.95  # of the bootstrap intervals
CALIBRATION_BINS = 10
DECILES = 10
OVER_FOLDS = ("pearson", "spearman", "mae", "rmse")  # as is usual for published results on SCUT-FBP5500
SMALLEST = 1e-6  # predictions are kept with six decimals


def _auc(truth: Numbers, probability: Numbers) -> float:
    """Area under the ROC curve by ranks (Mann and Whitney); nan if there is one class only."""
    positive = truth > 0.5
    pairs = positive.sum() * (~positive).sum()
    if not pairs:
        return math.nan
    ranks = stats.rankdata(probability)[positive]
    return float((ranks.sum() - len(ranks) * (len(ranks) + 1) / 2) / pairs)


def _log_loss(truth: Numbers, probability: Numbers) -> float:
    return float(-np.mean(np.log(np.where(truth > 0.5, probability, 1 - probability).clip(SMALLEST))))


def _calibration_error(truth: Numbers, probability: Numbers) -> float:
    """Expected calibration error over ten equally wide bins (Guo et al. 2017, arXiv 1706.04599)."""
    position = np.minimum((probability * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = np.bincount(position, probability - truth, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(truth))


def _pearson(truth: Numbers, score: Numbers) -> float:
    """Pearson correlation; nan if one of the two is constant, as in a resample of a few rows."""
    a, b = truth - truth.mean(), score - score.mean()
    size = math.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size else math.nan


def _share_predicted(probability: Numbers) -> float:
    """How often the label is predicted; nan if there are no rows."""
    return float(np.mean(probability > 0.5)) if len(probability) else math.nan


# scikit-learn's versions would check their input a thousand times in every bootstrap.
STATISTICS: dict[Task, dict[str, Statistic]] = {
    "binary": {
        "accuracy": lambda truth, probability: float(np.mean((probability > 0.5) == (truth > 0.5))),
        "auc": _auc,
        "log_loss": _log_loss,
        "calibration_error": _calibration_error,
        "predicted_share": lambda truth, probability: _share_predicted(probability),
        "true_share": lambda truth, probability: float(np.mean(truth)),
        "false_positive_rate": lambda truth, probability: _share_predicted(probability[truth == 0]),
        "false_negative_rate": lambda truth, probability: 1 - _share_predicted(probability[truth == 1]),
    },
    "regression": {
        "pearson": _pearson,
        "spearman": lambda truth, score: _pearson(stats.rankdata(truth), stats.rankdata(score)),
        "mae": lambda truth, score: float(np.mean(np.abs(score - truth))),
        "rmse": lambda truth, score: float(np.sqrt(np.mean((score - truth) ** 2))),
        "signed_error": lambda truth, score: float(np.mean(score - truth)),
    },
}


def draws(count: int) -> npt.NDArray[np.int64]:
    """Which of a number of independent things are in each resample of the bootstrap, int64[RESAMPLES, count]."""
    return np.random.default_rng(0).integers(0, count, (RESAMPLES, count))


def mean_with_interval(values: Numbers) -> Estimate:
    """The mean of independent values with its 95% bootstrap interval."""
    return with_interval(values.mean(), values[draws(len(values))].mean(axis=1))


def with_interval(value: float, resampled: list[float] | Numbers) -> Estimate:
    """A value with the percentile bootstrap's 95% interval; resamples without a value are left out.

    The interval is widened to hold the value: resamples of a biased statistic, such as a small group's calibration
    error, may all lie beyond it.
    """
    low, high = np.nanquantile(resampled, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(round(float(value), 4), round(float(min(low, value)), 4), round(float(max(high, value)), 4))


def measure(
    table: pd.DataFrame,
    task: Task,
    persons: pd.Series | None = None,
    groups: dict[str, npt.NDArray[np.bool_]] | None = None,
) -> dict[str, Any]:
    """Metrics for all rows and for each group.

    Args:
        table: as `facescore.training.predict.predictions` returns it; where it has ``lower`` and ``upper``, the share
            of true ratings between them is measured as ``coverage``; where it has ``noise``, the correlation that the
            raters allow is measured as ``ceiling``, see `ceiling`.
        task: which metrics.
        persons: who is in each picture, where the data set says so: pictures of one person are not independent samples,
            so whole persons are resampled; None resamples pictures.
        groups: further groups besides those of the column ``group``, bool[N] each.

    Returns:
        ``{"all": {"count": N, METRIC: Estimate, ...}, GROUP: {...}, ...}``.
    """
    table = table.assign(person=range(len(table)) if persons is None else persons.to_numpy())
    parts = {"all": table} | {str(group): rows for group, rows in table.groupby("group")}
    parts |= {name: table[inside] for name, inside in (groups or {}).items() if inside.any()}
    return {name: _measure_group(rows, task) for name, rows in parts.items()}


def _measure_group(rows: pd.DataFrame, task: Task) -> dict[str, Any]:
    """Each statistic with its interval; one that is undefined, such as the AUC of one class, is left out."""
    truth, prediction = rows["truth"].to_numpy(np.float64), rows["prediction"].to_numpy(np.float64)
    asked: dict[str, tuple[Callable[..., float], tuple[Numbers, ...]]] = {
        name: (statistic, (truth, prediction)) for name, statistic in STATISTICS[task].items()
    }
    if "lower" in rows:
        held = np.asarray(rows["truth"].between(rows["lower"], rows["upper"]), np.float64)
        asked["coverage"] = (np.mean, (held,))
    if "noise" in rows:
        asked["ceiling"] = (ceiling, (truth, rows["noise"].to_numpy(np.float64)))
    pictures = list(rows.reset_index(drop=True).groupby("person").indices.values())
    samples = [np.concatenate([pictures[person] for person in draw]) for draw in draws(len(pictures))]
    measured: dict[str, Any] = {"count": len(rows)}
    for name, (statistic, columns) in asked.items():
        if not math.isnan(value := statistic(*columns)):
            resampled = [statistic(*(column[sample] for column in columns)) for sample in samples]
            measured[name] = with_interval(value, resampled)
    return measured


def by_decile(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The errors of each tenth of the pictures by true score; signed errors are above 0 if predictions are too high."""
    rows = []
    for part in np.array_split(np.argsort(table["truth"].to_numpy(), kind="stable"), DECILES):
        truth, error = table["truth"].iloc[part], (table["prediction"] - table["truth"]).iloc[part].to_numpy()
        rows.append(
            {
                "lowest": round(float(truth.min()), 2),
                "highest": round(float(truth.max()), 2),
                "count": len(part),
                "mae": mean_with_interval(np.abs(error)),
                "signed_error": mean_with_interval(error),
            }
        )
    return rows


def mean_over_folds(table: pd.DataFrame) -> dict[str, Estimate]:
    """The mean of each metric over the folds, which the column ``split`` names."""
    rng = np.random.default_rng(0)
    folds = [rows[["truth", "prediction"]].to_numpy(np.float64) for _, rows in table.groupby("split")]
    found = {}
    for name in OVER_FOLDS:
        statistic = STATISTICS["regression"][name]
        value = float(np.mean([statistic(*fold.T) for fold in folds]))
        samples = [fold[rng.integers(0, len(fold), (RESAMPLES, len(fold)))] for fold in folds]
        resampled = [[statistic(*rows.T) for rows in sample] for sample in samples]
        found[name] = with_interval(value, np.mean(resampled, axis=0))
    return found


def with_noise(table: pd.DataFrame, data: Path) -> pd.DataFrame:
    """Predictions with ``noise``, the variance of each true mean rating; nan where the raters' spread is not known.

    The true ratings may be a line over the data set's own.

    Raises:
        DataError: a data set is missing.
    """
    noise = pd.Series(np.nan, table.index)
    for dataset, rows in table.groupby("dataset"):
        if dataset == "scut":
            reliability = 2 * scut.HALVES / (1 + scut.HALVES)  # of all 60, by Spearman and Brown
            noise[rows.index] = (1 - reliability) * scut.load_scores(data)["score"].var()
        else:
            own = LOADERS[str(dataset)](data, "").set_index("file").reindex(rows["file"]).set_axis(rows.index)
            slope = rows["truth"].std() / own["score"].std()
            noise[rows.index] = (slope * own["spread"]) ** 2 / own["raters"]
    return table.assign(noise=noise)


def ceiling(truth: Numbers, noise: Numbers) -> float:
    """The correlation that the raters' noise allows; nan if it is as large as the differences between the faces.

    The mean of n ratings with the standard deviation s has a variance of s² / n of its own. The share of the variance
    between faces that is left is the reliability; its square root is the ceiling (attenuation, Spearman 1904).
    """
    if np.isnan(noise).all() or len(truth) < 2 or not truth.var():
        return math.nan
    reliability = 1 - float(np.nanmean(noise)) / float(truth.var(ddof=1))
    return math.sqrt(reliability) if reliability > 0 else math.nan
