"""MobileFaceNet (Chen et al. 2018, arXiv 1804.07573), with linear units over its global depthwise convolution.

The batch norms of the initial weights are folded into the convolutions before them: the same function, a cheaper
training step, and nothing that differs between training and serving.
"""

from pathlib import Path

import cv2
import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from facescore.networks import initial_weights
from facescore.networks.linear_head import LinearHead

SIZE = 112
STRIDE = 16  # of the last map
WEIGHTS = "mobilefacenet.npz"
EPSILON = 1e-3  # of the batch norms in the initial weights
DROPOUT = 0.2
MAP_SCALE = 1 / 49  # of a map before a dense layer: a step of Adam then moves the output as much as with 512 inputs


def build(
    size: int = SIZE,
    margin: int = 0,
    resolution: int = SIZE,
    outputs: int = 1,
    embedding: bool = True,
) -> keras.Model:
    """The network, then dropout and a dense layer.

    Args:
        size: side of the crops.
        margin: pixels on each side that the network does not see; must span a whole number of the map's cells.
        resolution: side to which the rest is resized in the network, a multiple of 16; face recognisers use 112.
        outputs: units of the dense layer.
        embedding: whether the dense layer follows the global depthwise convolution, as in the initial weights, or the
            last spatial map itself, with one weight per place and channel.

    Returns:
        A network from uint8[N, size, size, 3] to float32[N, outputs]. The layers before the head carry the names of the
        initial weights; ``conv_6sep_relu`` is the last spatial map, with 512 channels.
    """
    crops = keras.Input((size, size, 3), dtype="uint8", name="crops")
    x = layers.Rescaling(1 / 128, offset=-127.5 / 128)(crops)
    if margin:
        x = layers.Cropping2D(margin)(x)
    if resolution != size:
        x = layers.Resizing(resolution, resolution)(x)
    x = _convolution(x, "conv_1", 64, kernel=3, strides=2)
    x = _depthwise(x, "conv_2_dw")
    x = _bottleneck(x, "dconv_23", 128, 64, strides=2)
    x = _residuals(x, "res_3", blocks=4, inside=128)
    x = _bottleneck(x, "dconv_34", 256, 128, strides=2)
    x = _residuals(x, "res_4", blocks=6, inside=256)
    x = _bottleneck(x, "dconv_45", 512, 128, strides=2)
    x = _residuals(x, "res_5", blocks=2, inside=256)
    x = _convolution(x, "conv_6sep", 512)
    if embedding:
        x = layers.DepthwiseConv2D(resolution // STRIDE, name="conv_6dw7_7_conv2d")(x)
    else:
        x = layers.Rescaling(MAP_SCALE)(x)
    x = layers.Flatten(name="embedding")(x)
    x = layers.Dropout(DROPOUT)(x)
    return keras.Model(crops, layers.Dense(outputs, name="score")(x), name="mobilefacenet")


def _convolution(x: keras.KerasTensor, name: str, filters: int, kernel: int = 1, strides: int = 1) -> keras.KerasTensor:
    """Convolution and PReLU."""
    if kernel > 1:
        x = layers.ZeroPadding2D(1)(x)
    x = layers.Conv2D(filters, kernel, strides, name=f"{name}_conv2d")(x)
    return layers.PReLU(shared_axes=(1, 2), name=f"{name}_relu")(x)


def _depthwise(x: keras.KerasTensor, name: str, strides: int = 1) -> keras.KerasTensor:
    """Depthwise 3×3 convolution and PReLU."""
    x = layers.ZeroPadding2D(1)(x)
    x = layers.DepthwiseConv2D(3, strides, name=f"{name}_conv2d")(x)
    return layers.PReLU(shared_axes=(1, 2), name=f"{name}_relu")(x)


def _bottleneck(x: keras.KerasTensor, name: str, inside: int, outside: int, strides: int = 1) -> keras.KerasTensor:
    """Expand by 1×1, filter by depthwise 3×3, project by a linear 1×1."""
    x = _convolution(x, f"{name}_conv_sep", inside)
    x = _depthwise(x, f"{name}_conv_dw", strides)
    return layers.Conv2D(outside, 1, name=f"{name}_conv_proj_conv2d")(x)


def _residuals(x: keras.KerasTensor, name: str, blocks: int, inside: int) -> keras.KerasTensor:
    """A sequence of bottlenecks, each added to its input."""
    for block in range(blocks):
        x = layers.Add()([x, _bottleneck(x, f"{name}_block{block}", inside, x.shape[-1])])
    return x


def load_initial_weights(model: keras.Model, folder: Path) -> None:
    """Initialise every layer but the head from the weights of a face recogniser.

    Args:
        model: a network made by `build`; changed in place.
        folder: holds ``mobilefacenet.npz``, whose keys are ``layer/variable``.

    Raises:
        DataError: the file is missing, is damaged, or belongs to another network.
    """
    with initial_weights.read(folder, WEIGHTS) as arrays:
        for layer in model.layers:
            if layer.name.endswith("_conv2d"):
                kernel, bias = _folded(arrays, layer.name.removesuffix("_conv2d"))
                layer.set_weights([_resized(kernel, layer.kernel.shape), bias])
            elif layer.name.endswith("_relu"):
                layer.set_weights([arrays[f"{layer.name}/alpha"]])


def _folded(arrays: dict[str, npt.NDArray[np.float32]], name: str) -> tuple[npt.NDArray[np.float32], ...]:
    """Kernel and bias of a convolution that replaces the convolution and batch norm of that name."""
    kernel = arrays[f"{name}_conv2d/kernel"]
    gamma, beta, mean, variance = (
        arrays[f"{name}_batchnorm/{variable}"] for variable in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    scale = gamma / np.sqrt(variance + EPSILON)
    depthwise = kernel.shape[3] == 1
    return kernel * (scale[:, None] if depthwise else scale), beta - mean * scale


def _resized(kernel: npt.NDArray[np.float32], shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """The kernel of the global depthwise convolution, resized for another map with its sum kept."""
    if kernel.shape == shape:
        return kernel
    height, width = shape[:2]
    planes = [cv2.resize(kernel[:, :, i, 0], (width, height), interpolation=cv2.INTER_AREA) for i in range(shape[2])]
    return np.stack(planes, axis=-1)[..., None] * np.float32(kernel.shape[0] * kernel.shape[1] / (height * width))


def linear_head(model: keras.Model) -> LinearHead:
    """The head of the first unit: everything after the last map, folded into one kernel.

    Args:
        model: a network made by `build`.
    """
    last = model.get_layer("conv_6sep_relu")
    weights, bias = (array[..., 0] for array in model.get_layer("score").get_weights())
    if len(weights) == last.output.shape[-1]:
        depthwise, offset = model.get_layer("conv_6dw7_7_conv2d").get_weights()
        kernel, bias = depthwise[:, :, :, 0] * weights, bias + offset @ weights
    else:
        kernel = weights.reshape(last.output.shape[1:]) * MAP_SCALE
    return LinearHead(last.name, kernel.astype(np.float32), float(bias), _border(model, len(kernel)))


def _border(model: keras.Model, cells: int) -> int:
    """The width of the margin in cells of the map."""
    size = model.inputs[0].shape[1]
    margins = [layer.cropping[0][0] for layer in model.layers if isinstance(layer, layers.Cropping2D)]
    return sum(margin * cells // (size - 2 * margin) for margin in margins)
