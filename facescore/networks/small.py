"""Small networks for CelebA's label “Male” on small whole pictures, rebuilt from a course report; none is served."""

import keras
from keras import layers, ops

FILTERS = (16, 32)
UNITS = 64
CERTAIN = 1e-6  # a probability is kept this far from 0 and 1, so that its logit is finite


def build(
    layout: str, side: int, colour: bool = False, head: str = "sigmoid", regularizer: str | None = None
) -> keras.Model:
    """A network from uint8[N, side, side] to the logit, float32[N, 1].

    Args:
        layout: ``cnn``, two blocks of a 3×3 convolution, ReLU and pooling, and a dense layer; ``logistic``, one unit on
            the pixels; ``rnn`` and ``lstm``, a recurrent layer that reads the picture row by row.
        side: the side of the pictures, pixels.
        colour: whether the pictures have three channels.
        head: ``sigmoid``, one unit; ``softmax``, two units, of which the logit is the difference, so that binary
            cross-entropy is the categorical one of the softmax; ``relu``, one unit whose ReLU is taken for the
            probability.
        regularizer: ``l1`` or ``l2``, with Keras' factor of 0.01, on the kernels below the head.
    """
    crops = keras.Input((side, side, 3) if colour else (side, side), dtype="uint8", name="crops")
    x = layers.Rescaling(1 / 255)(crops)
    if layout == "cnn":
        x = _cnn(x if colour else layers.Reshape((side, side, 1))(x), regularizer)
    elif layout == "logistic":
        x = layers.Flatten()(x)
    else:
        x = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM}[layout](UNITS)(x)
    return keras.Model(
        crops, {"sigmoid": _sigmoid, "softmax": _softmax, "relu": _relu}[head](x), name=f"{layout}_{side}"
    )


def _cnn(x: keras.KerasTensor, regularizer: str | None) -> keras.KerasTensor:
    for filters in FILTERS:
        x = layers.Conv2D(filters, 3, activation="relu", kernel_regularizer=regularizer)(x)
        x = layers.MaxPooling2D()(x)
    return layers.Dense(UNITS, activation="relu", kernel_regularizer=regularizer)(layers.Flatten()(x))


def _sigmoid(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Dense(1, name="score")(x)


def _softmax(x: keras.KerasTensor) -> keras.KerasTensor:
    return ops.diff(layers.Dense(2, name="classes")(x), axis=1)


def _relu(x: keras.KerasTensor) -> keras.KerasTensor:
    probability = ops.clip(layers.Dense(1, activation="relu", name="probability")(x), CERTAIN, 1 - CERTAIN)
    return ops.log(probability / (1 - probability))
