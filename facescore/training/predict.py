"""Apply networks to crops in batches, as in serving."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from facescore.checkpoints import Task

Numbers = npt.NDArray[np.float64]
Crops = npt.NDArray[np.uint8]
Network = Callable[[Crops], Any]
"""Called with a batch of crops: a served network, or `predict_on_batch` of a Keras model."""

BATCH = 128
OTHERS = ("distance", "wild")
"""Outputs besides the score: how unlike the training faces a face is, and which data set's it resembles."""


def apply(network: Network, crops: Crops) -> Any:
    """A network's outputs for all crops, in their own structure.

    Keras' `predict` would wait for its input pipeline to shut down, which takes as long as the prediction itself.
    """
    parts = [network(crops[start : start + BATCH]) for start in range(0, len(crops), BATCH)]
    return keras.tree.map_structure(lambda *arrays: np.concatenate(arrays), *parts)


def as_shown(scores: npt.NDArray[np.floating], task: Task) -> Numbers:
    """Raw scores as they are shown: logits as probabilities, ratings as they are."""
    raw: Numbers = scores.astype(np.float64)
    return np.asarray(special.expit(raw)) if task == "binary" else raw


def others(outputs: dict[str, npt.NDArray[np.floating]]) -> dict[str, Numbers]:
    """Those of `OTHERS` that a network has, float64[N] each."""
    return {name: outputs[name].astype(np.float64) for name in OTHERS if name in outputs}


def predictions(outputs: dict[str, npt.NDArray[np.floating]], table: pd.DataFrame, task: Task) -> pd.DataFrame:
    """What a network predicts for every example.

    Args:
        outputs: its raw ``score``, float[N], and those of `OTHERS` that it has, float[N].
        table: ``file``, ``group``, ``dataset`` and ``target`` of the same examples.
        task: ``binary`` gives probabilities, ``regression`` scores.

    Returns:
        One row per example: ``file``, ``group``, ``dataset``, ``truth``, ``prediction`` and those of `OTHERS`.
    """
    named = table[["file", "group", "dataset"]].assign(
        truth=table["target"].to_numpy(np.float32).astype(np.float64), prediction=as_shown(outputs["score"], task)
    )
    return named.assign(**others(outputs)).round({"truth": 6, "prediction": 6} | dict.fromkeys(OTHERS, 4))
