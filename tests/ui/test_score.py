"""What the tab shows of a photo; the page itself is driven in tests/browser."""

import base64
import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from facescore import FaceScore, Scorer
from facescore.images import Image, read_image
from facescore.scoring.percentile import GROUPS
from facescore.scoring.scorer import WARNINGS
from facescore.ui import charts, downloads, pictures, score
from facescore.ui.cards import details, ordinal, overview
from facescore.ui.words import say

LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def faces(scorer: Scorer, two_faces: Image) -> list[FaceScore]:
    return scorer.score(two_faces)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "1st"), (2.4, "2nd"), (3, "3rd"), (11, "11th"), (12.6, "13th"), (21, "21st"), (53, "53rd"), (99.9, "99th")],
)
def test_percentiles_are_said_as_people_do(value: float, said: str) -> None:
    assert ordinal(value) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_face_is_shown_with_its_interval_and_its_place(faces: list[FaceScore], scorer: Scorer, language: str) -> None:
    html = details(faces[0], 1, scorer.distribution, scorer.attractive.card, language)
    low, high = faces[0].beauty_interval
    for number in (f"{faces[0].beauty:.2f}", f"{low:.2f}", f"{high:.2f}", f"{faces[0].attractive:.0%}"):
        assert number in html
    assert html.count('role="img" aria-label="') == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_an_interval_may_be_too_narrow_is_told(faces: list[FaceScore], scorer: Scorer, language: str) -> None:
    for warning, sentence in WARNINGS.items():
        assert say(f"score.warning_{warning}") == sentence
        face = replace(faces[0], warnings=(warning,))
        html = details(face, 1, scorer.distribution, scorer.attractive.card, language)
        assert html.count('class="warning"') == 1
        assert say(f"score.warning_{warning}", language) in html


def test_several_faces_stand_in_a_table_and_one_does_not(faces: list[FaceScore]) -> None:
    assert overview(faces, "en").count("<tr>") == 3
    assert overview(faces[:1], "en") == ""


@pytest.mark.parametrize("group", GROUPS)
def test_the_drawing_marks_score_and_interval(scorer: Scorer, group: str) -> None:
    html = charts.distribution(scorer.distribution, group, 3.0, (2.0, 4.0), "en")
    width = charts.WIDTH
    assert f'class="interval" x="{width / 4:.1f}" y="0" width="{width / 2:.1f}"' in html
    assert f'class="mark" x="{width / 2 - 1.5:.1f}"' in html


def test_the_parts_of_a_face_make_up_the_whole_difference(faces: list[FaceScore]) -> None:
    for explanation in (faces[0].beauty_explanation, faces[0].attractive_explanation):
        regions = explanation.regions()
        assert sum(regions.values()) == pytest.approx(explanation.contribution.sum(), abs=1e-4)
        html = charts.regions(regions, "points", "en")
        for value in regions.values():
            assert f"{value:+.2f}" in html


def test_what_is_saved_holds_what_is_shown(faces: list[FaceScore]) -> None:
    report = {"faces": [face.to_dict() for face in faces]}
    html = downloads.links(report, faces[1], 2, "en")
    files = dict(re.findall(r'download="([^"]+)" href="data:[^;]+;base64,([^"]+)"', html))
    contents = {name: base64.b64decode(text) for name, text in files.items()}
    assert json.loads(contents["facescore.json"]) == report
    rows = list(csv.DictReader(io.StringIO(contents["facescore.csv"].decode())))
    assert [float(row["beauty"]) for row in rows] == [face["beauty"] for face in report["faces"]]
    assert float(rows[0]["beauty_low"]) == report["faces"][0]["beauty_interval"][0]
    assert [row["warnings"].split() for row in rows] == [face["warnings"] for face in report["faces"]]
    card = np.asarray(PIL.Image.open(io.BytesIO(contents["facescore-2.png"])))
    assert card.shape == (downloads.HEIGHT, downloads.WIDTH, 3)


def shown(scorer: Scorer, photo: Path | None, **choices: Any) -> tuple[Any, ...]:
    asked: dict[str, Any] = {"group": "all", "chosen": 1, "shown_map": "beauty", "language": "en"} | choices
    return score.show(scorer, None if photo is None else str(photo), **asked)


def test_a_face_is_opened_by_its_number_and_by_a_click(scorer: Scorer, two_faces: Image, tmp_path: Path) -> None:
    large = np.kron(two_faces, np.ones((2, 2, 1), np.uint8))  # wider than the picture with boxes
    PIL.Image.fromarray(large).save(tmp_path / "two.png")
    first, second = (shown(scorer, tmp_path / "two.png", chosen=number) for number in (1, 2))
    assert "Face 1" in first[2]
    assert "Face 2" in second[2]
    assert first[-1] == second[-1]
    for number, face in enumerate(first[-1]["faces"], 1):
        left, top, width, height = face["box"]
        scale = first[0]["value"].shape[1] / large.shape[1]
        point = (scale * (left + width / 2), scale * (top + height / 2))
        assert f"Face {number}" in shown(scorer, tmp_path / "two.png", chosen=point)[2]


def test_either_networks_map_is_shown(scorer: Scorer, astronaut_path: Path) -> None:
    (face,) = scorer.score(read_image(astronaut_path))
    explanations = (face.beauty_explanation, face.attractive_explanation)
    for name, explanation in zip(score.MAPS, explanations, strict=True):
        html = shown(scorer, astronaut_path, shown_map=name)[4]
        for image in explanation.side_by_side(score.MAP_SIZE):
            assert f'src="{pictures.address(image)}" alt="' in html
        assert say(f"score.map_{name}") in html


def test_without_a_face_the_page_says_what_to_do(scorer: Scorer, meadow: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(meadow).save(tmp_path / "meadow.png")
    (tmp_path / "text.jpg").write_text("hello")
    assert "No face was found" in shown(scorer, tmp_path / "meadow.png")[2]
    refused = shown(scorer, tmp_path / "text.jpg")
    assert 'role="alert"' in refused[2]
    assert refused[0]["value"] is None
    assert "Upload a photo" in shown(scorer, None)[2]


def test_a_photo_that_was_deleted_is_told_without_its_path(scorer: Scorer, tmp_path: Path) -> None:
    said = shown(scorer, tmp_path / "gone.jpg")[2]
    assert say("errors.gone") in said
    assert str(tmp_path) not in said


def test_refusals_are_told_in_the_visitors_language(scorer: Scorer, meadow: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(meadow).save(tmp_path / "meadow.png")
    PIL.Image.fromarray(meadow[:20, :30]).save(tmp_path / "small.png")
    assert say("errors.no_face", "zh") in shown(scorer, tmp_path / "meadow.png", language="zh")[2]
    said = shown(scorer, tmp_path / "small.png", language="zh")[2]
    assert say("errors.too_small", "zh", width=30, height=20, least=32) in said
