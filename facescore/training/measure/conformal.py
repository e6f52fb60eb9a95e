"""Split conformal intervals for new scores (Lei et al. 2018, arXiv 1604.04173), wider where a network knows less.

Residuals of pictures that the network was not trained on are binned by score and, if it learned two data sets, by which
of the two a picture resembles, so that the interval of a face in the wild comes from faces in the wild.
"""

import math

import numpy as np
import pandas as pd

from facescore.intervals import Interval, interval_of

COVERAGE = 0.9
PER_ROW, MOST_ROWS = 110, 10  # residuals per row of the table, and the most rows for one data set


def fit(table: pd.DataFrame) -> tuple[Interval, ...]:
    """For each range of scores, the two values to add to one so that about nine in ten true ratings lie between.

    Args:
        table: ``truth`` and ``prediction`` of pictures that the network was not trained on, and ``wild`` if it learned
            two data sets.
    """
    if "wild" not in table:
        return _by_score(table, wild=None)
    wild = table["wild"] > 0
    return _by_score(table[~wild], wild=False) + _by_score(table[wild], wild=True)


def _by_score(table: pd.DataFrame, wild: bool | None) -> tuple[Interval, ...]:
    """Ranges of the predicted score with equally many pictures each."""
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
        found.append(Interval(below, round(lower, 4), round(upper, 4), wild))
    return tuple(found)


def bounds(table: pd.DataFrame, intervals: tuple[Interval, ...]) -> pd.DataFrame:
    """The table, as `fit` takes it, with ``lower`` and ``upper``, the ends of each prediction's interval."""
    wild = table["wild"] if "wild" in table else np.full(len(table), math.nan)
    rows = [interval_of(score, intervals, like) for score, like in zip(table["prediction"], wild, strict=True)]
    lower, upper = ([getattr(row, end) for row in rows] for end in ("lower", "upper"))
    return table.assign(lower=table["prediction"] + lower, upper=table["prediction"] + upper).round(6)
