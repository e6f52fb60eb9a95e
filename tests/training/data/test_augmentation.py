import numpy as np
import pytest

from facescore.faces.alignment import resize
from facescore.images import Image
from facescore.training.data.augmentation import Augmentation, augment

SIDE = 32


@pytest.fixture
def crop() -> np.ndarray:
    """A colour gradient, so that every change shows."""
    row = np.linspace(40, 200, SIDE)
    return np.stack(
        [np.tile(row, (SIDE, 1)), np.tile(row[:, None], (1, SIDE)), np.full((SIDE, SIDE), 90.0)], -1
    ).astype(np.uint8)


def test_nothing_is_changed_that_is_not_asked_for(crop: np.ndarray) -> None:
    assert np.array_equal(augment(crop, Augmentation(flip=False), np.random.default_rng(0)), crop)


def test_half_of_the_crops_are_mirrored(crop: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    flips = [augment(crop, Augmentation(flip=True), rng) for _ in range(40)]
    mirrored = sum(np.array_equal(flipped, crop[:, ::-1]) for flipped in flips)
    assert 8 < mirrored < 32
    assert mirrored + sum(np.array_equal(flipped, crop) for flipped in flips) == 40


@pytest.mark.parametrize(
    "change",
    [
        {"rotation": 10},
        {"scale": 0.1},
        {"shift": 2},
        {"brightness": 0.3},
        {"colour": 0.1},
        {"degraded": 1.0},
        {"erased": 1.0},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_asked_for_is_changed(crop: np.ndarray, change: dict[str, float]) -> None:
    before = crop.copy()
    changed = augment(crop, Augmentation(flip=False, **change), np.random.default_rng(0))
    assert changed.shape == crop.shape
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed, crop)
    assert np.array_equal(crop, before)


def test_only_a_share_is_degraded_and_erased(crop: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    untouched = sum(
        np.array_equal(augment(crop, Augmentation(flip=False, degraded=0.2, erased=0.2), rng), crop) for _ in range(200)
    )
    assert untouched / 200 == pytest.approx(0.8**4, abs=0.1)


def test_degraded_crops_may_lose_their_colour(crop: np.ndarray) -> None:
    changed = augment(crop, Augmentation(flip=False, degraded=1.0), np.random.default_rng(0))
    assert np.ptp(changed.astype(int), axis=2).max() <= 6  # JPEG brings a trace of colour back


def test_a_photo_in_other_light_shows_the_same_face(astronaut: Image) -> None:
    crop = resize(astronaut, 112, 112)
    rng = np.random.default_rng(0)
    changed = [augment(crop, Augmentation(flip=False, photographed=1.0), rng).astype(float) for _ in range(60)]
    means = [picture.mean() / crop.mean() for picture in changed]
    assert min(means) < 0.6
    assert max(means) > 1.3
    assert all(np.corrcoef(picture.ravel(), crop.ravel())[0, 1] > 0.7 for picture in changed)
    assert np.array_equal(augment(crop, Augmentation(flip=False), rng), crop)
