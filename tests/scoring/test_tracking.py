from dataclasses import replace

import pytest

from facescore import FaceScore, Scorer
from facescore.images import Image
from facescore.scoring.tracking import REMEMBERED_SECONDS, Box, Track, follow, overlap

FRAME = 0.1  # seconds


@pytest.fixture(scope="module")
def left_and_right(scorer: Scorer, two_faces: Image) -> list[FaceScore]:
    return scorer.score(two_faces)


def moved(face: FaceScore, right: float = 0, beauty: float | None = None) -> FaceScore:
    """The face in another place, with another rating."""
    left, top, width, height = face.face.box
    place = replace(face.face, box=(left + right, top, width, height))
    return replace(face, face=place, beauty=face.beauty if beauty is None else beauty)


def test_a_first_frame_is_taken_as_it_is(left_and_right: list[FaceScore]) -> None:
    assert follow([], left_and_right, 0) == [
        Track(number, face.face.box, face.beauty, face.beauty_interval, face.attractive, face.warnings, 0)
        for number, face in enumerate(left_and_right, 1)
    ]


def test_a_number_stays_with_its_face(left_and_right: list[FaceScore]) -> None:
    before = follow([], left_and_right, 0)
    after = follow(before, [moved(face, right=8) for face in reversed(left_and_right)], FRAME)
    assert [track.number for track in after] == [1, 2]
    for old, new in zip(before, after, strict=True):
        assert old.box[0] < new.box[0] < old.box[0] + 8


def test_a_score_moves_slowly_and_arrives(left_and_right: list[FaceScore]) -> None:
    tracks = follow([], [moved(left_and_right[0], beauty=2.0)], 0)
    tracks = follow(tracks, [moved(left_and_right[0], beauty=4.0)], FRAME)
    assert 2.0 < tracks[0].beauty < 2.5
    for frame in range(2, 60):
        tracks = follow(tracks, [moved(left_and_right[0], beauty=4.0)], frame * FRAME)
    assert tracks[0].beauty == pytest.approx(4.0, abs=0.02)


def test_the_averages_do_not_depend_on_the_frame_rate(left_and_right: list[FaceScore]) -> None:
    start = follow([], [moved(left_and_right[0], beauty=2.0)], 0)
    later = moved(left_and_right[0], beauty=4.0)
    twice = follow(follow(start, [later], FRAME), [later], 2 * FRAME)
    once = follow(start, [later], 2 * FRAME)
    assert twice[0].beauty == pytest.approx(once[0].beauty)


def test_a_face_that_is_missed_is_remembered_for_a_moment_and_then_forgotten(left_and_right: list[FaceScore]) -> None:
    tracks = follow([], left_and_right, 0)
    assert follow(tracks, [], REMEMBERED_SECONDS) == tracks
    assert follow(tracks, [], REMEMBERED_SECONDS + FRAME) == []


def test_a_new_face_takes_the_lowest_free_number(left_and_right: list[FaceScore]) -> None:
    left, right = left_and_right
    tracks = follow(follow([], [left, right], 0), [right], REMEMBERED_SECONDS)
    tracks = follow(tracks, [left, right], REMEMBERED_SECONDS + FRAME)
    assert [(track.number, track.box[0]) for track in tracks] == [(1, left.face.box[0]), (2, right.face.box[0])]
    assert tracks[0].seen == REMEMBERED_SECONDS + FRAME


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
