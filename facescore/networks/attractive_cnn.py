"""Small networks for CelebA's labels at 64×64, rebuilt from public write-ups for comparison; none is served."""

import keras
from keras import layers

SIZE = 64
L2 = 1e-3


def build(layout: str) -> keras.Model:
    """A network from uint8[N, 64, 64, 3] to the logit, float32[N, 1].

    Args:
        layout: ``simple``, three dense layers on the pixels; ``hotornot``, convolutions of 32, 64 and 128 filters, each
            pooled, and a dense layer of 512 with L2; ``cam``, convolutions of 32, 64, 64, 128 and 256 filters, each
            pooled, with L2 on the last three, and a dense layer of 512 with dropout.
    """
    crops = keras.Input((SIZE, SIZE, 3), dtype="uint8", name="crops")
    x = layers.Rescaling(1 / 255)(crops)
    x = {"simple": _simple, "hotornot": _hotornot, "cam": _cam}[layout](x)
    return keras.Model(crops, layers.Dense(1, name="score")(x), name=f"attractive_{layout}")


def _simple(x: keras.KerasTensor) -> keras.KerasTensor:
    x = layers.Flatten()(x)
    x = layers.Dense(256, activation="relu")(x)
    return layers.Dense(64, activation="relu")(x)


def _hotornot(x: keras.KerasTensor) -> keras.KerasTensor:
    for filters in (32, 64, 128):
        x = _convolution(x, filters, padding="valid")
    x = layers.Flatten()(x)
    return layers.Dense(512, activation="relu", kernel_regularizer=keras.regularizers.L2(L2))(x)


def _cam(x: keras.KerasTensor) -> keras.KerasTensor:
    for index, filters in enumerate((32, 64, 64, 128, 256)):
        x = _convolution(x, filters, padding="same", regularizer=keras.regularizers.L2(L2) if index > 1 else None)
    x = layers.Flatten()(x)
    x = layers.Dense(512, activation="relu")(x)
    return layers.Dropout(0.3)(x)


def _convolution(
    x: keras.KerasTensor, filters: int, padding: str, regularizer: keras.regularizers.Regularizer | None = None
) -> keras.KerasTensor:
    """3×3 convolution and 2×2 max pooling."""
    x = layers.Conv2D(filters, 3, padding=padding, activation="relu", kernel_regularizer=regularizer)(x)
    return layers.MaxPooling2D()(x)
