"""Frozen views of faces: what networks that were trained for something else see in them.

They show more than the crop of a network that learns from a teacher: hair, neck and light.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from keras import layers, ops
from tqdm import tqdm

from facescore.faces import Detector
from facescore.faces.alignment import align, resize
from facescore.files import Arrays, cached_arrays, write_arrays
from facescore.networks import faceres, mobilefacenet, resnet50
from facescore.networks.linear_head import both_ways
from facescore.templates import ARCFACE, SCUT, Template
from facescore.training.data import crops as cropping
from facescore.training.data.place import Place
from facescore.training.predict import Crops, apply

Views = dict[str, npt.NDArray[np.float32]]
"""The frozen features of every face by view, float32[N, features]."""

SHARD = 200  # pictures per cache file, and so the most that are looked at again after an interruption
MARGIN = 24  # pixels of ARCFACE's frame
WIDER = Template(
    name="wider",
    frame=(ARCFACE.size + 2 * MARGIN,) * 2,
    points=tuple((x + MARGIN, y + MARGIN) for x, y in ARCFACE.points),
    size=ARCFACE.size,
)
STAGES = ("conv3_block4_out", "conv4_block6_out", "conv5_block1_preact_relu")  # of ResNet50V2


class Source(NamedTuple):
    """A network and the crops that it looks at.

    Attributes:
        views: the names of what it returns.
        template: of the crops.
        model: makes the network from the folder of initial weights; it returns the views.
    """

    views: tuple[str, ...]
    template: Template
    model: Callable[[Path], keras.Model]


def look_at(table: pd.DataFrame, dataset: str, sources: Sequence[Source], place: Place) -> Views:
    """The frozen features of every picture, computed or taken from the cache, which grows by 200 pictures at a time.

    Raises:
        DataError: weights or pictures are missing or damaged.
    """
    names = [name for source in sources for name in source.views]
    keys = [cropping.key_of_cropping(dataset, source.template, place.detector) for source in sources]
    folder = place.cache / f"views-{dataset}-{hashlib.sha256(repr((names, keys, STAGES)).encode()).hexdigest()[:12]}"
    models: list[keras.Model] = []
    found: list[Arrays] = []
    with tqdm(total=len(table), desc=f"looking at {dataset}", unit=" pictures", disable=None) as progress:
        for start in range(0, len(table), SHARD):
            rows = table.iloc[start : start + SHARD]
            path = folder / f"{start:06d}-{cropping.key_of_pictures(rows)}.npz"
            shard = cached_arrays(path, dict.fromkeys(names))
            if shard is None:
                models = models or [source.model(place.weights) for source in sources]
                crops = _crops(rows, dataset, [source.template for source in sources], place.detector)
                outputs = [apply(model.predict_on_batch, each) for model, each in zip(models, crops, strict=True)]
                seen = [view.astype(np.float16) for view in keras.tree.flatten(outputs)]
                shard = dict(zip(names, seen, strict=True))
                write_arrays(path, shard)
            found.append(shard)
            progress.update(len(rows))
    return {name: np.concatenate([shard[name] for shard in found]).astype(np.float32) for name in names}


def _crops(table: pd.DataFrame, dataset: str, templates: Sequence[Template], detector: Detector) -> list[Crops]:
    """The faces of a few pictures by each template; a picture smaller than its data set's own is enlarged first."""
    frame = cropping.FRAMES[dataset]
    found: list[list[npt.NDArray[np.uint8]]] = []
    for path in table["path"]:
        image = cropping.read_picture(path)
        if image.shape[1] < frame.frame[0]:
            image = resize(image, *frame.frame)
        landmarks, _ = cropping.find_landmarks(image, frame, detector)
        found.append([align(image, landmarks, template) for template in templates])
    return [np.stack(crops) for crops in zip(*found, strict=True)]


def _face(weights: Path) -> keras.Model:
    """The recogniser's last map, pooled over overlapping 3×3 windows and averaged over crop and mirror image."""
    network = mobilefacenet.build(embedding=False)
    mobilefacenet.load_initial_weights(network, weights)
    crops, *both = both_ways(network, "conv_6sep_relu")
    straight, mirrored = (layers.AveragePooling2D(3, strides=2)(last) for last in both)
    return keras.Model(crops, layers.Flatten()((straight + ops.flip(mirrored, axis=2)) / 2))


def _scene(weights: Path) -> keras.Model:
    """The averaged maps of three stages of an ImageNet classifier."""
    network = resnet50.build()
    resnet50.load_initial_weights(network, weights)
    stages = [layers.GlobalAveragePooling2D()(network.get_layer(stage).output) for stage in STAGES]
    return keras.Model(network.inputs, layers.Concatenate()(stages))


def _recognised(weights: Path) -> keras.Model:
    """Another recogniser's last map and its middle one, as means and spreads, averaged over crop and mirror image."""
    network = faceres.features(weights)
    (crops,) = network.inputs
    both = zip(network.outputs, network(ops.flip(crops, axis=2)), strict=True)
    return keras.Model(crops, [(straight + mirrored) / 2 for straight, mirrored in both])


SOURCES = (
    Source(("face",), ARCFACE, _face),
    Source(("wider",), WIDER, _face),
    Source(("loose",), SCUT, _scene),
    Source(("means", "spreads"), SCUT, _recognised),
)
