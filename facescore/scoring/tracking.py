"""Follow faces from frame to frame, so that boxes and scores in a video are steady."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from facescore.scoring.scorer import FaceScore

Box = tuple[float, float, float, float]
"""Left, top, width, height in pixels."""

OVERLAP = 0.3  # intersection over union from which boxes in two frames belong to the same face
BOX_SECONDS, SCORE_SECONDS = 0.08, 1.0  # time constants of the moving averages; a box must keep up with its face
REMEMBERED_SECONDS = 0.7  # how long a face may be missing before it is forgotten


@dataclass(frozen=True)
class Track:
    """One face over time.

    Attributes:
        number: starts at 1 and stays with the face.
        box: moving average of the box.
        beauty: moving average of the rating, 1 to 5.
        interval: moving average of the ends of its interval.
        attractive: moving average of the probability.
        warnings: why both scores may be off, in the last frame; see `facescore.scoring.scorer.WARNINGS`.
        seen: time at which the face was last found, seconds.
    """

    number: int
    box: Box
    beauty: float
    interval: tuple[float, float]
    attractive: float
    warnings: tuple[str, ...]
    seen: float


def follow(tracks: Sequence[Track], faces: Sequence[FaceScore], now: float) -> list[Track]:
    """Update the tracks with one more frame.

    Each face is matched to the track whose box it overlaps most, best pairs first. The longer ago the track was last
    seen, the more its averages move. A face without a track starts a new one with the lowest free number.

    Args:
        tracks: the tracks before the frame.
        faces: the faces found in the frame.
        now: when the frame was taken, seconds, by the caller's clock.

    Returns:
        The tracks by number; a track without a face stays unchanged until it is forgotten.
    """
    known = {track.number: track for track in tracks if now - track.seen <= REMEMBERED_SECONDS}
    pairs = [
        (overlap(track.box, face.face.box), number, index)
        for number, track in known.items()
        for index, face in enumerate(faces)
    ]
    owners: dict[int, int] = {}
    for shared, number, index in sorted(pairs, reverse=True):
        if shared >= OVERLAP and number not in owners.values() and index not in owners:
            owners[index] = number
    for index, face in enumerate(faces):
        if index in owners:
            known[owners[index]] = _moved(known[owners[index]], face, now)
        else:
            number = next(number for number in count(1) if number not in known)
            known[number] = Track(
                number, face.face.box, face.beauty, face.beauty_interval, face.attractive, face.warnings, now
            )
    return [known[number] for number in sorted(known)]


def _moved(track: Track, face: FaceScore, now: float) -> Track:
    of_box, of_score = (1 - math.exp(-max(now - track.seen, 0) / seconds) for seconds in (BOX_SECONDS, SCORE_SECONDS))
    left, top, width, height = (old + of_box * (new - old) for old, new in zip(track.box, face.face.box, strict=True))
    low, high = (old + of_score * (new - old) for old, new in zip(track.interval, face.beauty_interval, strict=True))
    return replace(
        track,
        box=(left, top, width, height),
        beauty=track.beauty + of_score * (face.beauty - track.beauty),
        interval=(low, high),
        attractive=track.attractive + of_score * (face.attractive - track.attractive),
        warnings=face.warnings,
        seen=now,
    )


def overlap(first: Box, second: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width, height = (
        max(0.0, min(first[side] + first[side + 2], second[side] + second[side + 2]) - max(first[side], second[side]))
        for side in (0, 1)
    )
    shared = width * height
    union = first[2] * first[3] + second[2] * second[3] - shared
    return shared / union if union else 0.0
