"""Teachers on frozen views, from which a network learns beside the labels.

That is distillation (Hinton et al. 2015, arXiv 1503.02531). One teacher rates faces that nobody rated: a kernel ridge
regression, for which a small data set is enough. Another says how sure a label is: a logistic regression, asked about
persons that it has not learned.
"""

from collections.abc import Callable
from itertools import islice

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

from facescore.training.data import crops as cropping
from facescore.training.data.views import Views
from facescore.training.predict import Numbers

MOST = 3000  # pseudo-labelled faces at most, so that they do not outweigh the rated ones
STRENGTHS = (1e-4, 1e-3, 1e-2)  # of the logistic regression, of which the best by cross-validation is taken
PERSONS = 5  # folds of persons
MOST_ITERATIONS = 300
GAMMA, ALPHA = 0.25, 0.2  # of the kernel ridge; chosen by cross-validation on its training faces


def choose(table: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Choose at most 3,000 of a data set's pictures, none smaller than the data set's own frame.

    Raises:
        DataError: a picture is missing or damaged.
    """

    def whole(row: int) -> bool:
        """Whether the picture has its full size; many copies of CelebA's pictures were downsized."""
        picture = cropping.read_picture(table["path"].iloc[row])
        return all(np.greater_equal(picture.shape[1::-1], cropping.FRAMES[dataset].frame))

    rows = np.random.default_rng(0).permutation(len(table))
    return table.iloc[sorted(islice(filter(whole, rows), MOST))].reset_index(drop=True)


def fit(rated: Views, ratings: Numbers) -> Callable[[Views], Numbers]:
    """A function from views to ratings: a kernel ridge regression whose distance is the mean over the views."""
    scalers = {name: StandardScaler().fit(view) for name, view in rated.items()}

    def joined(views: Views) -> npt.NDArray[np.float32]:
        """All views side by side, each scaled so that its squared distances do not grow with its length."""
        scaled = [scaler.transform(views[name]) for name, scaler in scalers.items()]
        return np.concatenate([view / np.sqrt(view.shape[1] * len(scalers)) for view in scaled], axis=1)

    middle = ratings.mean()
    ridge = KernelRidge(kernel="rbf", gamma=GAMMA, alpha=ALPHA).fit(joined(rated), ratings - middle)
    return lambda unrated: np.asarray(ridge.predict(joined(unrated)) + middle, dtype=np.float64)


def beside(seen: Views, ratings: Numbers, persons: npt.NDArray[np.str_]) -> Numbers:
    """The mean of each rating and of what a teacher says that has not learned that person."""
    said = np.empty_like(ratings)
    for learned, asked in GroupKFold(PERSONS).split(ratings, groups=persons):
        known, others = ({name: view[rows] for name, view in seen.items()} for rows in (learned, asked))
        said[asked] = fit(known, ratings[learned])(others)
    return (ratings + said) / 2


def out_of_fold(seen: Views, labels: npt.NDArray[np.float32], persons: npt.NDArray[np.int64]) -> Numbers:
    """The probability of a label, 0 or 1, for each face, by logistic regressions that have not learned that person."""
    features = StandardScaler().fit_transform(np.concatenate([*seen.values()], axis=1))
    said = {
        strength: cross_val_predict(
            LogisticRegression(C=strength, max_iter=MOST_ITERATIONS),
            features,
            labels > 0.5,
            groups=persons,
            cv=GroupKFold(PERSONS),
            method="predict_proba",
        )[:, 1]
        for strength in STRENGTHS
    }
    best: Numbers = min(said.values(), key=lambda probability: log_loss(labels > 0.5, probability))
    return best
