"""Pseudo-labels: a teacher rates faces that nobody rated, so that a network learns from more faces in the wild.

The teacher is a kernel ridge regression on frozen views, for which a small data set is enough (distillation, Hinton et
al. 2015, arXiv 1503.02531).
"""

from collections.abc import Callable
from itertools import islice

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.kernel_ridge import KernelRidge
from sklearn.preprocessing import StandardScaler

from facescore.training.data import crops as cropping
from facescore.training.data.views import Views
from facescore.training.predict import Numbers

MOST = 5000  # pseudo-labelled faces at most, so that they do not outweigh the rated ones
GAMMA, ALPHA = 0.25, 0.2  # of the kernel ridge; chosen by cross-validation on its training faces


def choose(table: pd.DataFrame, dataset: str, seed: int) -> pd.DataFrame:
    """Choose at most 5,000 of a data set's pictures, none smaller than the data set's own frame.

    Args:
        table: with a column ``path``.
        dataset: the data set's name.
        seed: of the choice.

    Raises:
        DataError: a picture is missing or damaged.
    """

    def whole(row: int) -> bool:
        """Whether the picture has its full size; many copies of CelebA's pictures were downsized."""
        picture = cropping.read_picture(table["path"].iloc[row])
        return all(np.greater_equal(picture.shape[1::-1], cropping.FRAMES[dataset].frame))

    rows = np.random.default_rng(seed).permutation(len(table))
    return table.iloc[sorted(islice(filter(whole, rows), MOST))].reset_index(drop=True)


def fit(rated: Views, ratings: Numbers) -> Callable[[Views], Numbers]:
    """Fit a kernel ridge regression whose kernel uses the mean squared distance over the views.

    Args:
        rated: the views of the rated faces.
        ratings: float[N].

    Returns:
        A function from the views of other faces to their ratings.
    """
    scalers = {name: StandardScaler().fit(view) for name, view in rated.items()}

    def joined(views: Views) -> npt.NDArray[np.float32]:
        """All views side by side, each scaled so that its squared distances do not grow with its length."""
        scaled = [scaler.transform(views[name]) for name, scaler in scalers.items()]
        return np.concatenate([view / np.sqrt(view.shape[1] * len(scalers)) for view in scaled], axis=1)

    middle = ratings.mean()
    ridge = KernelRidge(kernel="rbf", gamma=GAMMA, alpha=ALPHA).fit(joined(rated), ratings - middle)
    return lambda unrated: np.asarray(ridge.predict(joined(unrated)) + middle, dtype=np.float64)
