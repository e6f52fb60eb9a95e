import json
import math
from dataclasses import replace

import numpy as np
import pytest

from facescore import FaceScore, InvalidRequest, Scorer, read_image
from facescore.faces import Face
from facescore.faces.alignment import resize
from facescore.faces.quality import Quality
from facescore.images import Image
from facescore.intervals import Interval
from facescore.scoring.scorer import BEAUTY_NETWORKS, WARNINGS, rating_interval, warnings_for
from tests.faces.test_search import CASES


@pytest.fixture(scope="module")
def faces(scorer: Scorer, two_faces: Image) -> list[FaceScore]:
    return scorer.score(two_faces)


def test_every_face_is_scored_from_left_to_right(faces: list[FaceScore]) -> None:
    assert len(faces) == 2
    assert faces[0].face.box[0] < faces[1].face.box[0]
    for face in faces:
        assert 1 <= face.beauty_interval[0] < face.beauty < face.beauty_interval[1] <= 5
        assert 0 <= face.percentile_interval[0] < face.percentile < face.percentile_interval[1] <= 100
        assert 0 < face.attractive < 1


def test_a_face_scores_the_same_in_company_as_alone(scorer: Scorer, faces: list[FaceScore], astronaut: Image) -> None:
    (alone,) = scorer.score(astronaut)
    assert alone.beauty == pytest.approx(faces[1].beauty, abs=0.15)
    assert alone.attractive == pytest.approx(faces[1].attractive, abs=0.15)


def test_photos_scored_together_score_as_each_alone(scorer: Scorer, two_faces: Image, meadow: Image) -> None:
    photos = [two_faces, meadow, *[two_faces] * 9]  # 20 faces: more than one batch
    alone, together = scorer.score(two_faces), scorer.score_many(photos)
    assert [len(faces) for faces in together] == [2, 0] + 9 * [2]
    for faces in together[:1] + together[2:]:
        assert [face.face.box for face in faces] == [face.face.box for face in alone]
        assert [face.beauty for face in faces] == pytest.approx([face.beauty for face in alone], abs=1e-4)
        assert [face.attractive for face in faces] == pytest.approx([face.attractive for face in alone], abs=1e-4)


def test_a_mirrored_photo_scores_nearly_the_same(scorer: Scorer, astronaut: Image) -> None:
    (face,), (mirrored,) = scorer.score(astronaut), scorer.score(np.ascontiguousarray(astronaut[:, ::-1]))
    assert mirrored.beauty == pytest.approx(face.beauty, abs=0.15)


def test_a_larger_photo_scores_nearly_the_same(scorer: Scorer, astronaut: Image) -> None:
    (face,), (larger,) = scorer.score(astronaut), scorer.score(resize(astronaut, 1536, 1536))
    assert larger.beauty == pytest.approx(face.beauty, abs=0.15)


def test_no_face_is_an_empty_list(scorer: Scorer, meadow: Image) -> None:
    assert scorer.score(meadow) == []


def test_the_group_moves_the_percentile_and_nothing_else(scorer: Scorer, astronaut: Image) -> None:
    (everyone,), (men,) = scorer.score(astronaut), scorer.score(astronaut, group="AM")
    assert men.group == "AM"
    assert men.beauty == everyone.beauty
    assert men.percentile != everyone.percentile


def test_an_unknown_group_is_refused_even_without_a_face(scorer: Scorer, meadow: Image) -> None:
    with pytest.raises(InvalidRequest, match="XX"):
        scorer.score(meadow, group="XX")


def test_the_explanation_adds_up_to_what_sets_the_face_apart(scorer: Scorer, faces: list[FaceScore]) -> None:
    card = scorer.beauty.card
    mean = card.bias + np.sum(card.mean_contribution)
    for face in faces:
        assert mean + face.beauty_explanation.contribution.sum() == pytest.approx(face.beauty, abs=1e-3)
    card = scorer.attractive.card
    mean = card.bias + np.sum(card.mean_contribution)
    for face in faces:
        logit = mean + face.attractive_explanation.contribution.sum()
        assert 1 / (1 + np.exp(-logit)) == pytest.approx(face.attractive, abs=1e-3)


def test_the_report_is_json_and_says_what_the_face_says(faces: list[FaceScore]) -> None:
    report = json.loads(json.dumps(faces[0].to_dict()))
    assert report["beauty"] == pytest.approx(faces[0].beauty, abs=1e-3)
    assert report["group"] == "all"
    assert len(report["landmarks"]) == 5


def test_the_interval_is_the_one_of_the_scores_range(scorer: Scorer) -> None:
    card = replace(scorer.beauty.card, intervals=(Interval(2.0, -0.5, 0.25), Interval(None, -1.0, 1.0)))
    assert rating_interval(1.8, card, math.nan) == pytest.approx((1.3, 2.05))
    assert rating_interval(2.0, card, math.nan) == pytest.approx((1.0, 3.0))
    assert rating_interval(4.9, card, math.nan) == pytest.approx((3.9, 5.0))


