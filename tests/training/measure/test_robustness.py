from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest

from facescore.images import Image
from facescore.training.data import changes, ovals
from facescore.training.measure import robustness

CHANGES = robustness.OF_CROPS | robustness.OF_PHOTOS | {"an oval": ovals.put_on}


@pytest.fixture(scope="module")
def crop() -> Image:
    """A gradient from dark above to light below, darker on the left."""
    y, x = np.mgrid[:64, :64]
    return np.stack([40 + y, 40 + x, 60 + y + x // 2], axis=-1).astype(np.uint8)


def brightness_of(pictures: Sequence[Image]) -> np.ndarray:
    """A score that is the mean brightness."""
    return np.array([picture.mean() for picture in pictures])


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_changes_a_picture_and_leaves_the_original_alone(name: str, crop: Image) -> None:
    before = crop.copy()
    changed = CHANGES[name](crop)
    assert changed.shape == ((32, 32, 3) if name == "half the resolution" else crop.shape)
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed, crop)
    assert np.array_equal(crop, before)


def test_shifts_and_brightness_do_what_they_say(crop: Image) -> None:
    moved = changes.shift(crop, down=0.125)
    assert np.array_equal(moved[8:], crop[:-8])
    assert (moved[:8] == crop[0]).all()
    assert np.allclose(changes.brightness(crop, 0.5), crop / 2, atol=0.51)
    assert np.array_equal(changes.banner(crop)[:40], crop[:40])


def test_the_change_of_the_score_is_measured(crop: Image) -> None:
    pictures = [crop, crop // 2, crop // 3]
    found = robustness.measure(brightness_of, pictures, robustness.OF_CROPS)
    assert list(found) == list(robustness.OF_CROPS)
    darker, mean = found["20% darker"], brightness_of(pictures).mean()
    assert darker["count"] == 3
    assert darker["mean_change"].value == pytest.approx(-0.2 * mean, rel=0.02)
    assert darker["mean_absolute_change"].value == pytest.approx(0.2 * mean, rel=0.02)
    assert darker["mean_change"].low <= darker["mean_change"].value <= darker["mean_change"].high


def test_pictures_in_which_no_face_is_found_are_left_out(crop: Image) -> None:
    """Only the brighter picture has a face, and it has one only as long as it is not darkened."""

    def score(pictures: Sequence[Image]) -> np.ndarray:
        return np.where(brightness_of(pictures) >= crop.mean(), brightness_of(pictures), np.nan)

    tried: dict[str, robustness.Change] = {
        "same": lambda picture: picture,
        "20% brighter": partial(changes.brightness, factor=1.2),
    }
    assert {name: part["count"] for name, part in robustness.measure(score, [crop, crop // 2], tried).items()} == {
        "same": 1,
        "20% brighter": 1,
    }


def test_ovals_are_put_on_faces_without_and_taken_off_the_others(crop: Image) -> None:
    photos = [crop, crop, ovals.put_on(crop)]
    found = robustness.measure_photos(brightness_of, photos)
    assert set(found) == {*robustness.OF_PHOTOS, "an oval put on", "an oval taken off"}
    assert found["an oval put on"]["count"] == 2
    assert found["an oval put on"]["mean_change"].low > 0
    assert found["an oval taken off"]["count"] == 1
    assert found["an oval taken off"]["mean_change"].value < 0
