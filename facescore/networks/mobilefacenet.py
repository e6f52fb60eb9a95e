"""MobileFaceNet (Chen et al. 2018, arXiv 1804.07573), with one linear unit over its global depthwise convolution."""

from pathlib import Path

import keras
import numpy as np
from keras import layers

from facescore.errors import DataError
from facescore.networks.linear_head import LinearHead

SIZE = 112
WEIGHTS = "mobilefacenet.npz"
EPSILON = 1e-3  # of the batch norms in the initial weights


def build(dropout: float = 0.2) -> keras.Model:
    """The network up to its global depthwise convolution, then dropout and one dense unit.

    Returns:
        A network from uint8[N, 112, 112, 3] to float32[N, 1]. The layers before the head carry the names of the initial
        weights; ``conv_6sep_relu`` is the last spatial map, 7×7×512.
    """
    crops = keras.Input((SIZE, SIZE, 3), dtype="uint8", name="crops")
    x = layers.Rescaling(1 / 128, offset=-127.5 / 128)(crops)
    x = _convolution(x, "conv_1", 64, kernel=3, strides=2)
    x = _depthwise(x, "conv_2_dw")
    x = _bottleneck(x, "dconv_23", 128, 64, strides=2)
    x = _residuals(x, "res_3", blocks=4, inside=128)
    x = _bottleneck(x, "dconv_34", 256, 128, strides=2)
    x = _residuals(x, "res_4", blocks=6, inside=256)
    x = _bottleneck(x, "dconv_45", 512, 128, strides=2)
    x = _residuals(x, "res_5", blocks=2, inside=256)
    x = _convolution(x, "conv_6sep", 512)
    x = layers.DepthwiseConv2D(7, use_bias=False, name="conv_6dw7_7_conv2d")(x)
    x = layers.BatchNormalization(epsilon=EPSILON, name="conv_6dw7_7_batchnorm")(x)
    x = layers.Flatten(name="embedding")(x)
    x = layers.Dropout(dropout)(x)
    return keras.Model(crops, layers.Dense(1, name="score")(x), name="mobilefacenet")


def _convolution(x: keras.KerasTensor, name: str, filters: int, kernel: int = 1, strides: int = 1) -> keras.KerasTensor:
    """Convolution, batch norm and PReLU."""
    if kernel > 1:
        x = layers.ZeroPadding2D(1)(x)
    x = layers.Conv2D(filters, kernel, strides, use_bias=False, name=f"{name}_conv2d")(x)
    x = layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_batchnorm")(x)
    return layers.PReLU(shared_axes=(1, 2), name=f"{name}_relu")(x)


def _depthwise(x: keras.KerasTensor, name: str, strides: int = 1) -> keras.KerasTensor:
    """Depthwise 3×3 convolution, batch norm and PReLU."""
    x = layers.ZeroPadding2D(1)(x)
    x = layers.DepthwiseConv2D(3, strides, use_bias=False, name=f"{name}_conv2d")(x)
    x = layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_batchnorm")(x)
    return layers.PReLU(shared_axes=(1, 2), name=f"{name}_relu")(x)


def _bottleneck(x: keras.KerasTensor, name: str, inside: int, outside: int, strides: int = 1) -> keras.KerasTensor:
    """Widen by 1×1, filter by depthwise 3×3, project by a linear 1×1."""
    x = _convolution(x, f"{name}_conv_sep", inside)
    x = _depthwise(x, f"{name}_conv_dw", strides)
    x = layers.Conv2D(outside, 1, use_bias=False, name=f"{name}_conv_proj_conv2d")(x)
    return layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_conv_proj_batchnorm")(x)


def _residuals(x: keras.KerasTensor, name: str, blocks: int, inside: int) -> keras.KerasTensor:
    """A row of bottlenecks, each added to its input."""
    for block in range(blocks):
        x = layers.Add()([x, _bottleneck(x, f"{name}_block{block}", inside, x.shape[-1])])
    return x


def load_initial_weights(model: keras.Model, folder: Path) -> None:
    """Start every layer but the head from the weights of a face recogniser.

    Args:
        model: a network made by `build`; changed in place.
        folder: where ``mobilefacenet.npz`` is; its keys are ``layer/variable``.

    Raises:
        DataError: the file is not there.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise DataError(f"The initial weights {path} are missing. Name the folder that holds {WEIGHTS} by --weights.")
    with np.load(path) as arrays:
        for layer in model.layers:
            if layer.weights and layer.name != "score":
                layer.set_weights([arrays[f"{layer.name}/{variable.name}"] for variable in layer.weights])


def linear_head(model: keras.Model) -> LinearHead:
    """The head over the 7×7 map: depthwise convolution, batch norm and dense unit folded into one kernel."""
    (depthwise,) = model.get_layer("conv_6dw7_7_conv2d").get_weights()
    gamma, beta, mean, variance = model.get_layer("conv_6dw7_7_batchnorm").get_weights()
    weights, bias = model.get_layer("score").get_weights()
    scale = gamma / np.sqrt(variance + EPSILON)
    kernel = (depthwise[:, :, :, 0] * scale * weights[:, 0]).astype(np.float32)
    return LinearHead("conv_6sep_relu", kernel, float(bias[0] + (beta - mean * scale) @ weights[:, 0]))
