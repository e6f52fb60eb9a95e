from pathlib import Path

import cv2
import numpy as np
import pytest

from facescore.faces import Face, largest, search
from facescore.faces.alignment import align, resize
from facescore.faces.mtcnn import MTCNN
from facescore.faces.search import find
from facescore.images import Image, read_image
from facescore.templates import ARCFACE

CASES = Path(__file__).parents[1] / "cases" / "pictures"


class Counting(MTCNN):
    """Counts how many pixels it is asked to search, in frames."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, ...]] = []

    def detect(self, image: Image) -> list[Face]:
        self.asked.append(image.shape[:2])
        return super().detect(image)


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.mark.parametrize("photo", ["astronaut", "hopper", "two_faces"])
def test_an_upright_photo_is_searched_once_and_its_faces_stay_as_they_are(
    counting: Counting, photo: str, request: pytest.FixtureRequest
) -> None:
    image = request.getfixturevalue(photo)
    found, detected = find(counting, image), MTCNN().detect(image)
    assert len(counting.asked) == 1
    for face, before in zip(found, detected, strict=True):
        assert face.box == before.box
        assert np.array_equal(face.landmarks, before.landmarks)
        assert (face.confidence, face.rotation, face.unsure) == (before.confidence, 0, False)


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("photo", ["astronaut", "hopper"])
def test_a_turned_photo_gives_the_upright_ones_face_and_says_how_it_lies(
    detector: MTCNN, photo: str, quarters: int, request: pytest.FixtureRequest
) -> None:
    image = request.getfixturevalue(photo)
    (upright,) = find(detector, image)
    (face,) = find(detector, np.ascontiguousarray(np.rot90(image, -quarters)))
    assert face.rotation == 90 * quarters
    crops = [
        align(one, of.landmarks, ARCFACE).astype(float)
        for one, of in ((image, upright), (np.ascontiguousarray(np.rot90(image, -quarters)), face))
    ]
    assert np.abs(crops[0] - crops[1]).mean() < 8
    left, top, width, height = face.box
    assert ((face.landmarks > (left, top)) & (face.landmarks < (left + width, top + height))).all()


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_lying_face_of_which_the_detector_is_not_sure_is_marked(
    detector: MTCNN, astronaut: Image, quarters: int
) -> None:
    (whole,) = find(detector, astronaut)
    left, top, width, height = (round(value) for value in whole.box)
    covered = astronaut.copy()
    covered[top + round(0.75 * height) : top + height + 10, left - 10 : left + width + 10] = 90  # mouth and chin
    (face,) = find(detector, np.ascontiguousarray(np.rot90(covered, -quarters)))
    assert face.rotation == 90 * quarters
    assert face.unsure


def test_a_photo_without_a_face_costs_four_searches_and_three_small_ones(counting: Counting, meadow: Image) -> None:
    assert find(counting, meadow) == []
    assert len(counting.asked) == 7
    assert all(max(shape) <= 300 for shape in counting.asked[4:])


@pytest.mark.parametrize("direction", ["down", "across"])
def test_a_face_in_a_long_picture_is_found_where_it_is(detector: MTCNN, astronaut: Image, direction: str) -> None:
    small = resize(astronaut, 300, 300)
    long = np.full((3600, 300, 3), 240, np.uint8)
    long[1910:2210] = small
    (expected,) = find(detector, small)
    place = np.array([0, 1910], np.float32)
    if direction == "across":
        long = np.full((300, 3600, 3), 240, np.uint8)
        long[:, 1910:2210] = small
        place = np.array([1910, 0], np.float32)
    (face,) = find(detector, long)
    assert np.abs(face.landmarks - expected.landmarks - place).max() < 6


def test_the_search_of_a_long_picture_is_bounded(counting: Counting) -> None:
    find(counting, np.zeros((64, 16000, 3), np.uint8))
    assert len(counting.asked) <= search.MOST_SQUARES + 1


def test_a_long_screenshot_shows_its_face(detector: MTCNN) -> None:
    (face,) = find(detector, read_image(CASES / "tall_screenshot.jpg"))
    assert not face.unsure


@pytest.mark.parametrize("share", [0.42, 0.48])
@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_a_large_face_that_the_border_halves_is_found_where_it_is(
    detector: MTCNN, hopper: Image, side: str, share: float
) -> None:
    (whole,) = find(detector, hopper)
    left, top, width, height = whole.box
    x, y = round(left + share * width), round(top + share * height)
    right, bottom = round(left + (1 - share) * width), round(top + (1 - share) * height)
    parts = {"left": hopper[:, x:], "top": hopper[y:], "right": hopper[:, :right], "bottom": hopper[:bottom]}
    (face,) = find(detector, np.ascontiguousarray(parts[side]))
    start = np.array([x if side == "left" else 0, y if side == "top" else 0])
    # The half that is in the photo; where the other landmarks are can only be guessed.
    inside = (whole.landmarks >= start).all(axis=1) & (whole.landmarks < start + parts[side].shape[1::-1]).all(axis=1)
    assert np.abs(face.landmarks + start - whole.landmarks)[inside].max() < 0.15 * width


def test_what_is_too_small_for_its_box_is_no_face(detector: MTCNN, astronaut: Image) -> None:
    (face,) = detector.detect(astronaut)
    middle = face.landmarks.mean(axis=0)

    def shrunk(share: float) -> Face:
        return Face(face.box, middle + np.float32(share) * (face.landmarks - middle), face.confidence)

    assert search.is_sure(detector, face)
    assert not search.is_sure(detector, shrunk(0.8))
    kept = search._marked(detector, [face, shrunk(0.75), shrunk(0.5)])
    assert [one.unsure for one in kept] == [False, True]


def test_a_face_of_which_the_detector_is_not_sure_is_marked(detector: MTCNN, astronaut: Image) -> None:
    (face,) = detector.detect(astronaut)
    (marked,) = search._marked(detector, [Face(face.box, face.landmarks, 0.85)])
    assert marked.unsure


@pytest.mark.slow
def test_turned_faces_of_the_data_sets_are_found_as_they_lie(detector: MTCNN, data: Path) -> None:
    pictures = sorted((data / "SCUT-FBP5500_v2" / "Images").glob("*.jpg"))[::110]
    for quarters in (1, 2, 3):
        found = [find(detector, np.ascontiguousarray(np.rot90(read_image(path), -quarters))) for path in pictures]
        right = sum(bool(faces) and largest(faces).rotation == 90 * quarters for faces in found)
        assert right >= 0.9 * len(pictures)
        wrong = [face for faces in found for face in faces if face.rotation != 90 * quarters and not face.unsure]
        assert len(wrong) <= 0.05 * len(pictures)


def test_a_large_photo_is_turned_in_the_frame_and_not_in_full(counting: Counting, hopper: Image) -> None:
    large = np.ascontiguousarray(cv2.resize(hopper, (2000, 2000))[::-1, ::-1], dtype=np.uint8)
    assert largest(find(counting, large)).rotation == 180
    assert all(max(shape) <= 480 for shape in counting.asked[1:])


def test_faces_are_ordered_row_by_row() -> None:
    def face(left: int, top: int) -> Face:
        return Face((left, top, 100, 100), np.array(ARCFACE.points, np.float32), 1.0)

    behind = [face(250, 20), face(20, 45)]  # one row, although the left one stands a little lower
    before = [face(10, 190), face(310, 170)]
    shuffled = [before[1], behind[0], before[0], behind[1]]
    assert search.in_reading_order(shuffled) == [behind[1], behind[0], before[0], before[1]]
