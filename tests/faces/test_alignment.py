import cv2
import numpy as np
import pytest

from facescore.faces.alignment import align, resize, similarity, to_crop
from facescore.images import Image
from facescore.templates import ARCFACE, CELEBA, SCUT, TEMPLATES, Template

LANDMARKS = np.array([[203, 101], [246, 103], [224, 128], [201, 139], [245, 141]], np.float32)  # of the astronaut


def pixels(image: Image) -> np.ndarray:
    return image.astype(np.float64)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_crop_has_the_templates_size(astronaut: Image, template: Template) -> None:
    crop = align(astronaut, LANDMARKS, template)
    assert crop.shape == (template.size, template.size, 3)
    assert crop.dtype == np.uint8


def test_a_picture_already_in_the_frame_is_cut_as_resizing_would() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (22, 18, 3), dtype=np.uint8)
    picture = np.asarray(cv2.resize(noise, CELEBA.frame, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    crop = align(picture, np.array(CELEBA.points, np.float32), CELEBA)
    assert np.abs(pixels(crop) - pixels(resize(picture, 64, 64))).mean() < 1.5


@pytest.mark.parametrize("factor", [2, 3, 8, 12])
@pytest.mark.parametrize("template", [ARCFACE, CELEBA, SCUT], ids=lambda template: template.name)
def test_a_larger_photo_of_the_same_face_gives_the_same_crop(astronaut: Image, template: Template, factor: int) -> None:
    larger = np.repeat(np.repeat(astronaut, factor, axis=0), factor, axis=1)
    landmarks = ((LANDMARKS + 0.5) * factor - 0.5).astype(np.float32)
    crop = align(larger, landmarks, template)
    assert np.abs(pixels(crop) - pixels(align(astronaut, LANDMARKS, template))).mean() < 3


def test_a_fine_pattern_is_averaged_not_aliased() -> None:
    stripes = np.zeros((1200, 1200, 3), np.uint8)
    stripes[:, ::2] = 255
    landmarks = ((np.array(ARCFACE.points) + 0.5) * 1200 / 112 - 0.5).astype(np.float32)
    assert np.abs(pixels(align(stripes, landmarks, ARCFACE)) - 127.5).max() < 16


@pytest.mark.parametrize("angle", [-40, 15, 90, 180])
def test_a_turned_photo_gives_the_same_crop(astronaut: Image, angle: float) -> None:
    centre = (255.5, 255.5)
    matrix = cv2.getRotationMatrix2D(centre, angle, 1)
    turned = np.asarray(cv2.warpAffine(astronaut, matrix, (512, 512), flags=cv2.INTER_CUBIC), dtype=np.uint8)
    landmarks = (LANDMARKS @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    crop = align(turned, landmarks, ARCFACE)
    assert np.abs(pixels(crop) - pixels(align(astronaut, LANDMARKS, ARCFACE))).mean() < 4


def test_a_mirrored_photo_gives_the_mirrored_crop(astronaut: Image) -> None:
    symmetric = np.array(ARCFACE.points)
    symmetric[:, 0] = (symmetric[:, 0] + 111 - symmetric[[1, 0, 2, 4, 3], 0]) / 2
    symmetric[:, 1] = (symmetric[:, 1] + symmetric[[1, 0, 2, 4, 3], 1]) / 2
    template = Template("symmetric", (112, 112), tuple(map(tuple, symmetric)), 112)
    mirrored_landmarks = LANDMARKS[[1, 0, 2, 4, 3]] * (-1, 1) + (511, 0)
    crop = align(np.ascontiguousarray(astronaut[:, ::-1]), mirrored_landmarks.astype(np.float32), template)
    assert np.abs(pixels(crop[:, ::-1]) - pixels(align(astronaut, LANDMARKS, template))).mean() < 1


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
@pytest.mark.parametrize("shift", [(-300, 0), (400, 400), (0, -250)])
@pytest.mark.parametrize("factor", [1, 9])
def test_beyond_the_border_the_last_pixels_are_repeated(
    template: Template, shift: tuple[int, int], factor: int
) -> None:
    photo = np.full((512 * factor, 512 * factor, 3), (200, 100, 50), np.uint8)
    crop = align(photo, (LANDMARKS + np.array(shift, np.float32)) * np.float32(factor), template)
    assert (crop == (200, 100, 50)).all()


def test_the_similarity_is_the_least_squares_one() -> None:
    rng = np.random.default_rng(1)
    source = rng.normal(size=(5, 2))
    target = rng.normal(size=(5, 2))
    rows = np.concatenate([[[x, -y, 1, 0], [y, x, 0, 1]] for x, y in source])
    a, b, right, down = np.linalg.lstsq(rows, target.ravel())[0]
    expected = [[a, -b, right], [b, a, down], [0, 0, 1]]
    assert np.allclose(similarity(source, target), expected)


def test_landmarks_land_on_the_templates_points() -> None:
    exact = np.array(SCUT.points, np.float32) * 2 + 10
    placed = np.column_stack([exact, np.ones(5)]) @ to_crop(exact, SCUT).T
    expected = (np.array(SCUT.points) + 0.5) * 224 / 350 - 0.5
    assert np.allclose(placed[:, :2], expected, atol=1e-3)
