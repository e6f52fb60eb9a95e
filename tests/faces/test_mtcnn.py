import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from facescore.faces import FRAME, Face, bounded
from facescore.faces.alignment import resize
from facescore.faces.mtcnn import MTCNN, suppress, suppress_nested
from facescore.images import Image
from facescore.runtime import Network
from facescore.settings import CHECKPOINTS


@pytest.fixture(scope="module")
def package() -> Any:
    """The mtcnn package, the oracle for the conversion."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mtcnn = pytest.importorskip("mtcnn", reason="needs the development dependency mtcnn")
        return mtcnn.MTCNN()


def overlap(box: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Intersection over union of two boxes (left, top, width, height)."""
    sides = [max(0.0, min(box[i] + box[i + 2], other[i] + other[i + 2]) - max(box[i], other[i])) for i in (0, 1)]
    shared = sides[0] * sides[1]
    return shared / (box[2] * box[3] + other[2] * other[3] - shared)


@pytest.mark.parametrize(("name", "size"), [("pnet", 61), ("rnet", 24), ("onet", 48)])
def test_the_converted_networks_compute_what_the_packages_do(package: Any, name: str, size: int) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (3, size, size, 3), dtype=np.uint8)
    stage = {"pnet": 1, "rnet": 2, "onet": 3}[name]
    expected = package.get_stage(stage_id=stage).model((crops.astype(np.float32) - 127.5) / 128)
    outputs = Network((CHECKPOINTS / "face-detector" / f"{name}.tflite").read_bytes(), name)(crops)
    names = ("offsets", "landmarks", "face") if name == "onet" else ("offsets", "face")
    for key, tensor in zip(names, expected, strict=True):
        assert np.allclose(outputs[key], tensor.numpy(), atol=1e-4), key


@pytest.mark.parametrize("photo", ["astronaut", "hopper", "two_faces"])
def test_boxes_and_landmarks_are_the_packages(
    package: Any, detector: MTCNN, photo: str, request: pytest.FixtureRequest
) -> None:
    frame, _ = bounded(request.getfixturevalue(photo))
    ours = detector.detect(frame)
    theirs = sorted((row for row in package.detect_faces(frame)), key=lambda row: row["box"][0])
    assert len(ours) == len(theirs)
    for face, row in zip(ours, theirs, strict=True):
        assert overlap(face.box, tuple(row["box"])) > 0.85
        points = row["keypoints"]
        order = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
        expected = np.array([points[key] for key in order], np.float64)
        eyes = np.linalg.norm(expected[0] - expected[1])
        assert np.linalg.norm(face.landmarks - expected, axis=1).mean() < 0.06 * eyes


def test_landmarks_can_be_placed_in_another_detectors_boxes(detector: MTCNN, two_faces: Image) -> None:
    faces = detector.detect(two_faces)
    larger = [replace(face, box=tuple(np.add(face.box, (-5, -5, 10, 10)))) for face in faces]
    elsewhere = replace(faces[0], box=(0.0, 0.0, 40.0, 40.0))
    *placed, nothing = detector.landmarks(two_faces, [*larger, elsewhere])
    assert nothing is None
    for face, landmarks in zip(faces, placed, strict=True):
        assert landmarks is not None
        eyes = np.linalg.norm(face.landmarks[0] - face.landmarks[1])
        assert np.linalg.norm(landmarks - face.landmarks, axis=1).max() < 0.06 * eyes
    assert detector.landmarks(two_faces, []) == []


def test_faces_come_from_left_to_right_with_landmarks_where_they_belong(detector: MTCNN, two_faces: Image) -> None:
    faces = detector.detect(two_faces)
    assert len(faces) == 2
    assert faces[0].box[0] < faces[1].box[0]
    for face in faces:
        left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks
        assert left_eye[0] < nose[0] < right_eye[0]
        assert left_mouth[0] < right_mouth[0]
        assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
        assert 0.8 < face.confidence <= 1


def test_a_picture_without_a_face_gives_an_empty_list(detector: MTCNN, meadow: Image) -> None:
    assert detector.detect(meadow) == []
    assert detector.detect(np.zeros((32, 32, 3), np.uint8)) == []
    assert detector.detect(np.random.default_rng(0).integers(0, 256, (32, 4000, 3), dtype=np.uint8)) == []


@pytest.mark.parametrize("factor", [2, 5])
def test_a_larger_photo_gives_the_same_faces_in_its_own_pixels(detector: MTCNN, astronaut: Image, factor: int) -> None:
    (small,) = detector.detect(astronaut)
    (large,) = detector.detect(resize(astronaut, 512 * factor, 512 * factor))
    eyes = np.linalg.norm(small.landmarks[0] - small.landmarks[1])
    assert np.abs((large.landmarks + 0.5) / factor - 0.5 - small.landmarks).max() < 0.05 * eyes


def test_the_search_is_bounded_and_small_photos_stay_as_they_are(astronaut: Image, meadow: Image) -> None:
    frame, ratio = bounded(resize(astronaut, 3000, 1500))
    assert frame.shape == (FRAME // 2, FRAME, 3)
    assert ratio == pytest.approx([3000 / FRAME, 3000 / FRAME])
    assert bounded(meadow)[0] is meadow


def test_a_frame_keeps_every_place_of_a_photo_of_any_size() -> None:
    photo = np.zeros((1999, 1501, 3), np.uint8)
    photo[900:1000, 700:800] = 255
    frame, ratio = bounded(photo)
    across, down = (np.average(np.arange(frame.shape[1 - axis]), weights=frame.sum(axis=(axis, 2))) for axis in (0, 1))
    assert (np.array([across, down]) + 0.5) * ratio - 0.5 == pytest.approx([749.5, 949.5], abs=0.5)


def test_the_same_photo_gives_the_same_faces_from_many_threads(detector: MTCNN, two_faces: Image) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def boxes(faces: list[Face]) -> list[tuple[float, ...]]:
        return [face.box for face in faces]

    expected = boxes(detector.detect(two_faces))
    with ThreadPoolExecutor(4) as pool:
        for faces in pool.map(detector.detect, [two_faces] * 8):
            assert boxes(faces) == expected


def test_suppression_keeps_the_most_confident_of_overlapping_boxes() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30], [2, 2, 6, 6]], np.float32)
    confidence = np.array([0.8, 0.9, 0.7, 0.6], np.float32)
    assert list(suppress(boxes, confidence, 0.5)) == [1, 2, 3]
    assert list(suppress_nested(boxes, confidence, 0.5)) == [1, 2]
    assert len(suppress(boxes[:0], confidence[:0], 0.5)) == 0


def test_a_moved_face_is_refined_to_where_a_search_finds_it(detector: MTCNN, astronaut: Image) -> None:
    (before,) = detector.detect(astronaut)
    frame = np.roll(astronaut, (8, -12), axis=(0, 1))
    (after,), (found,) = detector.refine(frame, [before]), detector.detect(frame)
    assert after
    assert overlap(after.box, found.box) > 0.85
    assert np.abs(after.landmarks - found.landmarks).max() < 0.05 * before.box[2]


def test_a_face_that_has_left_or_coincides_with_another_is_not_refined(
    detector: MTCNN, astronaut: Image, meadow: Image
) -> None:
    (face,) = detector.detect(astronaut)
    assert detector.refine(meadow, [face]) == [None]
    assert detector.refine(astronaut, [face, face]).count(None) == 1
    assert detector.refine(astronaut, []) == []
