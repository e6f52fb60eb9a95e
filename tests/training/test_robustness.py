import keras
import numpy as np
import pandas as pd
import pytest

from facescore.images import Image
from facescore.training import robustness
from facescore.training.examples import Examples


@pytest.fixture(scope="module")
def crop() -> Image:
    """A gradient from dark above to light below, darker on the left."""
    y, x = np.mgrid[:64, :64]
    return np.stack([40 + y, 40 + x, 60 + y + x // 2], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("name", robustness.CHANGES)
def test_every_change_changes_a_crop_and_keeps_its_shape(name: str, crop: Image) -> None:
    before = crop.copy()
    changed = robustness.CHANGES[name](crop)
    assert changed.shape == crop.shape
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed, crop)
    assert np.array_equal(crop, before)


def test_shifts_and_brightness_do_what_they_say(crop: Image) -> None:
    moved = robustness.shift(0, 0.125)(crop)
    assert np.array_equal(moved[8:], crop[:-8])
    assert (moved[:8] == crop[0]).all()
    assert np.allclose(robustness.brightness(0.5)(crop), crop / 2, atol=0.51)
    assert np.array_equal(robustness.banner(crop)[:40], crop[:40])


def test_the_change_of_the_score_is_measured(crop: Image) -> None:
    """A network that gives the mean brightness moves by what brightness does to it."""
    crops = keras.Input((64, 64, 3), dtype="uint8")
    score = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1.0)(crops))
    served = keras.Model(crops, {"score": keras.ops.mean(score, axis=1)})
    test = Examples(pd.DataFrame({"file": range(3)}), np.stack([crop, crop // 2, crop // 3]))
    means = test.crops.mean(axis=(1, 2, 3), dtype=np.float64)
    found = robustness.measure(served.predict_on_batch, test, means, "regression")
    assert list(found) == list(robustness.CHANGES)
    darker = found["20 % darker"]
    assert darker["mean_change"]["value"] == pytest.approx(-0.2 * means.mean(), rel=0.02)
    assert darker["mean_absolute_change"]["value"] == pytest.approx(0.2 * means.mean(), rel=0.02)
    assert darker["mean_change"]["low"] <= darker["mean_change"]["value"] <= darker["mean_change"]["high"]
