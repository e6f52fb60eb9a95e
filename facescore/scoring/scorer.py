"""From photo to scores: find every face, crop it for each network, score it, and look up the percentile."""

import copy
import itertools
import math
import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from facescore.checkpoints import Card
from facescore.errors import CheckpointError, InvalidImage, InvalidRequest
from facescore.faces import Detector, Face, load_detector, quality, search
from facescore.faces.alignment import align
from facescore.images import Image
from facescore.intervals import interval_of
from facescore.runtime import ScoringNetwork
from facescore.scoring.explanation import Explanation
from facescore.scoring.percentile import ALL, ScoreDistribution
from facescore.settings import CHECKPOINTS, Settings

LOWEST, HIGHEST = 1.0, 5.0  # SCUT-FBP5500's scale
BEAUTY_NETWORKS = ("beauty", "beauty-resnet50")
NO_FACE = "No face was found. Try a photo with a larger, upright and well-lit face."
WARNINGS = {
    "unsure": "This may not be a face. If it is not, both scores are meaningless.",
    "rotated": "The face is on its side or upside down in this photo; it was turned upright and then scored.",
    "small": "The face is small in this photo: the scores may be off. Try a closer or larger photo.",
    "blurred": "The face is blurred: the scores may be off. Try a sharper photo.",
    "dark": "The face is dark in this photo: the scores may be off. Try better light.",
    "bright": "The face is overexposed: the scores may be off. Try softer light.",
    "turned": "The face is turned to the side: the scores may be off. Try a photo from the front.",
    "cut": "The edge of the photo cuts off part of the face: the scores may be off. Try a photo that shows all of it.",
    "covered": "Something may cover part of the face: the scores may be off. Try a photo that shows all of it.",
    "unlike": "The rating network learned from few faces like this one: the rating may be off.",
}
BATCH = 16  # faces per batch: a crowd takes more time, not more memory


@dataclass(frozen=True)
class FaceScore:
    """The scores of one face by both networks.

    Attributes:
        face: the detected face.
        beauty: the mean rating that SCUT-FBP5500's raters would have given, 1 to 5.
        beauty_interval: the range designed to contain the raters' true mean for 90% of faces like the data set's.
        percentile: of ``beauty`` among the data set's ratings, 0 to 100.
        percentile_interval: the range of percentiles that ``beauty_interval`` spans.
        group: which of the data set's faces the percentiles compare with: ``all``, AF, AM, CF or CM.
        attractive: the probability that CelebA's annotators would have ticked "Attractive", 0 to 1.
        distance: how unlike the training faces it is; training faces lie at about 1. None if the network has no such
            output.
        wild: whether it looks more like the training faces in the wild than like SCUT-FBP5500's, so that its interval
            comes from theirs. None if the network has no such output.
        warnings: keys of `WARNINGS` that apply: why the scores may be off, by measured thresholds.
        beauty_explanation: which parts of the face moved ``beauty``, in points.
        attractive_explanation: which parts moved ``attractive``, in units of its logit.
    """

    face: Face
    beauty: float
    beauty_interval: tuple[float, float]
    percentile: float
    percentile_interval: tuple[float, float]
    group: str
    attractive: float
    distance: float | None
    wild: bool | None
    warnings: tuple[str, ...]
    beauty_explanation: Explanation
    attractive_explanation: Explanation

    def to_dict(self) -> dict[str, Any]:
        """The numbers, without pictures, ready for JSON."""
        return {
            "box": [round(value, 1) for value in self.face.box],
            "landmarks": [[round(float(value), 1) for value in point] for point in self.face.landmarks],
            "confidence": round(self.face.confidence, 4),
            "rotation": self.face.rotation,
            "beauty": round(self.beauty, 3),
            "beauty_interval": [round(value, 3) for value in self.beauty_interval],
            "percentile": round(self.percentile, 1),
            "percentile_interval": [round(value, 1) for value in self.percentile_interval],
            "group": self.group,
            "attractive": round(self.attractive, 4),
            "distance": None if self.distance is None else round(self.distance, 3),
            "wild": self.wild,
            "warnings": list(self.warnings),
        }


