"""Trained network and split to predictions and metrics, with 95 % bootstrap intervals, for all and by group."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from facescore.checkpoints import Interval, Task, interval_of
from facescore.training.examples import Examples

Numbers = npt.NDArray[np.float64]
Statistic = Callable[[Numbers, Numbers], float]

RESAMPLES = 1000
LEVEL = 0.95  # of the bootstrap intervals
COVERAGE = 0.9  # of the intervals for new scores
SMALLEST = 1e-6  # predictions are kept with six decimals


def _auc(truth: Numbers, probability: Numbers) -> float:
    """Area under the ROC curve by ranks (Mann and Whitney); nan where there is one class only."""
    positive = truth > 0.5
    pairs = positive.sum() * (~positive).sum()
    if not pairs:
        return math.nan
    ranks = stats.rankdata(probability)[positive]
    return float((ranks.sum() - len(ranks) * (len(ranks) + 1) / 2) / pairs)


def _log_loss(truth: Numbers, probability: Numbers) -> float:
    return float(-np.mean(np.log(np.where(truth > 0.5, probability, 1 - probability).clip(SMALLEST))))


# sklearn's versions of these check their input anew a thousand times in a bootstrap, and take most of its time.
STATISTICS: dict[Task, dict[str, Statistic]] = {
    "binary": {
        "accuracy": lambda truth, probability: float(np.mean((probability > 0.5) == (truth > 0.5))),
        "auc": _auc,
        "log_loss": _log_loss,
    },
    "regression": {
        "pearson": lambda truth, score: float(np.corrcoef(truth, score)[0, 1]),
        "spearman": lambda truth, score: float(stats.spearmanr(truth, score).statistic),
        "mae": lambda truth, score: float(np.mean(np.abs(score - truth))),
        "rmse": lambda truth, score: float(np.sqrt(np.mean((score - truth) ** 2))),
    },
}


def predict(network: keras.Model, examples: Examples, task: Task) -> pd.DataFrame:
    """What the served network says of every example.

    Args:
        network: made by `serving_model`, so that a prediction is the mean over the crop and its mirror image.
        examples: one part.
        task: ``binary`` gives probabilities, ``regression`` scores.

    Returns:
        ``file``, ``group``, ``truth`` and ``prediction`` a row.
    """
    scores = network.predict(examples.crops, batch_size=128, verbose=0)["score"].astype(np.float64)
    prediction = 1 / (1 + np.exp(-scores)) if task == "binary" else scores
    table = examples.table[["file", "group"]].assign(truth=examples.targets.astype(np.float64), prediction=prediction)
    return table.round({"truth": 6, "prediction": 6})


def measure(predictions: pd.DataFrame, task: Task, persons: pd.Series | None = None, seed: int = 0) -> dict[str, Any]:
    """Metrics for all rows and for each group.

    Args:
        predictions: as `predict` returns them.
        task: which metrics.
        persons: who is on each picture, where the data set says so: pictures of one person are no independent samples,
            so whole persons are resampled; None resamples pictures.
        seed: of the resampling.

    Returns:
        ``{"all": {"count": N, NAME: {"value": v, "low": l, "high": h}, ...}, GROUP: {...}, ...}``, where low and high
        are the percentile bootstrap's 95 % interval.
    """
    predictions = predictions.assign(person=range(len(predictions)) if persons is None else persons.to_numpy())
    groups = {"all": predictions} | {str(group): rows for group, rows in predictions.groupby("group")}
    return {name: _measure_group(rows, STATISTICS[task], seed) for name, rows in groups.items()}


def _measure_group(rows: pd.DataFrame, statistics: dict[str, Statistic], seed: int) -> dict[str, Any]:
    """Each statistic with its interval; one that the group does not have, such as an AUC of one class, is left out."""
    truth, prediction = rows["truth"].to_numpy(np.float64), rows["prediction"].to_numpy(np.float64)
    measured: dict[str, Any] = {"count": len(rows)}
    pictures = list(rows.reset_index(drop=True).groupby("person").indices.values())
    draws = np.random.default_rng(seed).integers(0, len(pictures), (RESAMPLES, len(pictures)))
    samples = [np.concatenate([pictures[person] for person in draw]) for draw in draws]
    for name, statistic in statistics.items():
        value = statistic(truth, prediction)
        if math.isnan(value):
            continue
        resampled = [statistic(truth[sample], prediction[sample]) for sample in samples]
        low, high = np.nanquantile(resampled, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        measured[name] = {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
    return measured


def conformal_intervals(predictions: pd.DataFrame, bins: int) -> tuple[Interval, ...]:
    """Split conformal intervals (Lei et al. 2018, arXiv 1604.04173) from residuals of a held-out part, by score.

    Args:
        predictions: of pictures that the network has not learned from, as `predict` returns them.
        bins: in how many equally filled ranges of the predicted score the residuals are ranked.

    Returns:
        For each range, what to add to a score so that about nine in ten true ratings lie between.
    """
    scores = predictions["prediction"].to_numpy(np.float64)
    residuals = predictions["truth"].to_numpy(np.float64) - scores
    edges = np.quantile(scores, np.arange(1, bins) / bins)
    position = np.searchsorted(edges, scores, side="right")
    rows = []
    for index in range(bins):
        inside = np.sort(residuals[position == index])
        tail = (len(inside) + 1) * (1 - COVERAGE) / 2
        lower = float(inside[max(math.floor(tail), 1) - 1])
        upper = float(inside[min(math.ceil(len(inside) + 1 - tail), len(inside)) - 1])
        below = round(float(edges[index]), 4) if index < bins - 1 else None
        rows.append(Interval(below, round(lower, 4), round(upper, 4)))
    return tuple(rows)


def interval_coverage(predictions: pd.DataFrame, intervals: tuple[Interval, ...]) -> dict[str, float]:
    """The share of true ratings that lie in the interval of their prediction, for all and by group."""
    rows = [interval_of(score, intervals) for score in predictions["prediction"]]
    residuals = predictions["truth"] - predictions["prediction"]
    held = pd.Series([row.lower <= residual <= row.upper for row, residual in zip(rows, residuals, strict=True)])
    by_group = held.groupby(predictions["group"].to_numpy()).mean()
    return {"all": round(float(held.mean()), 4)} | {str(group): round(float(v), 4) for group, v in by_group.items()}
