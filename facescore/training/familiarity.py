"""What a network's training faces look like to it, so that it can say how far another face is from them."""

import keras
import numpy as np
from sklearn.decomposition import PCA

from facescore.networks.linear_head import Familiarity, averaging_model
from facescore.training import evaluate
from facescore.training.examples import Examples

COMPONENTS = 64


def fit(network: keras.Model, features: str, examples: Examples, dataset: str) -> Familiarity:
    """Principal components of the averaged last maps of a data set's training faces, each scaled to a variance of 1.

    Args:
        network: as it was trained.
        features: name of the layer whose output is the last map.
        examples: every part.
        dataset: the one on whose scale the score is.
    """
    crops = examples.crops[(examples.table["partition"] == "train") & (examples.table["dataset"] == dataset)]
    averaged = evaluate.apply(averaging_model(network, features).predict_on_batch, crops)
    components = PCA(min(COMPONENTS, *averaged.shape), random_state=0).fit(averaged.astype(np.float64))
    kernel = components.components_.T / np.sqrt(components.explained_variance_.clip(1e-12))
    return Familiarity(kernel.astype(np.float32), -(components.mean_ @ kernel).astype(np.float32))
