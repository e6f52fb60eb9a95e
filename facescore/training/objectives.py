"""What training lowers, and what is written down of every epoch. Of a label, a network's first unit is the target's."""

from collections.abc import Callable

import keras
from keras import ops

from facescore.checkpoints import Task

Metric = Callable[[keras.KerasTensor, keras.KerasTensor], keras.KerasTensor]


def target_cross_entropy(truth: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Binary cross-entropy of the target, float[N]."""
    return ops.binary_crossentropy(truth[:, 0], logits[:, 0], from_logits=True)


def target_accuracy(truth: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Whether the target is told right, float[N]."""
    return ops.cast(ops.equal(logits[:, 0] > 0, truth[:, 0] > 0.5), "float32")


def target_squared_error(truth: keras.KerasTensor, scores: keras.KerasTensor) -> keras.KerasTensor:
    """Squared error of the units whose truth is known, float[N]."""
    return ops.sum(ops.square(_error(truth, scores)), axis=1)


def target_absolute_error(truth: keras.KerasTensor, scores: keras.KerasTensor) -> keras.KerasTensor:
    """Absolute error of the units whose truth is known, float[N]."""
    return ops.sum(ops.abs(_error(truth, scores)), axis=1)


def _error(truth: keras.KerasTensor, scores: keras.KerasTensor) -> keras.KerasTensor:
    """The units' errors, 0 where the truth is nan: each data set's raters tell of one unit only."""
    return ops.where(ops.isnan(truth), 0.0, scores - ops.nan_to_num(truth))


def shared_cross_entropy(truth: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Cross-entropy with half of the weight on the target and half on what is learned beside it, float[N]."""
    target = target_cross_entropy(truth, logits)
    if truth.shape[1] == 1:
        return target
    return (target + ops.mean(ops.binary_crossentropy(truth[:, 1:], logits[:, 1:], from_logits=True), axis=1)) / 2


OBJECTIVES: dict[Task, Metric] = {"binary": shared_cross_entropy, "regression": target_squared_error}
METRICS: dict[Task, dict[str, Metric]] = {
    "binary": {"loss": target_cross_entropy, "accuracy": target_accuracy},
    "regression": {"loss": target_squared_error, "mean_absolute_error": target_absolute_error},
}
BY_NAME = {
    function.__name__: function
    for function in (*OBJECTIVES.values(), *METRICS["binary"].values(), *METRICS["regression"].values())
}
"""How a saved network's functions are found again."""
