"""Pseudo-labels: a teacher rates faces that nobody rated, so that a network learns from more faces in the wild.

The teacher is a kernel ridge regression on frozen features, for which a small data set is enough. Its views show more
than the crop of the network that learns from it: hair, neck and light (distillation, Hinton et al. 2015, arXiv
1503.02531).
"""

import hashlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from keras import layers
from sklearn.kernel_ridge import KernelRidge
from sklearn.preprocessing import StandardScaler

from facescore.faces import Detector
from facescore.files import cached_arrays, write_arrays
from facescore.networks import mobilefacenet, resnet50
from facescore.templates import ARCFACE, SCUT, Template
from facescore.training.data import crops as cropping
from facescore.training.predict import Crops, Numbers, apply

Views = dict[str, npt.NDArray[np.float32]]
"""The frozen features of every face by view, float32[N, features]."""

MOST = 5000  # pseudo-labelled faces at most, so that they do not outweigh the rated ones
MARGIN = 24  # pixels of ARCFACE's frame
WIDER = Template(
    name="wider",
    frame=(ARCFACE.size + 2 * MARGIN,) * 2,
    points=tuple((x + MARGIN, y + MARGIN) for x, y in ARCFACE.points),
    size=ARCFACE.size,
)
STAGES = ("conv3_block4_out", "conv4_block6_out", "conv5_block1_preact_relu")  # of ResNet50V2
VIEWS = {"face": ARCFACE, "wider": WIDER, "loose": SCUT}  # the recogniser sees the first two, ResNet50V2 the third
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


def views(table: pd.DataFrame, dataset: str, weights: Path, cache: Path, detector: Detector) -> Views:
    """The frozen features of every picture, computed or taken from the cache.

    Args:
        table: one row per picture, with ``file`` and ``path``.
        dataset: the data set's name.
        weights: the folder of initial weights, ``mobilefacenet.npz`` and ``resnet50v2_imagenet_to_conv4.npz``.
        cache: where crops and features are kept.
        detector: finds the landmarks.

    Raises:
        DataError: weights or pictures are missing or damaged.
    """
    keys = [cropping.key_of_cropping(dataset, template, detector) for template in VIEWS.values()]
    what = [cropping.key_of_pictures(table), *VIEWS, *keys, repr(STAGES)]
    path = cache / f"views-{dataset}-{hashlib.sha256('|'.join(what).encode()).hexdigest()[:12]}.npz"
    found = cached_arrays(path, dict.fromkeys(VIEWS))
    if found is None:
        found = {}
        for name, template in VIEWS.items():
            crops, _ = cropping.crop_all(table, dataset, template, cache, detector)
            found[name] = (_scene if template is SCUT else _face)(crops, weights).astype(np.float16)
        write_arrays(path, found)
    return {name: found[name].astype(np.float32) for name in VIEWS}


def _face(crops: Crops, weights: Path) -> npt.NDArray[np.float32]:
    """The recogniser's last map, pooled over overlapping 3×3 windows and averaged over crop and mirror image."""
    network = mobilefacenet.build(embedding=False)
    mobilefacenet.load_initial_weights(network, weights)
    places = layers.AveragePooling2D(3, strides=2)(network.get_layer("conv_6sep_relu").output)
    look = keras.Model(network.inputs, places).predict_on_batch
    both = apply(look, crops) + apply(look, crops[:, :, ::-1])[:, :, ::-1]
    return np.asarray(both.reshape(len(crops), -1) / 2, dtype=np.float32)


def _scene(crops: Crops, weights: Path) -> npt.NDArray[np.float32]:
    """The averaged maps of three stages of an ImageNet classifier."""
    network = resnet50.build()
    resnet50.load_initial_weights(network, weights)
    stages = [layers.GlobalAveragePooling2D()(network.get_layer(stage).output) for stage in STAGES]
    look = keras.Model(network.inputs, layers.Concatenate()(stages)).predict_on_batch
    return np.asarray(apply(look, crops), dtype=np.float32)


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
