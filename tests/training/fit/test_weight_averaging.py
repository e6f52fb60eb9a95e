from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from facescore import DataError
from facescore.training.data.examples import Examples
from facescore.training.fit import weight_averaging
from facescore.training.fit.states import BEST

SIDE = 4


def build() -> keras.Model:
    """Scores that are a weighted sum of the mean red and green."""
    crops = keras.Input((SIDE, SIDE, 3), dtype="uint8")
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(crops))
    return keras.Model(crops, keras.layers.Dense(1, use_bias=False)(x))


def run(folder: Path, red: float, green: float) -> Path:
    """A run whose network has these colour weights."""
    folder.mkdir(parents=True)
    np.savez(folder / BEST, np.array([[red], [green], [0.0]], np.float32))
    return folder


@pytest.fixture
def validation() -> Examples:
    """Faces whose red is the truth in the first data set, and whose green is in the second."""
    rng = np.random.default_rng(0)
    crops = rng.integers(0, 256, (400, SIDE, SIDE, 3), dtype=np.uint8)
    dataset = np.repeat(["scut", "mebeauty"], 200)
    means = crops.mean(axis=(1, 2))
    target = np.where(dataset == "scut", means[:, 0], means[:, 1])
    return Examples(pd.DataFrame({"dataset": dataset, "target": target}), crops)


def test_the_others_get_the_largest_share_that_costs_the_first_data_set_little(
    validation: Examples, tmp_path: Path
) -> None:
    network = build()
    folders = run(tmp_path / "scut" / "a", 1, 0), run(tmp_path / "both" / "a", 0, 1)
    share = weight_averaging.average(network, folders, validation)
    assert 0.5 < share < 1.0
    (weights,) = network.get_weights()
    assert weights[:, 0] == pytest.approx([share, 1 - share, 0], abs=1e-6)
    red, green = (validation.crops[:200].mean(axis=(1, 2))[:, channel] for channel in (0, 1))

    def correlation(of: float) -> float:
        return float(np.corrcoef(of * red + (1 - of) * green, red)[0, 1])

    assert correlation(share - 0.05) < 1 - weight_averaging.COST <= correlation(share)


def test_of_several_networks_that_learned_both_the_mean_is_taken(validation: Examples, tmp_path: Path) -> None:
    network = build()
    runs = [run(tmp_path / str(number), *weights) for number, weights in enumerate(((1, 0), (0, 0.8), (0.2, 1.2)))]
    share = weight_averaging.average(network, runs, validation)
    (weights,) = network.get_weights()
    assert weights[:, 0] == pytest.approx([share + (1 - share) * 0.1, 1 - share, 0], abs=1e-6)


def test_a_run_without_weights_is_named(validation: Examples, tmp_path: Path) -> None:
    runs = [run(tmp_path / "a", 1, 0), tmp_path / "b"]
    with pytest.raises(DataError, match=r"best\.npz, are missing or damaged"):
        weight_averaging.average(build(), runs, validation)
