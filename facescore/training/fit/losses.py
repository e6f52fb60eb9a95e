"""Losses, and the metrics recorded every epoch. The first output unit is the target's."""

from collections.abc import Callable

import keras
from keras import ops

from facescore.checkpoints import Task

Metric = Callable[[keras.KerasTensor, keras.KerasTensor], keras.KerasTensor]


def target_cross_entropy(truth: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Binary cross-entropy of the target, float[N]."""
    return ops.binary_crossentropy(truth[:, 0], logits[:, 0], from_logits=True)


def target_accuracy(truth: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Whether the target is predicted correctly, float[N]."""
    return ops.cast(ops.equal(logits[:, 0] > 0, truth[:, 0] > 0.5), "float32")


def target_squared_error(truth: keras.KerasTensor, scores: keras.KerasTensor) -> keras.KerasTensor:
    """Squared error of the target, float[N]."""
    return ops.square(scores[:, 0] - truth[:, 0])


def target_absolute_error(truth: keras.KerasTensor, scores: keras.KerasTensor) -> keras.KerasTensor:
    """Absolute error of the target, float[N]."""
    return ops.abs(scores[:, 0] - truth[:, 0])


def multi_task_cross_entropy(truth: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Binary cross-entropy, half from the target and half the mean over the auxiliary labels, float[N]."""
    target = target_cross_entropy(truth, logits)
    if truth.shape[1] == 1:
        return target
    return (target + ops.mean(ops.binary_crossentropy(truth[:, 1:], logits[:, 1:], from_logits=True), axis=1)) / 2


LOSSES: dict[Task, Metric] = {"binary": multi_task_cross_entropy, "regression": target_squared_error}
METRICS: dict[Task, dict[str, Metric]] = {
    "binary": {"loss": target_cross_entropy, "accuracy": target_accuracy},
    "regression": {"loss": target_squared_error, "mean_absolute_error": target_absolute_error},
}
CUSTOM_OBJECTS = {
    function.__name__: function
    for function in (*LOSSES.values(), *METRICS["binary"].values(), *METRICS["regression"].values())
}
"""The functions that Keras needs to load a saved network."""
