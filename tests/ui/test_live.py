"""What the tab answers to a frame; the tab itself is driven in tests/browser."""

import base64
import io
import json
from typing import Any

import numpy as np
import PIL.Image
import pytest

from facescore import InvalidImage, Scorer
from facescore.images import Image
from facescore.ui.live import look
from facescore.ui.words import LANGUAGES, say


@pytest.fixture(scope="module")
def two_faces(two_faces: Image) -> Image:
    """As small as the browser sends it."""
    return np.ascontiguousarray(two_faces[::2, ::2])


def question(frame: Image, tracks: list[dict[str, Any]] | None = None, seconds: float = 0.0) -> dict[str, Any]:
    file = io.BytesIO()
    PIL.Image.fromarray(frame).save(file, "PNG")
    return {"frame": base64.b64encode(file.getvalue()).decode(), "tracks": tracks or [], "seconds": seconds}


def test_every_face_is_answered_with_its_place_and_score(scorer: Scorer, two_faces: Image) -> None:
    answer = look(scorer, question(two_faces), "en")
    for track, face in zip(answer["tracks"], scorer.score(two_faces), strict=True):
        assert track["box"] == face.face.box
        assert track["beauty"] == face.beauty


def test_an_answer_sent_back_with_the_next_frame_keeps_the_numbers(scorer: Scorer, two_faces: Image) -> None:
    first = json.loads(json.dumps(look(scorer, question(two_faces), "en")))
    second = look(scorer, question(two_faces, first["tracks"], 0.1), "en")
    assert [track["number"] for track in second["tracks"]] == [1, 2]
    assert second["tracks"][0]["seen"] == 0.1
    assert second["tracks"][0]["beauty"] == pytest.approx(first["tracks"][0]["beauty"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_says_rating_interval_and_percentile(scorer: Scorer, astronaut: Image, language: str) -> None:
    (face,) = scorer.score(astronaut)
    line = look(scorer, question(astronaut), language)["lines"]
    for number in (face.beauty, *face.beauty_interval):
        assert f"{number:.2f}" in line
    assert f"{face.percentile:.0f}" in line
    assert line.count("<li>") == 1


def test_a_view_without_a_face_says_what_to_do(scorer: Scorer, meadow: Image) -> None:
    answer = look(scorer, question(meadow), "en")
    assert answer["tracks"] == []
    assert say("live.no_face") in answer["lines"]


def test_what_is_not_a_picture_is_refused(scorer: Scorer) -> None:
    with pytest.raises(InvalidImage):
        look(scorer, {"frame": base64.b64encode(b"hello").decode(), "tracks": [], "seconds": 0}, "en")