FACE = Face((0, 0, 80, 100), np.array([[20, 40], [60, 40], [40, 60], [25, 80], [55, 80]], np.float32), 0.99)
SIDEWAYS = replace(FACE, landmarks=np.ascontiguousarray(FACE.landmarks[:, ::-1] * np.array([-1, 1], np.float32)))
FINE = Quality(size=90, sharpness=0.6, turn=0.1, light=200, glare=0.0, outside=0.0, covered=-1.0)
THRESHOLDS = {"size": 20.0, "sharpness": 0.3, "turn": 0.4, "light": 90.0, "glare": 0.2, "outside": 0.05}


@pytest.mark.parametrize(
    ("found", "distance", "warnings"),
    [
        (FINE, 1.0, ()),
        (replace(FINE, size=15), 1.0, ("small",)),
        (replace(FINE, sharpness=0.2), 1.0, ("blurred",)),
        (replace(FINE, turn=0.5), 1.0, ("turned",)),
        (replace(FINE, light=60), 1.0, ("dark",)),
        (replace(FINE, glare=0.4), 1.0, ("bright",)),
        (replace(FINE, outside=0.2), 1.0, ("cut",)),
        (FINE, 2.0, ("unlike",)),
        (replace(FINE, size=15, sharpness=0.2, turn=0.5), math.nan, ("small", "blurred", "turned")),
    ],
)
def test_faces_beyond_a_measured_threshold_get_a_warning(
    found: Quality, distance: float, warnings: tuple[str, ...]
) -> None:
    assert warnings_for(FACE, found, distance, THRESHOLDS | {"distance": 1.8}) == warnings
    assert set(warnings) <= set(WARNINGS)
    assert warnings_for(FACE, found, distance, {}) == ()


def test_what_the_detector_and_the_crop_say_needs_no_threshold() -> None:
    assert warnings_for(replace(FACE, unsure=True), FINE, 1.0) == ("unsure",)
    assert warnings_for(SIDEWAYS, FINE, 1.0) == ("rotated",)
    assert warnings_for(FACE, replace(FINE, covered=0.1), 1.0) == ("covered",)


def test_one_networks_threshold_is_enough() -> None:
    small = replace(FINE, size=25)
    assert warnings_for(FACE, small, 1.0, {"size": 20.0}, {"size": 30.0}) == ("small",)
    assert warnings_for(FACE, small, 1.0, {"size": 20.0}, {"light": 90.0}) == ()


@pytest.mark.parametrize("network", BEAUTY_NETWORKS)
@pytest.mark.parametrize(
    ("picture", "warning"),
    [
        ("dark.png", "dark"),
        ("cut_left_half.jpg", "cut"),
        ("cut_above_eyes.jpg", "cut"),
        ("cut_below_mouth.jpg", "cut"),
        ("occluded_mask.jpg", "covered"),
        ("sideways_astronaut.jpg", "rotated"),
        ("headfirst_hopper.jpg", "rotated"),
    ],
)
def test_doubt_is_said_whatever_network_rates(scorer: Scorer, network: str, picture: str, warning: str) -> None:
    (face,) = scorer.with_beauty(network).score(read_image(CASES / picture))
    assert warning in face.warnings
    assert warning in face.to_dict()["warnings"]


@pytest.mark.parametrize("network", BEAUTY_NETWORKS)
def test_an_ordinary_photo_gets_no_warning(scorer: Scorer, network: str, astronaut: Image) -> None:
    (face,) = scorer.with_beauty(network).score(astronaut)
    assert face.warnings == ()
    assert face.to_dict()["rotation"] == 0


def test_what_is_said_of_the_photo_is_the_same_whatever_network_rates(scorer: Scorer, hopper: Image) -> None:
    mine, others = (scorer.with_beauty(network).score(hopper)[0].warnings for network in BEAUTY_NETWORKS)
    assert mine == others


@pytest.mark.parametrize(
    ("picture", "upright"), [("sideways_astronaut.jpg", "astronaut"), ("headfirst_hopper.jpg", "hopper")]
)
def test_a_turned_photo_scores_as_the_upright_one(
    scorer: Scorer, picture: str, upright: str, request: pytest.FixtureRequest
) -> None:
    (turned,) = scorer.score(read_image(CASES / picture))
    (expected,) = scorer.score(request.getfixturevalue(upright))
    assert turned.beauty == pytest.approx(expected.beauty, abs=0.1)
    assert turned.attractive == pytest.approx(expected.attractive, abs=0.05)


def test_another_network_may_predict_the_rating(scorer: Scorer, astronaut: Image) -> None:
    other = scorer.with_beauty("beauty-resnet50")
    (mine,), (others,) = scorer.score(astronaut), other.score(astronaut)
    assert mine.beauty != others.beauty
    assert mine.attractive == others.attractive
    assert others.beauty_interval[0] < others.beauty < others.beauty_interval[1]
    with pytest.raises(InvalidRequest, match="There is no network"):
        scorer.with_beauty("../attractive")