class Scorer:
    """The detector and both networks, ready to run; safe to share between threads.

    Args:
        settings: the settings, which name the detector; read from the environment by default.
        checkpoints: the folder that holds the checkpoints.
        beauty: the network that predicts the rating: ``beauty``, or ``beauty-resnet50``, as in public write-ups.

    Raises:
        FaceScoreError: a setting or the network's name is invalid, or a checkpoint or detector cannot be loaded.
    """

    def __init__(
        self, settings: Settings | None = None, checkpoints: Path = CHECKPOINTS, beauty: str = BEAUTY_NETWORKS[0]
    ) -> None:
        self.checkpoints = checkpoints
        self.detector: Detector = load_detector(settings or Settings.read(), checkpoints)
        self.familiar = ScoringNetwork(checkpoints / BEAUTY_NETWORKS[0], "regression")  # gives `distance`
        self.beauty = self._load_beauty(beauty)
        self.attractive = ScoringNetwork(checkpoints / "attractive", "binary")
        self.distribution = ScoreDistribution()

    def with_beauty(self, beauty: str) -> "Scorer":
        """A scorer that shares everything with this one except the network that predicts the rating.

        Raises:
            InvalidRequest: there is no such network.
            CheckpointError: it cannot be loaded.
        """
        other = copy.copy(self)
        other.beauty = self._load_beauty(beauty)
        return other

    def _load_beauty(self, name: str) -> ScoringNetwork:
        if not isinstance(name, str) or name not in BEAUTY_NETWORKS:
            raise InvalidRequest(
                f"There is no network {reprlib.repr(name)}. Choose one of: {', '.join(BEAUTY_NETWORKS)}."
            )
        if name == BEAUTY_NETWORKS[0]:
            return self.familiar
        if not (self.checkpoints / name).exists():  # its 47 MB are not part of the installed package
            raise CheckpointError(f"The checkpoint {name} is not installed. Clone the repository and run it there.")
        return ScoringNetwork(self.checkpoints / name, "regression")

    def score(self, image: Image, group: str = ALL) -> list[FaceScore]:
        """Score every face in a photo, in reading order; no face gives an empty list.

        Args:
            image: uint8[H, W, 3], as `read_image` returns it.
            group: which of the data set's faces the percentiles compare with: ``all``, AF, AM, CF or CM.

        Raises:
            InvalidImage: it is not such an array.
            InvalidRequest: there is no such group.
        """
        return self.score_many([image], group)[0]

    def score_many(self, images: Iterable[Image], group: str = ALL) -> list[list[FaceScore]]:
        """Score every face in several photos, batching the faces of all photos together.

        Args:
            images: the photos, uint8[H, W, 3] each; all are held until all are scored.
            group: as for `score`.

        Returns:
            For each photo what `score` returns.

        Raises:
            InvalidImage: one of them is not such an array.
            InvalidRequest: there is no such group.
        """
        self.distribution.percentile(LOWEST, group)  # an unknown group is refused before any work
        photos = [_checked(image) for image in images]
        found = [search.find(self.detector, photo) for photo in photos]
        every = [(photo, face) for photo, faces in zip(photos, found, strict=True) for face in faces]
        scored = iter(self.score_faces(every, group))
        return [list(itertools.islice(scored, len(faces))) for faces in found]

    def score_faces(self, faces: Sequence[tuple[Image, Face]], group: str = ALL) -> list[FaceScore]:
        """Score faces that the detector found, each given with its photo, in the same order; the rest as `score`."""
        batches = (faces[start : start + BATCH] for start in range(0, len(faces), BATCH))
        return [score for batch in batches for score in self._score_batch(batch, group)]

    def _score_batch(self, faces: Sequence[tuple[Image, Face]], group: str) -> list[FaceScore]:
        familiar = _answers(self.familiar, faces)
        beauty = familiar if self.beauty is self.familiar else _answers(self.beauty, faces)
        attractive = _answers(self.attractive, faces)
        thresholds = [runtime.card.thresholds for runtime in (self.familiar, self.beauty, self.attractive)]
        warnings = [
            warnings_for(face, _quality(photo, face, answer.explanation.crop), answer.distance, *thresholds)
            for (photo, face), answer in zip(faces, familiar, strict=True)
        ]
        return [
            self._face_score(face, rating, probability, warned, group)
            for (_, face), rating, probability, warned in zip(faces, beauty, attractive, warnings, strict=True)
        ]

    def _face_score(
        self, face: Face, beauty: "_Answer", attractive: "_Answer", warnings: tuple[str, ...], group: str
    ) -> FaceScore:
        interval = rating_interval(beauty.score, self.beauty.card, beauty.wild)
        return FaceScore(
            face=face,
            beauty=_on_scale(beauty.score),
            beauty_interval=interval,
            percentile=self.distribution.percentile(beauty.score, group),
            percentile_interval=(
                self.distribution.percentile(interval[0], group),
                self.distribution.percentile(interval[1], group),
            ),
            group=group,
            attractive=1 / (1 + math.exp(-attractive.score)),
            distance=None if math.isnan(beauty.distance) else beauty.distance,
            wild=None if math.isnan(beauty.wild) else beauty.wild > 0,
            warnings=warnings,
            beauty_explanation=beauty.explanation,
            attractive_explanation=attractive.explanation,
        )


