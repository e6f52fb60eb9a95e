import keras
import numpy as np
import pandas as pd
import pytest

from facescore.networks.linear_head import averaging_model
from facescore.training.data.examples import Examples
from facescore.training.measure import ood


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """A network whose last map is the picture itself."""
    crops = keras.Input((8, 8, 3), dtype="uint8", name="crops")
    x = keras.layers.Rescaling(1 / 255, name="features")(crops)
    return keras.Model(crops, keras.layers.Dense(1, name="score")(keras.layers.GlobalAveragePooling2D()(x)))


@pytest.fixture(scope="module")
def train() -> Examples:
    """Faces of one colour each, of which those of the second data set have more red."""
    second = np.arange(400) >= 300
    colours = np.random.default_rng(0).normal((90, 120, 150), (4, 20, 8), (400, 3))
    colours[second, 0] += 60
    crops = np.broadcast_to(colours[:, None, None], (400, 8, 8, 3)).astype(np.uint8)
    return Examples(pd.DataFrame({"dataset": np.where(second, "mebeauty", "scut")}), crops)


def test_training_faces_lie_at_about_one_in_every_direction(network: keras.Model, train: Examples) -> None:
    familiarity = ood.fit(network, "features", train, contrast=False)
    averaged = averaging_model(network, "features").predict_on_batch(train.crops)
    components = averaged @ familiarity.kernel + familiarity.bias
    assert components.mean(axis=0) == pytest.approx(0, abs=1e-3)
    assert components.std(axis=0) == pytest.approx(1, abs=1e-2)
    assert familiarity.contrast is None


def test_the_contrast_is_above_0_for_faces_of_the_second_data_set(network: keras.Model, train: Examples) -> None:
    contrast = ood.fit(network, "features", train, contrast=True).contrast
    assert contrast is not None
    averaged = averaging_model(network, "features").predict_on_batch(train.crops)
    above = averaged @ contrast[:-1] + contrast[-1] > 0
    assert np.mean(above == (train.table["dataset"] == "mebeauty")) > 0.98
