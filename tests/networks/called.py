"""Networks that are called: `predict` would compile each one first, which takes seconds."""

from typing import Any

import keras
import numpy as np


def run(model: keras.Model, crops: np.ndarray) -> Any:
    """What a network gives."""
    return keras.tree.map_structure(keras.ops.convert_to_numpy, model(crops, training=False))