def _answers(network: ScoringNetwork, faces: Sequence[tuple[Image, Face]]) -> list["_Answer"]:
    """Score faces with one network, each given with its photo."""
    crops = np.stack([align(photo, face.landmarks, network.template) for photo, face in faces])
    return [
        _Answer(float(score), Explanation.of(crop, contribution, network.card), float(distance), float(wild))
        for crop, score, contribution, distance, wild in zip(crops, *network(crops), strict=True)
    ]


def _quality(photo: Image, face: Face, crop: Image) -> quality.Quality:
    return quality.measure(crop, face.landmarks, width=photo.shape[1], height=photo.shape[0])


def _checked(image: Any) -> Image:
    """The image, contiguous in memory; on anything else, OpenCV and LiteRT raise errors of their own.

    Raises:
        InvalidImage: it is not uint8[H, W, 3] with at least one pixel.
    """
    if not isinstance(image, np.ndarray):
        received = type(image).__name__
    elif image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
        received = f"{image.dtype.name}{list(image.shape)}"
    else:
        return np.ascontiguousarray(image)
    raise InvalidImage(f"An image must be uint8[H, W, 3]; received {received}. Pass what read_image returns.")


class _Answer(NamedTuple):
    """The raw output of one network for one face, with its explanation."""

    score: float
    explanation: Explanation
    distance: float
    wild: float


def warnings_for(face: Face, found: quality.Quality, distance: float, *thresholds: dict[str, float]) -> tuple[str, ...]:
    """The `WARNINGS` that apply to a face; one whose threshold or value is unknown does not.

    Args:
        face: the detected face.
        found: its image quality.
        distance: how unlike the training faces it is; nan if not known.
        thresholds: from the cards of the networks that score it; crossing one of them is enough.
    """

    def below(value: float, name: str) -> bool:
        """Whether a value lies below any card's threshold of that name."""
        return any(value < card.get(name, -math.inf) for card in thresholds)

    def beyond(value: float, name: str) -> bool:
        """Whether a value reaches any card's threshold of that name."""
        return any(value >= card.get(name, math.inf) for card in thresholds)

    holds = {
        "unsure": face.unsure,
        "rotated": face.rotation != 0,
        "small": below(found.size, "size"),
        "blurred": below(found.sharpness, "sharpness"),
        "dark": below(found.light, "light"),
        "bright": beyond(found.glare, "glare"),
        "turned": beyond(found.turn, "turn"),
        "cut": beyond(found.outside, "outside"),
        "covered": found.covered > 0,
        "unlike": beyond(distance, "distance"),
    }
    return tuple(warning for warning, true in holds.items() if true)


def rating_interval(score: float, card: Card, wild: float) -> tuple[float, float]:
    """The range that contained the card's share of true ratings for similar scores and faces, clipped to the scale.

    Args:
        score: the network's raw score.
        card: the network's card.
        wild: above 0 if the face looks more like those in the wild; nan if the network has no such output.
    """
    row = interval_of(score, card.intervals, wild)
    return _on_scale(score + row.lower), _on_scale(score + row.upper)


def _on_scale(score: float) -> float:
    return min(max(score, LOWEST), HIGHEST)
