"""The raters' own noise: the correlation with their mean ratings that no prediction is expected to pass.

The mean of n ratings with the standard deviation s has a variance of s² / n of its own. The share of the variance
between faces that is left is the reliability; its square root is the ceiling (attenuation, Spearman 1904).
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd

from facescore.datasets import scut
from facescore.training.data.examples import LOADERS
from facescore.training.predict import Numbers


def with_noise(table: pd.DataFrame, data: Path) -> pd.DataFrame:
    """Predictions with ``noise``, the variance of each true mean rating; nan where the raters' spread is not known.

    Args:
        table: ``file``, ``dataset`` and ``truth``, which may be a line over the data set's own ratings.
        data: the folder that holds the data sets.

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

    Args:
        truth: mean ratings.
        noise: the variance of each.
    """
    if np.isnan(noise).all() or len(truth) < 2 or not truth.var():
        return math.nan
    reliability = 1 - float(np.nanmean(noise)) / float(truth.var(ddof=1))
    return math.sqrt(reliability) if reliability > 0 else math.nan
