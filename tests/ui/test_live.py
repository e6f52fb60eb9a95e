"""What the tab answers to a frame; the tab itself is driven in tests/browser."""

import base64
import io
from typing import Any

import numpy as np
import PIL.Image
import pytest

from facescore import InvalidImage, InvalidRequest, Scorer
from facescore.images import Image
from facescore.ui import live
from facescore.ui.live import Cameras
from facescore.ui.words import LANGUAGES, say


@pytest.fixture(scope="module")
def two_faces(two_faces: Image) -> Image:
    """As small as the browser sends it."""
    return np.ascontiguousarray(two_faces[::2, ::2])


@pytest.fixture
def cameras(scorer: Scorer) -> Cameras:
    return Cameras(scorer)


def question(frame: Image, seconds: float = 0.0, camera: str = "mine") -> dict[str, Any]:
    file = io.BytesIO()
    PIL.Image.fromarray(frame).save(file, "PNG")
    return {"frame": base64.b64encode(file.getvalue()).decode(), "camera": camera, "seconds": seconds}


def numbers(answer: dict[str, Any]) -> list[int]:
    return [track["number"] for track in answer["tracks"]]


def test_every_face_is_answered_with_its_place_and_scores(cameras: Cameras, two_faces: Image) -> None:
    answer = cameras.look(question(two_faces), "en")
    for track, face in zip(answer["tracks"], cameras.scorer.score(two_faces), strict=True):
        assert track["box"] == pytest.approx(face.face.box, abs=0.1)
        assert track["beauty"] == pytest.approx(face.beauty, abs=0.001)
        assert track["attractive"] == pytest.approx(face.attractive, abs=0.001)


def test_a_refused_frame_gives_its_place_back(cameras: Cameras, two_faces: Image) -> None:
    wrong = {"frame": base64.b64encode(b"hello").decode(), "camera": "mine", "seconds": 0}
    for _ in range(live.AT_ONCE + 1):
        with pytest.raises(InvalidImage):
            cameras.look(wrong, "en")
    assert numbers(cameras.look(question(two_faces), "en")) == [1, 2]


def test_too_many_frames_at_once_are_refused(
    cameras: Cameras, two_faces: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PATIENCE", 0.01)
    for _ in range(live.AT_ONCE):
        cameras._places.acquire()
    with pytest.raises(InvalidRequest, match="Too many cameras"):
        cameras.look(question(two_faces), "en")


def test_numbers_are_kept_from_frame_to_frame_of_one_camera_only(cameras: Cameras, two_faces: Image) -> None:
    right = two_faces.copy()
    right[:, : right.shape[1] // 2] = 128
    assert numbers(cameras.look(question(two_faces), "en")) == [1, 2]
    assert numbers(cameras.look(question(right, 0.4), "en")) == [1, 2]
    assert numbers(cameras.look(question(right, 0.4, "another"), "en")) == [1]


def test_a_camera_is_forgotten_after_its_last_frame(
    cameras: Cameras, two_faces: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    cameras.look(question(two_faces), "en")
    monkeypatch.setattr(live, "FORGOTTEN", 0.0)
    cameras.look(question(two_faces, camera="another"), "en")
    assert cameras.names() == ["another"]


def test_only_so_many_cameras_are_remembered(cameras: Cameras, meadow: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_CAMERAS", 3)
    for camera in "abcde":
        cameras.look(question(meadow, camera=camera), "en")
    assert cameras.names() == ["c", "d", "e"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_says_both_scores_interval_and_percentile(cameras: Cameras, astronaut: Image, language: str) -> None:
    (face,) = cameras.scorer.score(astronaut)
    line = cameras.look(question(astronaut), language)["lines"]
    for number in (face.beauty, *face.beauty_interval):
        assert f"{number:.2f}" in line
    assert f"{face.percentile:.0f}" in line
    assert f"{100 * face.attractive:.0f} <small>%" in line
    assert line.count("<li") == 1


def test_a_view_without_a_face_says_what_to_do(cameras: Cameras, meadow: Image) -> None:
    answer = cameras.look(question(meadow), "en")
    assert answer["tracks"] == []
    assert say("live.no_face") in answer["lines"]


def test_what_is_not_a_picture_is_refused(cameras: Cameras) -> None:
    with pytest.raises(InvalidImage):
        cameras.look({"frame": base64.b64encode(b"hello").decode(), "camera": "mine", "seconds": 0}, "en")
