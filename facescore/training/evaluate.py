"""Trained network and split to predictions and metrics, with 95 % bootstrap intervals, for all and by group."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, special, stats

from facescore.checkpoints import Task

if TYPE_CHECKING:  # which needs `apply` itself
    from facescore.training.examples import Examples

Numbers = npt.NDArray[np.float64]
Crops = npt.NDArray[np.uint8]
Network = Callable[[Crops], Any]
Statistic = Callable[[Numbers, Numbers], float]

RESAMPLES = 1000
LEVEL = 0.95  # of the bootstrap intervals
BATCH = 128
CALIBRATION_BINS = 10
DECILES = 10
TOLD = ("distance", "wild")  # outputs that tell how unlike the training faces a face is, and like which of them
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


def _calibration_error(truth: Numbers, probability: Numbers) -> float:
    """Expected calibration error over ten equally wide bins (Guo et al. 2017, arXiv 1706.04599)."""
    position = np.minimum((probability * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = np.bincount(position, probability - truth, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(truth))


def _pearson(truth: Numbers, score: Numbers) -> float:
    """Pearson's correlation; nan where one of the two does not vary, as in a resample of a few rows."""
    a, b = truth - truth.mean(), score - score.mean()
    size = math.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size else math.nan


def _share_predicted(of: float | None) -> Statistic:
    """How often the label is predicted: over all rows, or over those whose truth is ``of``; nan where none is."""

    def share(truth: Numbers, probability: Numbers) -> float:
        """Over these rows."""
        asked = probability if of is None else probability[truth == of]
        return float(np.mean(asked > 0.5)) if len(asked) else math.nan

    return share


# sklearn's versions of these check their input anew a thousand times in a bootstrap, and take most of its time.
STATISTICS: dict[Task, dict[str, Statistic]] = {
    "binary": {
        "accuracy": lambda truth, probability: float(np.mean((probability > 0.5) == (truth > 0.5))),
        "auc": _auc,
        "log_loss": _log_loss,
        "calibration_error": _calibration_error,
        "predicted_share": _share_predicted(of=None),
        "true_share": lambda truth, probability: float(np.mean(truth)),
        "false_positive_rate": _share_predicted(of=0.0),
        "false_negative_rate": lambda truth, probability: 1 - _share_predicted(of=1.0)(truth, probability),
    },
    "regression": {
        "pearson": _pearson,
        "spearman": lambda truth, score: _pearson(stats.rankdata(truth), stats.rankdata(score)),
        "mae": lambda truth, score: float(np.mean(np.abs(score - truth))),
        "rmse": lambda truth, score: float(np.sqrt(np.mean((score - truth) ** 2))),
        "signed_error": lambda truth, score: float(np.mean(score - truth)),
    },
}


def apply(network: Network, crops: Crops) -> Any:
    """A network's outputs for every crop, in the structure of its outputs.

    Args:
        network: called with a batch of crops: a served network, or the `predict_on_batch` of one of Keras'. Keras'
            `predict` waits for its input pipeline to shut down, as long again as the prediction took.
        crops: uint8[N, size, size, 3].
    """
    parts = [network(crops[start : start + BATCH]) for start in range(0, len(crops), BATCH)]
    return keras.tree.map_structure(lambda *arrays: np.concatenate(arrays), *parts)


def apply_both_ways(network: Network, crops: Crops) -> Numbers:
    """What a network's units say of every crop, float64[N, units]: the mean over it and its mirror image, as served."""
    both = [apply(network, one) for one in (crops, crops[:, :, ::-1])]
    return np.asarray(np.mean(both, axis=0), dtype=np.float64)


def predictions(outputs: dict[str, npt.NDArray[np.floating]], examples: "Examples", task: Task) -> pd.DataFrame:
    """What a network says of every example.

    Args:
        outputs: its raw ``score``, float[N], and of `TOLD` what it tells, float[N].
        examples: one part.
        task: ``binary`` gives probabilities, ``regression`` scores.

    Returns:
        ``file``, ``group``, ``dataset``, ``truth``, ``prediction`` and what is told of `TOLD` a row.
    """
    shown, truth = as_shown(outputs["score"], task), examples.truth.astype(np.float64)
    table = examples.table[["file", "group", "dataset"]].assign(truth=truth, prediction=shown)
    return table.assign(**told(outputs)).round({"truth": 6, "prediction": 6} | dict.fromkeys(TOLD, 4))


def told(outputs: dict[str, npt.NDArray[np.floating]]) -> dict[str, Numbers]:
    """What of `TOLD` a network's outputs tell of each face, float64[N]."""
    return {name: outputs[name].astype(np.float64) for name in TOLD if name in outputs}


def as_shown(scores: npt.NDArray[np.floating], task: Task) -> Numbers:
    """Raw scores as they are shown: logits as probabilities, ratings as they are."""
    raw: Numbers = scores.astype(np.float64)
    return np.asarray(special.expit(raw)) if task == "binary" else raw


def mean_with_interval(values: Numbers, seed: int = 0) -> dict[str, float]:
    """The mean of independent values with its 95 % bootstrap interval."""
    draws = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
    return with_interval(values.mean(), values[draws].mean(axis=1))


def with_interval(value: float, resampled: list[float] | Numbers) -> dict[str, float]:
    """A value with the percentile bootstrap's 95 % interval; resamples that have no such value are left out."""
    low, high = np.nanquantile(resampled, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return {"value": round(float(value), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def measure(
    table: pd.DataFrame,
    task: Task,
    persons: pd.Series | None = None,
    groups: dict[str, npt.NDArray[np.bool_]] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Metrics for all rows and for each group.

    Args:
        table: as `predictions` returns it; where it has ``lower`` and ``upper``, the share of true ratings between them
            is measured as ``coverage``.
        task: which metrics.
        persons: who is on each picture, where the data set says so: pictures of one person are no independent samples,
            so whole persons are resampled; None resamples pictures.
        groups: further groups beside those of the column ``group``, bool[N] each.
        seed: of the resampling.

    Returns:
        ``{"all": {"count": N, NAME: {"value": v, "low": l, "high": h}, ...}, GROUP: {...}, ...}``, where low and high
        are the percentile bootstrap's 95 % interval.
    """
    table = table.assign(person=range(len(table)) if persons is None else persons.to_numpy())
    parts = {"all": table} | {str(group): rows for group, rows in table.groupby("group")}
    parts |= {name: table[inside] for name, inside in (groups or {}).items() if inside.any()}
    return {name: _measure_group(rows, STATISTICS[task], seed) for name, rows in parts.items()}


def temperature(truth: Numbers, logits: Numbers) -> float:
    """What to divide logits by so that the log loss is least (Guo et al. 2017, arXiv 1706.04599).

    Args:
        truth: 0 or 1, of pictures that the network has not learned from.
        logits: of the same pictures.
    """
    sign = np.where(truth > 0.5, -1.0, 1.0)
    found = optimize.minimize_scalar(
        lambda log_t: float(np.mean(np.logaddexp(0, sign * logits / np.exp(log_t)))), bounds=(-2, 2), method="bounded"
    )
    return float(np.exp(found.x))


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
        measured[name] = with_interval(value, resampled)
    if "lower" in rows:
        held = rows["truth"].between(rows["lower"], rows["upper"]).to_numpy(np.float64)
        measured["coverage"] = with_interval(held.mean(), [held[sample].mean() for sample in samples])
    return measured


def by_decile(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The error of each tenth of the pictures by true score: above 0 where the prediction is too high."""
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
