"""ResNet50V2 (He et al. 2016, arXiv 1603.05027) with global average pooling and one linear unit.

The backbone is Keras' own; this module adds its initial weights and its head.
"""

from pathlib import Path

import keras
from keras import layers

from facescore.networks import initial_weights
from facescore.networks.linear_head import LinearHead, pooled_head

SIZE = 224
WEIGHTS = "resnet50v2_imagenet_to_conv4.npz"


def build() -> keras.Model:
    """A network from uint8[N, 224, 224, 3] to float32[N, 1]; ``post_relu`` is the last spatial map, 7×7×2048.

    The stages carry Keras' names, ``conv1`` to ``conv5``, as the initial weights do.
    """
    crops = keras.Input((SIZE, SIZE, 3), dtype="uint8", name="crops")
    x = layers.Rescaling(1 / 127.5, offset=-1)(crops)
    backbone = keras.applications.ResNet50V2(include_top=False, weights=None, input_tensor=x)
    x = layers.GlobalAveragePooling2D(name="pooled")(backbone.output)
    return keras.Model(crops, layers.Dense(1, name="score")(x), name="resnet50v2")


def load_initial_weights(model: keras.Model, folder: Path) -> None:
    """Initialise the first four stages from ImageNet weights; the fifth and the head stay random.

    Args:
        model: a network made by `build`; changed in place.
        folder: holds ``resnet50v2_imagenet_to_conv4.npz``, whose keys are ``layer/variable``.

    Raises:
        DataError: the file is missing, is damaged, or belongs to another network.
    """
    with initial_weights.read(folder, WEIGHTS) as arrays:
        for layer in model.layers:
            for variable in layer.weights:
                key = f"{layer.name}/{variable.name}"
                if key in arrays:
                    variable.assign(arrays[key])


def linear_head(model: keras.Model) -> LinearHead:
    """The head over the last map."""
    return pooled_head(model, "post_relu", "score")
