"""Faces in a video, followed from frame to frame."""

import copy
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from facescore import FaceScore, Scorer
from facescore.faces import Box, Face, overlap, search
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.scoring.tracking import REMEMBERED_SECONDS, SEARCH_EVERY, Track, Tracker, numbered
from tests.browser.camera import pan

FRAME = 0.1  # seconds


def at_once() -> float:
    """A clock by which nothing takes time, so that tests do not depend on the machine."""
    return 0.0


class Slow:
    """A clock by which whatever is timed takes so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._now = seconds, 0.0

    def __call__(self) -> float:
        self._now += self._seconds
        return self._now


@pytest.fixture(scope="module")
def film(astronaut: Image, hopper: Image) -> list[Image]:
    """Three seconds of a moving camera."""
    return list(pan(astronaut, hopper, round(3 / FRAME)))


@pytest.fixture(scope="module")
def one_face(film: list[Image]) -> Image:
    """The first frame, with the face on the right covered."""
    frame = film[0].copy()
    frame[:, 340:] = 128
    return frame


@pytest.fixture(scope="module")
def score(scorer: Scorer, astronaut: Image) -> FaceScore:
    (found,) = scorer.score(astronaut)
    return found


class Counting(MTCNN):
    """Counts how often it searches."""

    searches = 0

    def detect(self, image: Image) -> list[Face]:
        self.searches += 1
        return super().detect(image)


def numbers(tracks: Sequence[Track]) -> list[int]:
    return [track.number for track in tracks]


def edges(box: Box) -> npt.NDArray[np.float64]:
    left, top, width, height = box
    return np.array([left, top, left + width, top + height])


def test_a_first_frame_is_taken_as_it_is(scorer: Scorer, film: list[Image]) -> None:
    tracks = Tracker(scorer, at_once).look(film[0], 0)
    for number, (track, face) in enumerate(zip(tracks, scorer.score(film[0]), strict=True), 1):
        assert (track.number, track.box, track.beauty) == (number, face.face.box, face.beauty)


def test_boxes_and_numbers_stay_with_the_faces_while_the_camera_moves(scorer: Scorer, film: list[Image]) -> None:
    tracker = Tracker(scorer, at_once)
    for index, frame in enumerate(film):
        tracks = tracker.look(frame, index * FRAME)
        assert numbers(tracks) == [1, 2]
        for track, face in zip(tracks, search.find(scorer.detector, frame), strict=True):
            assert np.abs(edges(track.box) - edges(face.box)).max() < 0.1 * max(face.box[2:])


def test_a_score_stays_near_what_it_is_in_a_single_frame(scorer: Scorer, film: list[Image]) -> None:
    tracker = Tracker(scorer, at_once)
    for index, frame in enumerate(film):
        tracks = tracker.look(frame, index * FRAME)
    single = np.mean([[face.beauty for face in scorer.score(frame)] for frame in film[-10:]], axis=0)
    assert [track.beauty for track in tracks] == pytest.approx(single, abs=0.1)


def test_between_searches_the_faces_are_only_followed(scorer: Scorer, film: list[Image]) -> None:
    counting = copy.copy(scorer)
    counting.detector = detector = Counting()
    tracker = Tracker(counting, at_once)
    for index, frame in enumerate(film):
        tracker.look(frame, index * FRAME)
    assert detector.searches == pytest.approx(len(film) * FRAME / SEARCH_EVERY, abs=3)


def test_a_new_face_appears_within_half_a_second(scorer: Scorer, film: list[Image], one_face: Image) -> None:
    tracker = Tracker(scorer, at_once)
    times = np.arange(0, 1, 0.125)
    seen = [len(tracker.look(one_face if time < 0.125 else film[0], time)) for time in times]
    assert seen[0] == 1
    assert times[seen.index(2)] - 0.125 < 0.5


def test_a_face_that_is_missing_is_remembered_for_a_moment_and_then_forgotten(
    scorer: Scorer, film: list[Image], one_face: Image
) -> None:
    tracker = Tracker(scorer, at_once)
    tracker.look(film[0], 0)
    assert numbers(tracker.look(one_face, REMEMBERED_SECONDS)) == [1, 2]
    assert numbers(tracker.look(one_face, REMEMBERED_SECONDS + FRAME)) == [1]


def test_a_frame_older_than_the_last_one_changes_nothing(scorer: Scorer, film: list[Image], one_face: Image) -> None:
    tracker = Tracker(scorer, at_once)
    tracks = tracker.look(film[0], 1)
    assert tracker.look(one_face, 0.9) == tracks


def test_where_several_cameras_are_on_scores_are_taken_more_rarely(scorer: Scorer, film: list[Image]) -> None:
    def scored(load: int) -> int:
        tracker = Tracker(scorer, at_once)
        return len({tracker.look(frame, index * FRAME, load)[0].scored for index, frame in enumerate(film)})

    assert scored(1) == len(film)
    assert len(film) / 4 < scored(3) < len(film) / 2


@pytest.mark.parametrize("frame_rate", [12, 15, 20, 30])
def test_scores_are_taken_a_little_more_than_ten_times_a_second_at_any_frame_rate(
    scorer: Scorer, film: list[Image], frame_rate: int
) -> None:
    tracker, frames = Tracker(scorer, at_once), 2 * frame_rate
    scored = {tracker.look(film[0], index / frame_rate)[0].scored for index in range(frames)}
    assert 20 <= len(scored) <= 22


def test_on_a_slow_machine_searches_and_scores_become_rarer_and_boxes_stay_on_every_frame(
    scorer: Scorer, film: list[Image]
) -> None:
    slow = copy.copy(scorer)
    slow.detector = detector = Counting()
    tracker = Tracker(slow, Slow(0.2))
    tracks = [tracker.look(frame, index * FRAME) for index, frame in enumerate(film)]
    assert all(numbers(one) == [1, 2] and one[0].seen == index * FRAME for index, one in enumerate(tracks))
    assert detector.searches <= 5
    assert len({one[0].scored for one in tracks}) <= len(film) / 3


def test_faces_stay_when_frames_come_more_rarely_than_faces_are_remembered(scorer: Scorer, film: list[Image]) -> None:
    tracker = Tracker(scorer, Slow(0.5))
    for index in range(3):
        assert numbers(tracker.look(film[0], index * (REMEMBERED_SECONDS + FRAME))) == [1, 2]


def test_a_score_moves_slowly_and_arrives(score: FaceScore) -> None:
    track = Track.start(1, replace(score, beauty=2.0), 0)
    track = track.rated(replace(score, beauty=4.0), FRAME)
    assert 2.0 < track.beauty < 2.5
    for frame in range(2, 60):
        track = track.rated(replace(score, beauty=4.0), frame * FRAME)
    assert track.beauty == pytest.approx(4.0, abs=0.02)


def test_the_averages_do_not_depend_on_the_frame_rate(score: FaceScore) -> None:
    start, later = Track.start(1, replace(score, beauty=2.0), 0), replace(score, beauty=4.0)
    moved = replace(score.face, box=(0.0, 0.0, 50.0, 60.0))
    twice = start.rated(later, FRAME).rated(later, 2 * FRAME)
    assert twice.beauty == pytest.approx(start.rated(later, 2 * FRAME).beauty)
    assert start.moved(moved, FRAME).moved(moved, 2 * FRAME).box == pytest.approx(start.moved(moved, 2 * FRAME).box)


def test_a_new_face_takes_the_lowest_free_number(score: FaceScore) -> None:
    def at(left: float) -> Face:
        return replace(score.face, box=(left, 0.0, 50.0, 60.0))

    tracks = {2: Track.start(2, replace(score, face=at(200)), 0)}
    assert list(numbered(tracks, [at(0), at(205), at(400)])) == [1, 2, 3]


@pytest.mark.parametrize(
    ("second", "shared"),
    [
        ((0, 0, 2, 2), 1.0),
        ((1, 0, 2, 2), 1 / 3),
        ((0, 0, 1, 1), 1 / 4),
        ((2, 0, 2, 2), 0.0),
        ((5, 5, 2, 2), 0.0),
        ((0, 0, 0, 0), 0.0),
    ],
)
def test_overlap_is_intersection_over_union(second: Box, shared: float) -> None:
    assert overlap((0, 0, 2, 2), second) == pytest.approx(shared)
    assert overlap(second, (0, 0, 2, 2)) == pytest.approx(shared)
