"""A teacher rates faces that nobody rated, so that a network learns in the wild from more faces than were rated.

A kernel ridge regression on frozen features, for which a small data set is enough. It looks wider than the network that
it teaches, at hair, neck and light (Hinton et al. 2015, arXiv 1503.02531).
"""

import hashlib
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from keras import layers
from sklearn.kernel_ridge import KernelRidge
from sklearn.preprocessing import StandardScaler

from facescore import arrays
from facescore.faces import Detector
from facescore.faces.alignment import ARCFACE, SCUT, Template
from facescore.networks import mobilefacenet, resnet50
from facescore.training import cutting, evaluate

Views = dict[str, npt.NDArray[np.float32]]
"""Of each face what each frozen network sees in its cut, float32[N, features]."""

MOST = 5000  # faces, so that the rated ones are not lost among them
MARGIN = 24  # pixels of ARCFACE's frame
WIDER = Template(
    name="wider",
    frame=(ARCFACE.size + 2 * MARGIN,) * 2,
    points=tuple((x + MARGIN, y + MARGIN) for x, y in ARCFACE.points),
    size=ARCFACE.size,
)
STAGES = ("conv3_block4_out", "conv4_block6_out", "conv5_block1_preact_relu")  # of ResNet50V2
VIEWS = {"face": ARCFACE, "wider": WIDER, "loose": SCUT}  # the recogniser looks at the first two
GAMMA, ALPHA = 0.25, 0.2  # of the kernel ridge; chosen by folds of the faces that it learns from


def choose(table: pd.DataFrame, dataset: str, seed: int) -> pd.DataFrame:
    """At most 5,000 of a data set's pictures, none of them smaller than the data set's own frame.

    Args:
        table: ``path`` a row.
        dataset: whose pictures these are.
        seed: of the choice.

    Raises:
        DataError: a picture is missing or damaged.
    """

    def whole(row: int) -> bool:
        """Whether the picture was not reduced: CelebA's copies often are."""
        picture = cutting.read_picture(table["path"].iloc[row])
        return all(np.greater_equal(picture.shape[1::-1], cutting.FRAMES[dataset].frame))

    rows = np.random.default_rng(seed).permutation(len(table))
    return table.iloc[sorted(islice(filter(whole, rows), MOST))].reset_index(drop=True)


def views(table: pd.DataFrame, dataset: str, weights: Path, cache: Path, detector: Detector) -> Views:
    """What the frozen networks see of every picture, or what an earlier run kept of it.

    Args:
        table: ``file`` and ``path`` a row.
        dataset: whose pictures these are.
        weights: the folder of initial weights, ``mobilefacenet.npz`` and ``resnet50v2_imagenet_to_conv4.npz``.
        cache: where crops and views are kept.
        detector: finds the landmarks.

    Raises:
        DataError: weights are not there, or pictures are missing or damaged.
    """
    what = [*table["file"], repr(VIEWS), repr(STAGES), repr(detector)]
    path = cache / f"views-{dataset}-{hashlib.sha256('|'.join(what).encode()).hexdigest()[:12]}.npz"
    found = arrays.kept(path, dict.fromkeys(VIEWS))
    if found is None:
        found = {}
        for name, template in VIEWS.items():
            crops, _ = cutting.cut_all(table, dataset, template, cache, detector)
            found[name] = (_scene if template is SCUT else _face)(crops, weights).astype(np.float16)
        arrays.write(path, found)
    return {name: found[name].astype(np.float32) for name in VIEWS}


def _face(crops: evaluate.Crops, weights: Path) -> npt.NDArray[np.float32]:
    """The recogniser's last map over 3×3 overlapping places, mean of the crop and its mirror image."""
    network = mobilefacenet.build(embedding=False)
    mobilefacenet.load_initial_weights(network, weights)
    places = layers.AveragePooling2D(3, strides=2)(network.get_layer("conv_6sep_relu").output)
    look = keras.Model(network.inputs, places).predict_on_batch
    both = evaluate.apply(look, crops) + evaluate.apply(look, crops[:, :, ::-1])[:, :, ::-1]
    return np.asarray(both.reshape(len(crops), -1) / 2, dtype=np.float32)


def _scene(crops: evaluate.Crops, weights: Path) -> npt.NDArray[np.float32]:
    """The averaged maps of three stages of a network that tells objects."""
    network = resnet50.build()
    resnet50.load_initial_weights(network, weights)
    stages = [layers.GlobalAveragePooling2D()(network.get_layer(stage).output) for stage in STAGES]
    look = keras.Model(network.inputs, layers.Concatenate()(stages)).predict_on_batch
    return np.asarray(evaluate.apply(look, crops), dtype=np.float32)


def fit(
    rated: Views,
    ratings: evaluate.Numbers,
    names: Sequence[str] = tuple(VIEWS),
    weights: evaluate.Numbers | None = None,
) -> Callable[[Views], evaluate.Numbers]:
    """A kernel ridge regression whose kernel's distance is the mean over the views.

    Args:
        rated: of the faces whose ratings are known.
        ratings: float[N].
        names: of the views to look at.
        weights: how much each rating counts beside the others; None lets all count the same.

    Returns:
        What rates other faces by their views.
    """
    scalers = {name: StandardScaler().fit(rated[name]) for name in names}

    def joined(of: Views) -> npt.NDArray[np.float32]:
        """Each view scaled so that its squared distances do not grow with its length."""
        scaled = [scalers[name].transform(of[name]) / np.sqrt(of[name].shape[1] * len(names)) for name in names]
        return np.concatenate(scaled, axis=1)

    if weights is not None:
        weights = weights / weights.mean()  # so that the regulariser means the same
    middle = np.average(ratings, weights=weights)
    ridge = KernelRidge(kernel="rbf", gamma=GAMMA, alpha=ALPHA)
    ridge.fit(joined(rated), ratings - middle, sample_weight=weights)
    return lambda unrated: np.asarray(ridge.predict(joined(unrated)) + middle, dtype=np.float64)
