"""Small convolutional networks for CelebA's labels at 64×64, in the manner of public write-ups."""

import keras
from keras import layers

from facescore.networks.linear_head import LinearHead, pooled_head

SIZE = 64
FILTERS = (32, 64, 64, 128, 256)
L2 = 1e-4
DROPOUT = 0.3


def build() -> keras.Model:
    """Five 3×3 convolutions of 32, 64, 64, 128 and 256 filters, each pooled, and one linear unit.

    The first four are pooled by maxima of 2×2; the fifth by its global average, which makes the head linear over a 4×4
    map. The last three convolutions carry L2; dropout stands before the unit.

    Returns:
        A network from uint8[N, 64, 64, 3] to the logit, float32[N, 1].
    """
    crops = keras.Input((SIZE, SIZE, 3), dtype="uint8", name="crops")
    x = layers.Rescaling(1 / 127.5, offset=-1)(crops)
    for index, filters in enumerate(FILTERS):
        last = index == len(FILTERS) - 1
        regularizer = keras.regularizers.L2(L2) if index >= len(FILTERS) - 3 else None
        x = layers.Conv2D(
            filters,
            3,
            padding="same",
            activation="relu",
            kernel_regularizer=regularizer,
            name="features" if last else None,
        )(x)
        x = layers.GlobalAveragePooling2D()(x) if last else layers.MaxPooling2D()(x)
    x = layers.Dropout(DROPOUT)(x)
    return keras.Model(crops, layers.Dense(1, name="score")(x), name="attractive_cnn")


def linear_head(model: keras.Model) -> LinearHead:
    """The head over the 4×4 map of the fifth convolution."""
    return pooled_head(model, features="features", dense="score")
