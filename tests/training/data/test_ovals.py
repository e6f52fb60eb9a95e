import numpy as np
import pytest

from facescore.images import Image
from facescore.training.data import ovals


@pytest.fixture(scope="module")
def crop() -> Image:
    """A gradient from dark above to light below, darker on the left."""
    y, x = np.mgrid[:112, :112]
    return np.stack([40 + y, 40 + x, 60 + y + x // 2], axis=-1).astype(np.uint8)


def test_an_oval_is_recognised_put_on_and_taken_off(crop: Image) -> None:
    cut_out = ovals.put_on(crop)
    assert not ovals.is_in_one(crop)
    assert ovals.is_in_one(cut_out)
    restored = ovals.take_off(cut_out)
    assert not ovals.is_in_one(restored)
    assert not (restored >= ovals.WHITE).all(axis=2).any()
    assert np.array_equal(restored[50:62, 50:62], crop[50:62, 50:62])


def test_a_portrait_on_white_paper_is_no_oval(crop: Image) -> None:
    upright = np.full(crop.shape, 255, np.uint8)
    upright[:, 21:91] = crop[:, 21:91]
    assert not ovals.is_in_one(upright)
    assert not ovals.is_in_one(np.full(crop.shape, 255, np.uint8))


def test_a_swap_puts_an_oval_on_a_crop_without_one(crop: Image) -> None:
    before = crop.copy()
    changed = [ovals.swap(crop, np.random.default_rng(seed)) for seed in range(20)]
    assert np.array_equal(crop, before)
    for picture in changed:
        assert np.array_equal(picture[30:80, 30:80], crop[30:80, 30:80])  # the face is left alone
        assert len({tuple(picture[y, x]) for y in (0, -1) for x in (0, -1)}) == 1
    white = [bool((picture[0, 0] == 255).all()) for picture in changed]
    assert any(white)
    assert not all(white)


def test_a_swap_takes_white_surroundings_off(crop: Image) -> None:
    changed = ovals.swap(ovals.put_on(crop), np.random.default_rng(0))
    assert np.array_equal(changed[50:62, 50:62], crop[50:62, 50:62])
    assert not (changed >= ovals.WHITE).all(axis=2).any()
