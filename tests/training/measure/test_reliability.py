from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from facescore.images import Image
from facescore.intervals import Interval
from facescore.training.measure import metrics, reliability

INTERVALS = (Interval(None, -0.25, 0.25),)
EYES = 100.0  # pixels between the eyes of every made photo


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)


@pytest.fixture
def photos() -> list[Image]:
    """As many photos as a share needs, each with a fine pattern."""
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (64, 64, 3), dtype=np.uint8) for _ in range(60)]


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame({"truth": np.full(60, 3.0), "dataset": "scut"})


def ask(photos: Sequence[Image]) -> pd.DataFrame:
    """A network that is off by half a point where a photo is small, and by one where it is blurred."""
    sizes = np.array([EYES * len(photo) / 64 for photo in photos])
    sharpness = np.array([float(photo.std()) for photo in photos])
    told = pd.DataFrame({"size": sizes, "sharpness": sharpness, "turn": np.linspace(0, 0.5, len(photos))})
    told["distance"] = 1.0
    told["light"] = [float(photo.max()) for photo in photos]
    told["glare"] = [float((photo == 255).mean()) for photo in photos]
    told["outside"] = [1 - photo.shape[0] * photo.shape[1] / 64**2 if len(photo) > 60 else 0.0 for photo in photos]
    told[["left", "top", "width", "height"]] = (10.0, 10.0, 40.0, 40.0)
    told["prediction"] = 3.0 + 0.5 * (sizes < 22) + 1.0 * ((sizes == EYES) & (sharpness < 20))
    return told


def test_the_first_condition_in_which_the_interval_is_too_narrow_is_the_threshold(
    photos: list[Image], table: pd.DataFrame
) -> None:
    found = reliability.measure(ask, photos, table, INTERVALS)
    assert found["as they are"]["coverage"].value == 1.0
    assert [row["coverage"].value for row in found["size"]] == [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    assert found["thresholds"]["size"] == pytest.approx(22, abs=1.6)  # between 24, which holds, and 20, which does not
    medians = [row["median"] for row in found["sharpness"]]
    first = next(i for i, row in enumerate(found["sharpness"]) if row["coverage"].value == 0.0)
    assert found["thresholds"]["sharpness"] == pytest.approx(np.mean(medians[max(first - 1, 0) : first + 1]), abs=1e-3)


def test_every_face_of_a_range_that_fails_gets_a_warning(
    photos: list[Image], table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reliability, "FEWEST", 10)

    def turned(photos: Sequence[Image]) -> pd.DataFrame:
        told = ask(photos)
        return told.assign(prediction=told["prediction"] + (told["turn"] > 0.41))

    found = reliability.measure(turned, photos, table, INTERVALS)
    assert found["turn"][-1]["coverage"].value < reliability.HELD
    assert found["thresholds"]["turn"] == found["turn"][-1]["turn"]


def test_beyond_what_was_measured_a_face_gets_a_warning_in_any_case(photos: list[Image], table: pd.DataFrame) -> None:
    found = reliability.measure(ask, photos, table, INTERVALS)
    assert found["thresholds"]["turn"] == pytest.approx(0.495, abs=0.01)
    assert len(found["turn"]) == reliability.BINS


def test_photos_without_a_face_are_counted_out(photos: list[Image], table: pd.DataFrame) -> None:
    def half_blind(photos: Sequence[Image]) -> pd.DataFrame:
        told = ask(photos)
        told.loc[1::2] = np.nan
        return told

    assert reliability.measure(half_blind, photos, table, INTERVALS)["as they are"]["count"] == 30


def test_a_probability_that_moves_too_far_sets_the_threshold(photos: list[Image], table: pd.DataFrame) -> None:
    def probability(photos: Sequence[Image]) -> pd.DataFrame:
        told = ask(photos)
        return told.assign(prediction=0.8 - 0.3 * (told["light"] < 120)).drop(columns="distance")

    found = reliability.measure(probability, photos, table.assign(truth=1.0), ())
    assert [row["change"].value > reliability.MOVED for row in found["light"]] == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]
    assert found["thresholds"]["light"] == pytest.approx((0.5 + 0.4) / 2 * 255, abs=3)
    assert "distance" not in found["thresholds"]


def test_a_face_within_the_landmarks_own_error_is_not_called_cut(photos: list[Image], table: pd.DataFrame) -> None:
    found = reliability.measure(ask, photos, table, INTERVALS)
    assert found["thresholds"]["outside"] == reliability.INSIDE
    assert [row["cut"] for row in found["outside"]] == list(reliability.CUTS)
