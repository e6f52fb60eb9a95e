import keras
import numpy as np
import pytest

from facescore.templates import CELEBA
from facescore.training.measure import attribution

CELLS = 8


@pytest.fixture(scope="module")
def served() -> keras.Model:
    """A network whose exact map is known: each cell's mean brightness times the cell's weight."""
    weights = np.random.default_rng(0).normal(size=(1, CELLS, CELLS, 1)).astype(np.float32)
    crops = keras.Input((64, 64, 3), dtype="uint8")
    cells = keras.layers.AveragePooling2D(8)(keras.layers.Rescaling(1 / 255)(crops))
    contribution = keras.ops.mean(cells, axis=-1) * weights[..., 0]
    return keras.Model(crops, {"score": keras.ops.sum(contribution, axis=(1, 2)), "contribution": contribution})


@pytest.fixture(scope="module")
def crops() -> np.ndarray:
    cells = np.random.default_rng(1).integers(0, 256, (40, CELLS, CELLS, 3), dtype=np.uint8)
    return cells.repeat(8, axis=1).repeat(8, axis=2)


@pytest.fixture(scope="module")
def contributions(served: keras.Model, crops: np.ndarray) -> np.ndarray:
    maps = served.predict_on_batch(crops)["contribution"]
    return np.asarray(maps - maps.mean(axis=0))


def test_a_faithful_map_beats_both_other_orders(
    served: keras.Model, crops: np.ndarray, contributions: np.ndarray
) -> None:
    mean_score = float(served.predict_on_batch(crops)["score"].mean())
    found = attribution.is_the_map_true(served.predict_on_batch, crops, contributions, crops[::-1], mean_score)
    assert found["map_beats_both"]
    for kind, whole in {"deletion": 0, "insertion": -1}.items():
        for order in attribution.ORDERS:
            curve = found["curves"][kind][order]
            assert curve[whole] == pytest.approx(1, abs=1e-3)
            assert abs(curve[-1 - whole]) < 0.5
            assert len(curve) == len(found["curves"]["share_of_places"])


def test_a_map_of_another_face_beats_neither(served: keras.Model, crops: np.ndarray, contributions: np.ndarray) -> None:
    mean_score = float(served.predict_on_batch(crops)["score"].mean())
    others = np.roll(contributions, 1, axis=0)
    found = attribution.is_the_map_true(served.predict_on_batch, crops, others, crops[::-1], mean_score)
    assert not found["map_beats_both"]


def test_where_it_looks_is_measured_for_all_and_for_the_extremes() -> None:
    contributions = np.zeros((40, 64, 64), np.float32)
    contributions[:, 44, 32] = 1  # the mouth
    contributions[30:] = np.roll(contributions[30:], -27, axis=1)  # the forehead's hairline, for the highest scores
    found = attribution.where_it_looks(contributions, np.arange(40.0), CELEBA)
    assert found["mouth"]["lowest"] == pytest.approx(1)
    assert found["mouth"]["highest"] == pytest.approx(0)
    assert found["mouth"]["all"].value == pytest.approx(0.75)
    assert sum(part["area"] for part in found.values()) == pytest.approx(1, abs=1e-3)
