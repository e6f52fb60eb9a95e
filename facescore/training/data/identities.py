"""Identity groups by a face recogniser: pictures of the same person, or of very similar people."""

from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from facescore.networks import initial_weights, mobilefacenet
from facescore.training.predict import Crops, apply

COSINE = 0.6  # similarity of two embeddings above which two pictures count as the same identity
EPSILON = 2e-5  # of the batch norm after the embedding

Embeddings = npt.NDArray[np.float32]


def embed(crops: Crops, weights: Path) -> Embeddings:
    """Each face's embedding, float32[N, 128] of length 1, by the face recogniser that training starts from.

    Args:
        crops: by the template ``arcface``.
        weights: the folder that holds ``mobilefacenet.npz``.

    Raises:
        DataError: the file is missing, is damaged, or belongs to another network.
    """
    network = mobilefacenet.build()
    mobilefacenet.load_initial_weights(network, weights)
    features = keras.Model(network.inputs, network.get_layer("embedding").output)
    seen = apply(features.predict_on_batch, crops)
    with initial_weights.read(weights, mobilefacenet.WEIGHTS) as arrays:
        centred = seen @ arrays["pre_fc1/kernel"] + arrays["pre_fc1/bias"] - arrays["fc1/moving_mean"]
        scaled = centred / np.sqrt(arrays["fc1/moving_variance"] + EPSILON) * arrays["fc1/gamma"] + arrays["fc1/beta"]
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True), dtype=np.float32)


def groups(faces: Embeddings) -> npt.NDArray[np.int32]:
    """The number of each face's identity group, int32[N]: connected components of faces above the threshold."""
    pairs = coo_array(faces @ faces.T > COSINE)
    return np.asarray(connected_components(pairs, directed=False)[1])


def overlap(faces: Embeddings, others: Embeddings) -> npt.NDArray[np.bool_]:
    """Whether each face shares an identity with one of the others, bool[N]."""
    return np.asarray((faces @ others.T).max(axis=1) > COSINE)
