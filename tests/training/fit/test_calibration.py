import keras
import numpy as np
import pandas as pd
import pytest

from facescore.networks.linear_head import LinearHead, pooled_head
from facescore.training.data.examples import Examples
from facescore.training.fit import calibration
from facescore.training.predict import apply


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """A weighted sum of the mean colours."""
    crops = keras.Input((8, 8, 3), dtype="uint8", name="crops")
    x = keras.layers.Rescaling(1 / 25, name="features")(crops)
    score = keras.layers.Dense(1, name="score")
    model = keras.Model(crops, score(keras.layers.GlobalAveragePooling2D()(x)))
    score.set_weights([np.array([[1.0], [-0.5], [0.2]]), np.array([-3.0])])
    return model


@pytest.fixture(scope="module")
def head(network: keras.Model) -> LinearHead:
    return pooled_head(network, "features", "score")


def faces(count: int) -> np.ndarray:
    """Crops of one colour each."""
    colours = np.random.default_rng(0).integers(0, 256, (count, 1, 1, 3), dtype=np.uint8)
    return np.broadcast_to(colours, (count, 8, 8, 3))


def validation(crops: np.ndarray, target: np.ndarray, dataset: list[str] | str) -> Examples:
    return Examples(pd.DataFrame({"target": target, "dataset": dataset}), crops)


def test_the_temperature_corrects_overconfidence() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 20000)
    truth = (rng.random(20000) < 1 / (1 + np.exp(-logits))).astype(float)
    assert calibration.temperature(truth, logits * 1.7) == pytest.approx(1.7, rel=0.05)


def test_the_head_is_divided_by_the_temperature(network: keras.Model, head: LinearHead) -> None:
    crops = faces(4000)
    logits = np.mean([apply(network.predict_on_batch, one)[:, 0] for one in (crops, crops[:, :, ::-1])], axis=0)
    truth = np.random.default_rng(1).random(len(crops)) < 1 / (1 + np.exp(-logits / 2))
    scaled, fitted = calibration.with_temperature(head, network, validation(crops, truth, "celeba"))
    assert fitted["temperature"] == pytest.approx(2, rel=0.15)
    assert scaled.kernel == pytest.approx(head.kernel / fitted["temperature"], rel=1e-3)
    assert scaled.bias == pytest.approx(head.bias / fitted["temperature"], rel=1e-3)
