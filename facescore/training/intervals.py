"""Split conformal intervals for new scores (Lei et al. 2018, arXiv 1604.04173), wider where a network knows less.

Residuals of pictures that the network has not learned from are sorted into ranges of the score and, where they come
from several data sets, of the distance to the training faces, so that the interval of a face in the wild is made from
faces in the wild.
"""

import math

import numpy as np
import pandas as pd

from facescore.checkpoints import Interval, interval_of

COVERAGE = 0.9
PER_ROW, MOST_ROWS = 110, 10  # residuals behind a row of the table, and its rows for one range of distances


def fit(table: pd.DataFrame) -> tuple[Interval, ...]:
    """The interval table for new scores.

    Args:
        table: ``truth`` and ``prediction`` of pictures that the network has not learned from; and ``dataset`` and
            ``distance``, where the pictures of several data sets are to be told apart by their distance.

    Returns:
        For each range what to add to a score so that about nine in ten true ratings lie between.
    """
    if not {"dataset", "distance"} <= set(table) or table["dataset"].nunique() < 2:
        return _by_score(table, nearer=None)
    edge = round(_edge(table), 4)
    near = table["distance"] < edge
    return _by_score(table[near], nearer=edge) + _by_score(table[~near], nearer=None)


def _edge(table: pd.DataFrame) -> float:
    """The distance that best tells the first data set's pictures, which are nearer, from the others'."""
    distances = table["distance"].to_numpy(np.float64)
    first = (table["dataset"] == table["dataset"].iloc[0]).to_numpy()
    edges = np.sort(distances)
    right = [np.mean(distances[first] < edge) + np.mean(distances[~first] >= edge) for edge in edges]
    return float(edges[int(np.argmax(right))])


def _by_score(table: pd.DataFrame, nearer: float | None) -> tuple[Interval, ...]:
    """Equally filled ranges of the predicted score."""
    rows = int(np.clip(len(table) // PER_ROW, 1, MOST_ROWS))
    scores = table["prediction"].to_numpy(np.float64)
    residuals = table["truth"].to_numpy(np.float64) - scores
    edges = np.quantile(scores, np.arange(1, rows) / rows)
    position = np.searchsorted(edges, scores, side="right")
    found = []
    for index in range(rows):
        inside = np.sort(residuals[position == index])
        tail = (len(inside) + 1) * (1 - COVERAGE) / 2
        lower = float(inside[max(math.floor(tail), 1) - 1])
        upper = float(inside[min(math.ceil(len(inside) + 1 - tail), len(inside)) - 1])
        below = round(float(edges[index]), 4) if index < rows - 1 else None
        found.append(Interval(below, round(lower, 4), round(upper, 4), nearer))
    return tuple(found)


def bounds(table: pd.DataFrame, intervals: tuple[Interval, ...]) -> pd.DataFrame:
    """The table with ``lower`` and ``upper``, the ends of each prediction's interval.

    Args:
        table: as `fit` takes it.
        intervals: the interval table.
    """
    distances = table["distance"] if "distance" in table else np.full(len(table), math.inf)
    rows = [interval_of(score, intervals, far) for score, far in zip(table["prediction"], distances, strict=True)]
    lower, upper = ([getattr(row, end) for row in rows] for end in ("lower", "upper"))
    return table.assign(lower=table["prediction"] + lower, upper=table["prediction"] + upper).round(6)
