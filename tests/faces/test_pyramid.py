import numpy as np
import numpy.typing as npt
import pytest

from facescore.faces.pyramid import GRAY, Pyramid

FRAMES = [(360, 480), (480, 480), (481, 333), (120, 480), (48, 60), (24, 24), (480, 25)]


def noise(height: int, width: int) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("shape", FRAMES)
def test_levels_halve_in_area_and_share_no_pixel(shape: tuple[int, int]) -> None:
    pyramid = Pyramid(noise(*shape), 0.5, 12)
    covered = np.zeros(pyramid.levels.shape[:2], int)
    for (x, y), (width, height) in zip(pyramid.corners, pyramid.sizes, strict=True):
        covered[y : y + height, x : x + width] += 1
    assert covered.max() == 1
    assert covered.sum() == pyramid.sizes.prod(axis=1).sum()
    assert (pyramid.sizes % 2 == 0).all()
    assert (pyramid.corners % 2 == 0).all()
    assert pyramid.sizes.min() >= 12
    expected = np.array(shape[::-1]) * 0.5 * 0.5 ** (np.arange(len(pyramid.sizes))[:, None] / 2)
    assert np.abs(pyramid.sizes - expected).max() <= 1


def test_a_frame_that_is_too_small_has_no_level() -> None:
    assert len(Pyramid(noise(20, 400), 0.5, 12).sizes) == 0


def test_a_place_on_the_canvas_lies_on_one_level_or_on_none() -> None:
    pyramid = Pyramid(noise(360, 480), 0.5, 12)
    for level, ((x, y), (width, height)) in enumerate(zip(pyramid.corners, pyramid.sizes, strict=True)):
        whole = np.array([[x, y, x + width, y + height]], np.float32)
        assert pyramid.level_of(whole) == [level]
        assert pyramid.level_of(whole + np.float32(1)) == [-1]
        assert pyramid.to_frame(whole, np.array([level])) == pytest.approx(np.array([[0, 0, 480, 360]]))


@pytest.mark.parametrize("side", [24, 60, 100, 200])
def test_a_patch_shows_its_part_of_the_frame(side: int) -> None:
    y, x = np.mgrid[:360, :480]
    frame = np.stack([x / 2, y / 2, (x + y) / 4], axis=-1).astype(np.uint8)
    (patch,) = Pyramid(frame, 0.5, 12).patches(np.array([[50, 80, 50 + side, 80 + side]], np.float32), 24)
    centres = (np.arange(24) + 0.5) * side / 24 - 0.5
    assert np.abs(patch[:, :, 0] - (50 + centres[None, :]) / 2).max() < 2
    assert np.abs(patch[:, :, 1] - (80 + centres[:, None]) / 2).max() < 2


def test_a_fine_pattern_is_averaged_not_aliased() -> None:
    y, x = np.mgrid[:360, :480]
    frame = np.repeat((255 * ((x + y) % 2)).astype(np.uint8)[:, :, None], 3, axis=2)
    patches = Pyramid(frame, 0.5, 12).patches(np.array([[10, 10, 110, 110], [30, 20, 320, 310]], np.float32), 24)
    assert np.abs(patches.astype(int) - 127).max() < 16


def test_a_patch_beyond_the_border_is_filled_with_gray() -> None:
    pyramid = Pyramid(np.full((20, 20, 3), 255, np.uint8), 0.5, 12)
    boxes = np.array([[-10, -10, 10, 10], [50, 50, 60, 60], [-30, 5, -20, 15]], np.float32)
    corner, *outside = pyramid.patches(boxes, 20)
    assert (corner[:10] == GRAY).all()
    assert (corner[:, :10] == GRAY).all()
    assert (corner[10:, 10:] == 255).all()
    assert (np.array(outside) == GRAY).all()
