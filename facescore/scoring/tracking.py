"""Follow faces from frame to frame, so that boxes and scores in a video are steady and each frame is cheap.

All faces are searched for a few times per second only; on the frames between, the detector looks where each face has
moved to. Scores are taken at a pace of their own. Where the machine is slow or busy, both become rarer, so that boxes
keep up with the faces.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from facescore.faces import Box, Face, overlap, search
from facescore.images import Image
from facescore.scoring.scorer import FaceScore, Scorer

OVERLAP = 0.3  # intersection over union from which boxes in two frames belong to the same face
BOX_SECONDS, SCORE_SECONDS = 0.04, 1.0  # time constants of the moving averages; a box must keep up with its face
REMEMBERED_SECONDS = 0.7  # how long a face may be missing before it is forgotten
SEARCH_EVERY = 0.3  # seconds between two searches for new faces
SEARCH_AGAIN = 0.15  # seconds between two searches while a face is missing
SCORE_EVERY = 0.095  # seconds between two scores on average, whatever the frame rate: more than 10 per second
SEARCH_SHARE, SCORE_SHARE = 0.25, 0.5  # of the time, at most


@dataclass(frozen=True)
class Track:
    """One face over time.

    Attributes:
        number: starts at 1 and stays with the face.
        face: where it was last found.
        box: moving average of the box.
        beauty: moving average of the rating, 1 to 5.
        interval: moving average of the ends of its interval.
        attractive: moving average of the probability.
        warnings: why the scores may be off, when it was last scored; see `facescore.scoring.scorer.WARNINGS`.
        seen: when it was last found, seconds.
        scored: when it was last scored, seconds.
    """

    number: int
    face: Face
    box: Box
    beauty: float
    interval: tuple[float, float]
    attractive: float
    warnings: tuple[str, ...]
    seen: float
    scored: float

    @classmethod
    def start(cls, number: int, score: FaceScore, now: float) -> "Track":
        """A face that was found and scored for the first time."""
        face = score.face
        return cls(
            number, face, face.box, score.beauty, score.beauty_interval, score.attractive, score.warnings, now, now
        )

    def moved(self, face: Face, now: float) -> "Track":
        """The track after one more frame in which the face was found."""
        share = _share(now - self.seen, BOX_SECONDS)
        left, top, width, height = (_nearer(*sides, share) for sides in zip(self.box, face.box, strict=True))
        return replace(self, face=face, box=(left, top, width, height), seen=now)

    def rated(self, score: FaceScore, now: float) -> "Track":
        """The track after one more score, which counts more the longer ago the last one was."""
        share = _share(now - self.scored, SCORE_SECONDS)
        low, high = (_nearer(*ends, share) for ends in zip(self.interval, score.beauty_interval, strict=True))
        return replace(
            self,
            beauty=_nearer(self.beauty, score.beauty, share),
            interval=(low, high),
            attractive=_nearer(self.attractive, score.attractive, share),
            warnings=score.warnings,
            scored=now,
        )


class Tracker:
    """The faces in front of one camera.

    Args:
        scorer: finds, follows and scores them.
        clock: tells how long searching and scoring take, in seconds.
    """

    def __init__(self, scorer: Scorer, clock: Callable[[], float] = time.perf_counter) -> None:
        self._scorer, self._clock = scorer, clock
        self._tracks: dict[int, Track] = {}
        self._now = self._searched = self._score_due = -math.inf
        self._search_took = 0.0

    def look(self, image: Image, now: float, load: int = 1) -> list[Track]:
        """Update the tracks with one more frame.

        Args:
            image: the frame, uint8[H, W, 3].
            now: when it was taken, seconds, by the caller's clock; a frame older than the last one changes nothing.
            load: how many cameras share the machine; the more there are, the more rarely faces are scored.

        Returns:
            The tracks by number; a track without a face stays unchanged until it is forgotten.
        """
        if now <= self._now:
            return self._by_number()
        self._now = now
        self._tracks = {
            number: track for number, track in self._tracks.items() if now - track.seen <= REMEMBERED_SECONDS
        }
        places = self._places(image, now)
        due = now >= self._score_due
        numbers = [number for number in places if due or number not in self._tracks]
        start = self._clock()
        scores = self._scorer.score_faces([(image, places[number]) for number in numbers])
        if due:
            period = load * max(SCORE_EVERY, (self._clock() - start) / SCORE_SHARE)
            self._score_due = max(self._score_due + period, now)  # counted from when it was due, to keep the average
        for number, face in places.items():
            if number in self._tracks:
                self._tracks[number] = self._tracks[number].moved(face, now)
        for number, score in zip(numbers, scores, strict=True):
            known = self._tracks.get(number)
            self._tracks[number] = known.rated(score, now) if known else Track.start(number, score, now)
        return self._by_number()

    def _by_number(self) -> list[Track]:
        return [self._tracks[number] for number in sorted(self._tracks)]

    def _places(self, image: Image, now: float) -> dict[int, Face]:
        """Where the faces are in this frame, by the number of their track; a new face has a new number."""
        rest = self._search_took / SEARCH_SHARE if self._tracks else 0.0  # without a face, there is nothing else to do
        if now - self._searched < max(SEARCH_EVERY, rest):
            places = self._followed(image)
            if len(places) == len(self._tracks) or now - self._searched < SEARCH_AGAIN:
                return places
        self._searched, start = now, self._clock()
        found = search.find(self._scorer.detector, image)
        self._search_took = self._clock() - start
        return numbered(self._tracks, found)

    def _followed(self, image: Image) -> dict[int, Face]:
        """The known faces at their places in this frame, without those that are missing."""
        tracks = self._tracks.values()
        moved = self._scorer.detector.refine(image, [track.face for track in tracks])
        return {
            track.number: replace(face, unsure=track.face.unsure)
            for track, face in zip(tracks, moved, strict=True)
            if face
        }


def numbered(tracks: Mapping[int, Track], faces: Sequence[Face]) -> dict[int, Face]:
    """Each face with the number of the track whose face it overlaps most, best pairs first.

    A face without a track gets the lowest free number.
    """
    pairs = [
        (overlap(track.face.box, face.box), number, index)
        for number, track in tracks.items()
        for index, face in enumerate(faces)
    ]
    owners: dict[int, int] = {}
    for shared, number, index in sorted(pairs, reverse=True):
        if shared >= OVERLAP and number not in owners.values() and index not in owners:
            owners[index] = number
    free = (number for number in count(1) if number not in tracks)
    return {owners[index] if index in owners else next(free): face for index, face in enumerate(faces)}


def _share(seconds: float, constant: float) -> float:
    """How far a moving average moves towards a new value after the given time, 0 to 1."""
    return 1 - math.exp(-max(seconds, 0) / constant)


def _nearer(old: float, new: float, share: float) -> float:
    return old + share * (new - old)
