"""The exact class activation map of a network that is linear after its last spatial feature map.

Such a network's output is ``bias + sum over the map of <features, kernel>``. Where class activation mapping (Zhou et
al. 2016, arXiv 1512.04150) weighs the channels of a globally averaged map, the kernel here may differ from place to
place, so that a global depthwise convolution has an exact map too. Nothing is approximated and no gradient is taken.
"""

import dataclasses
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
from keras import ops


@dataclass(frozen=True)
class LinearHead:
    """Everything between the last feature map and the output.

    Attributes:
        features: name of the layer whose output is the last map, float[N, h, w, c].
        kernel: float32[h, w, c].
        bias: the output for a map of zeros.
        border: cells around the map that the network does not see; they are zero in the served map, so that it covers
            the whole crop.
    """

    features: str
    kernel: npt.NDArray[np.float32]
    bias: float
    border: int = 0

    def scaled(self, factor: float) -> "LinearHead":
        """A head whose output and every contribution are multiplied by a factor."""
        return dataclasses.replace(self, kernel=self.kernel * np.float32(factor), bias=factor * self.bias)


def pooled_head(model: keras.Model, features: str, dense: str) -> LinearHead:
    """The head of a network that ends in global average pooling and one dense unit.

    Args:
        model: the trained network.
        features: name of the layer that is pooled.
        dense: name of the dense layer.
    """
    _, height, width, _ = model.get_layer(features).output.shape
    weights, bias = model.get_layer(dense).get_weights()
    kernel = np.broadcast_to(weights[:, 0] / (height * width), (height, width, len(weights)))
    return LinearHead(features, kernel.astype(np.float32), float(bias[0]))


@dataclass(frozen=True)
class Familiarity:
    """How far a crop lies from the training crops: a Mahalanobis distance of the averaged last map (Lee et al. 2018).

    The averaged map is projected onto the training crops' principal components, each scaled to a variance of 1, so
    that training crops lie at about 1, in whichever direction they differ from the mean.

    Attributes:
        kernel: float32[c, components].
        bias: float32[components].
        contrast: float32[c + 1], weights and bias of a linear discriminant, above 0 for a second data set's training
            crops and below 0 for the first one's; None if the network learned one data set only.
    """

    kernel: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    contrast: npt.NDArray[np.float32] | None = None


def averaging_model(model: keras.Model, features: str) -> keras.Model:
    """A model from crops to their last map, averaged over places, crop and mirror image, float32[N, c].

    Args:
        model: the trained network, uint8[N, size, size, 3] to float[N, 1].
        features: name of the layer whose output is the last map.
    """
    crops, straight, mirrored = both_ways(model, features)
    return keras.Model(crops, _averaged(straight, mirrored))


def serving_model(model: keras.Model, head: LinearHead, familiarity: Familiarity | None = None) -> keras.Model:
    """The network as served: the mean over each crop and its mirror image, with its map.

    Args:
        model: the trained network, uint8[N, size, size, 3] to float[N, 1].
        head: its linear head.
        familiarity: how the distance is measured; None leaves it out.

    Returns:
        A network from uint8[N, size, size, 3] to ``score`` float32[N] and ``contribution`` float32[N, h, w], where
        ``score = head.bias + contribution.sum()`` and a mirrored crop gets the same score and the mirrored map. With a
        familiarity there is also ``distance`` float32[N], and if that has a contrast, ``wild`` float32[N].
    """
    crops, straight, mirrored = both_ways(model, head.features)
    contributions, of_mirrored = (ops.sum(features * head.kernel, axis=-1) for features in (straight, mirrored))
    mean = (contributions + ops.flip(of_mirrored, axis=2)) / 2
    score = ops.sum(mean, axis=(1, 2)) + head.bias
    if head.border:
        mean = ops.pad(mean, ((0, 0), (head.border, head.border), (head.border, head.border)))
    outputs = {"score": score, "contribution": mean}
    if familiarity:
        averaged = _averaged(straight, mirrored)
        components = ops.matmul(averaged, familiarity.kernel) + familiarity.bias
        outputs["distance"] = ops.sqrt(ops.mean(ops.square(components), axis=1))
        if familiarity.contrast is not None:
            outputs["wild"] = ops.sum(averaged * familiarity.contrast[:-1], axis=-1) + familiarity.contrast[-1]
    return keras.Model(crops, outputs)


def both_ways(model: keras.Model, features: str) -> tuple[keras.KerasTensor, keras.KerasTensor, keras.KerasTensor]:
    """The input for crops, their last maps, and those of their mirror images.

    Crops and mirror images are one batch: two runs would give the same numbers, but more slowly on several threads.
    """
    to_features = keras.Model(model.inputs, model.get_layer(features).output)
    crops = keras.Input(model.inputs[0].shape[1:], dtype="uint8", name="crops")
    straight, mirrored = ops.split(to_features(ops.concatenate([crops, ops.flip(crops, axis=2)])), 2)
    return crops, straight, mirrored


def _averaged(straight: keras.KerasTensor, mirrored: keras.KerasTensor) -> keras.KerasTensor:
    return (ops.mean(straight, axis=(1, 2)) + ops.mean(mirrored, axis=(1, 2))) / 2
