"""Out-of-distribution measures: how far a face is from the training faces, and which data set it resembles."""

import keras
import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from facescore.networks.linear_head import Familiarity, averaging_model
from facescore.training.data.examples import Examples
from facescore.training.predict import Numbers, apply

COMPONENTS = 64


def fit(network: keras.Model, features: str, train: Examples, contrast: bool) -> Familiarity:
    """Principal components of the training faces' averaged last maps, each scaled to a variance of 1.

    With ``contrast`` there is also a linear discriminant between the first data set's faces and the others.
    """
    averaged = apply(averaging_model(network, features).predict_on_batch, train.crops).astype(np.float64)
    components = PCA(min(COMPONENTS, *averaged.shape), random_state=0).fit(averaged)
    kernel = components.components_.T / np.sqrt(components.explained_variance_.clip(1e-12))
    datasets = train.table["dataset"].to_numpy()
    return Familiarity(
        kernel=kernel.astype(np.float32),
        bias=-(components.mean_ @ kernel).astype(np.float32),
        contrast=_contrast(averaged, datasets != datasets[0]) if contrast else None,
    )


def _contrast(averaged: Numbers, second: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Weights and bias; the covariance is shrunk (Ledoit and Wolf 2004), as there are hundreds of channels."""
    found = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=(0.5, 0.5)).fit(averaged, second)
    return np.append(found.coef_[0], found.intercept_).astype(np.float32)
