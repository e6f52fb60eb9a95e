import cv2
import numpy as np
import numpy.typing as npt
import pytest

from facescore.faces import Face, largest
from facescore.faces.alignment import align, resize
from facescore.faces.mtcnn import MTCNN
from facescore.faces.quality import Quality, measure
from facescore.images import Image
from facescore.templates import ARCFACE

FRONTAL = np.array([[40, 50], [80, 50], [60, 70], [45, 90], [75, 90]], np.float32)


@pytest.fixture(scope="module")
def face(detector: MTCNN, astronaut: Image) -> Face:
    return largest(detector.detect(astronaut))


def of(image: Image, face: Face, scale: float = 1.0) -> Quality:
    return of_landmarks(image, face.landmarks * np.float32(scale))


def of_landmarks(image: Image, landmarks: npt.NDArray[np.float32]) -> Quality:
    return measure(align(image, landmarks, ARCFACE), landmarks, width=image.shape[1], height=image.shape[0])


def test_the_size_is_the_distance_between_the_eyes(astronaut: Image, face: Face) -> None:
    half = resize(astronaut, astronaut.shape[1] // 2, astronaut.shape[0] // 2)
    assert of(half, face, 0.5).size == pytest.approx(of(astronaut, face).size / 2)


def test_a_blurred_or_enlarged_face_is_less_sharp(astronaut: Image, face: Face) -> None:
    sharp = of(astronaut, face).sharpness
    blurred = cv2.GaussianBlur(astronaut, (0, 0), 4).astype(np.uint8)
    assert of(blurred, face).sharpness < 0.6 * sharp
    small = resize(astronaut, astronaut.shape[1] // 6, astronaut.shape[0] // 6)
    assert of(small, face, 1 / 6).sharpness < 0.6 * sharp


def test_a_darker_face_is_as_sharp(astronaut: Image, face: Face) -> None:
    darker = (astronaut * 0.6).astype(np.uint8)
    assert of(darker, face).sharpness == pytest.approx(of(astronaut, face).sharpness, rel=0.05)


def test_a_face_without_any_contrast_is_not_sharp() -> None:
    assert of_landmarks(np.full((120, 120, 3), 90, np.uint8), FRONTAL).sharpness == 0.0


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("degrees", [0, 40])
def test_the_nose_tells_how_far_a_face_is_turned_whichever_way_the_head_is_held(side: int, degrees: int) -> None:
    angle = np.radians(degrees)
    hold = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = FRONTAL.copy()
    turned[2, 0] += side * 10
    blank = np.zeros((160, 160, 3), np.uint8)
    assert of_landmarks(blank, (FRONTAL @ hold).astype(np.float32)).turn == pytest.approx(0.0, abs=1e-5)
    assert of_landmarks(blank, (turned @ hold).astype(np.float32)).turn == pytest.approx(0.25, abs=1e-5)


def test_light_is_that_of_the_brighter_parts_whatever_the_rest(astronaut: Image, face: Face) -> None:
    darker = (astronaut * 0.25).astype(np.uint8)
    assert of(darker, face).light == pytest.approx(0.25 * of(astronaut, face).light, abs=2)
    assert of(astronaut, face).light > 150
    half_shaded = astronaut.copy()
    half_shaded[:, : round(face.landmarks[2, 0])] //= 4
    assert of(half_shaded, face).light > 150


def test_glare_is_the_share_that_is_white(astronaut: Image, face: Face) -> None:
    assert of(astronaut, face).glare < 0.05
    assert of(np.full_like(astronaut, 255), face).glare == 1.0


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_what_lies_beyond_the_border_is_counted(astronaut: Image, face: Face, side: str) -> None:
    assert of(astronaut, face).outside == 0.0
    nose_x, nose_y = (round(float(value)) for value in face.landmarks[2])
    landmarks, part = face.landmarks.copy(), astronaut
    if side == "left":
        part, landmarks = part[:, nose_x:], landmarks - np.array([nose_x, 0], np.float32)
    elif side == "top":
        part, landmarks = part[nose_y:], landmarks - np.array([0, nose_y], np.float32)
    elif side == "right":
        part = part[:, :nose_x]
    else:
        part = part[:nose_y]
    assert of_landmarks(np.ascontiguousarray(part), landmarks).outside == pytest.approx(0.5, abs=0.15)
