"""The same face under other light, blur, compression, colour, turn and crop."""

import time

import numpy as np
import pytest

from facescore import FaceScore, Scorer
from facescore.images import Image
from facescore.scoring import sweeps
from facescore.scoring.sweeps import KINDS, Sweep, View, around, sweep


@pytest.fixture(scope="module")
def face(scorer: Scorer, astronaut: Image) -> FaceScore:
    (only,) = scorer.score(astronaut)
    return only


@pytest.fixture(scope="module")
def swept(scorer: Scorer, astronaut: Image, face: FaceScore) -> dict[str, Sweep]:
    return sweep(astronaut, face.face.landmarks, scorer)


def test_the_photo_as_it_is_has_its_own_scores_in_every_sweep(swept: dict[str, Sweep], face: FaceScore) -> None:
    for one in swept.values():
        own = one.unchanged
        assert one.beauty[own] == pytest.approx(face.beauty, abs=1e-3)
        assert one.intervals[own] == pytest.approx(face.beauty_interval, abs=1e-3)
        assert one.attractive[own] == pytest.approx(face.attractive, abs=1e-3)
        apart = np.abs(one.crops[own].astype(int) - face.beauty_explanation.crop)
        assert apart.max() <= 1  # gray levels: the warp rounds coordinates


def test_every_level_has_its_scores(swept: dict[str, Sweep]) -> None:
    assert list(swept) == list(KINDS)
    for name, one in swept.items():
        assert one.levels == KINDS[name][1]
        assert len(one.levels) == len(one.beauty) == len(one.intervals) == len(one.attractive) == len(one.crops)
        assert all(low <= rating <= high for rating, (low, high) in zip(one.beauty, one.intervals, strict=True))


def test_large_faces_are_shrunk_before_they_are_changed(scorer: Scorer, astronaut: Image, face: FaceScore) -> None:
    large = np.kron(astronaut, np.ones((5, 5, 1), np.uint8))
    landmarks = ((face.face.landmarks + 0.5) * 5 - 0.5).astype(np.float32)
    part = around(large, landmarks)
    assert max(part.image.shape) < 2 * sweeps.LONGEST
    one = sweep(large, landmarks, scorer)["light"]
    assert one.beauty[one.unchanged] == pytest.approx(face.beauty, abs=0.05)


@pytest.fixture
def view(astronaut: Image, face: FaceScore) -> View:
    return around(astronaut, face.face.landmarks)


def test_less_light_is_darker_and_more_is_brighter(view: View) -> None:
    means = [sweeps.lit(view, gain).image.mean() for gain in (0.2, 0.5, 1, 2, 5)]
    assert means == sorted(means)
    assert np.array_equal(sweeps.lit(view, 1).image, view.image)


def test_blur_takes_detail_and_keeps_the_light(view: View) -> None:
    blurred = sweeps.blurred(view, 0.2).image
    assert blurred.std() < view.image.std()
    assert blurred.mean() == pytest.approx(view.image.mean(), abs=1)


def test_no_colour_is_gray(view: View) -> None:
    gray = sweeps.coloured(view, 0).image
    assert np.ptp(gray.astype(int), axis=2).max() <= 1
    assert np.abs(sweeps.coloured(view, 1).image.astype(int) - view.image).max() <= 1


def test_a_jpeg_of_less_quality_is_further_from_the_photo(view: View) -> None:
    errors = [np.abs(sweeps.compressed(view, quality).image.astype(int) - view.image).mean() for quality in (4, 25, 70)]
    assert errors == sorted(errors, reverse=True)


def test_turn_and_crop_move_the_landmarks_around_their_middle(view: View) -> None:
    middle = view.landmarks.mean(axis=0)
    for changed, ratio in ((sweeps.turned(view, 30), 1.0), (sweeps.cropped(view, 1.25), 0.8)):
        assert changed.landmarks.mean(axis=0) == pytest.approx(middle, abs=1e-3)
        apart = np.linalg.norm(changed.landmarks[1] - changed.landmarks[0])
        assert apart == pytest.approx(ratio * np.linalg.norm(view.landmarks[1] - view.landmarks[0]), rel=1e-3)
        assert changed.image is view.image


@pytest.mark.slow
def test_all_levels_take_at_most_a_second_and_a_half_of_one_processor(
    scorer: Scorer, astronaut: Image, face: FaceScore
) -> None:
    times = []
    for _ in range(3):
        started = time.process_time()
        sweep(astronaut, face.face.landmarks, scorer)
        times.append(time.process_time() - started)
    assert min(times) < 1.5
