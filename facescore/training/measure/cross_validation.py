"""Metrics over several folds; each picture is predicted by the network that was not trained on it."""

import numpy as np
import pandas as pd

from facescore.estimates import Estimate
from facescore.training.measure import metrics

PUBLISHED = ("pearson", "spearman", "mae", "rmse")


def mean_over_folds(table: pd.DataFrame, seed: int = 0) -> dict[str, Estimate]:
    """The mean of each metric over the folds, as is usual for published results on SCUT-FBP5500.

    Args:
        table: one row per picture, with ``split``, ``truth`` and ``prediction``.
        seed: of the resampling.
    """
    rng = np.random.default_rng(seed)
    folds = [rows[["truth", "prediction"]].to_numpy(np.float64) for _, rows in table.groupby("split")]
    found = {}
    for name in PUBLISHED:
        statistic = metrics.STATISTICS["regression"][name]
        value = float(np.mean([statistic(*fold.T) for fold in folds]))
        samples = [fold[rng.integers(0, len(fold), (metrics.RESAMPLES, len(fold)))] for fold in folds]
        resampled = [[statistic(*rows.T) for rows in sample] for sample in samples]
        found[name] = metrics.with_interval(value, np.mean(resampled, axis=0))
    return found
