from typing import Any

import numpy as np
import pandas as pd
import pytest

from facescore.training import predict
from facescore.training.predict import Crops

CROPS = np.random.default_rng(0).integers(0, 256, (300, 4, 4, 3), dtype=np.uint8)


def left_side(crops: Crops) -> Any:
    """A network of one unit: the mean brightness of the left half."""
    assert len(crops) <= predict.BATCH
    return crops[:, :, :2].mean(axis=(1, 2, 3), dtype=np.float32)[:, None]


def test_batches_are_put_together_in_order_and_in_the_structure_of_the_outputs() -> None:
    outputs = predict.apply(lambda crops: {"score": left_side(crops)[:, 0], "map": crops[..., 0]}, CROPS)
    assert np.allclose(outputs["score"], CROPS[:, :, :2].mean(axis=(1, 2, 3)))
    assert np.array_equal(outputs["map"], CROPS[..., 0])


def test_predictions_are_probabilities_for_a_label_and_scores_for_ratings() -> None:
    table = pd.DataFrame({"file": ["a", "b"], "group": "g", "dataset": "celeba", "target": [0.0, 1.0], "more": 1})
    outputs = {"score": np.array([0.0, 2.0]), "distance": np.array([1.0, 1.23456])}
    label = predict.predictions(outputs, table, "binary")
    assert list(label.columns) == ["file", "group", "dataset", "truth", "prediction", "distance"]
    assert list(label["prediction"]) == pytest.approx([0.5, 1 / (1 + np.exp(-2))], abs=1e-6)
    assert list(label["distance"]) == [1.0, 1.2346]
    assert list(predict.predictions(outputs, table, "regression")["prediction"]) == [0.0, 2.0]
