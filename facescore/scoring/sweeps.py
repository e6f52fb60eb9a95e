"""What moves a face's scores: the same face with other light, blur, compression, colour, tilt and crop.

The face is found once. Light, blur, JPEG and colour change the part of the photo around it, and the crops are made
from that; turn and crop change the alignment instead. All levels go through each network in one batch.
"""

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import PIL.Image

from facescore.faces.alignment import align, resize
from facescore.images import Image
from facescore.scoring.scorer import HIGHEST, LOWEST, Scorer, rating_interval
from facescore.templates import Template

MARGIN = 2.2  # distances between the eyes around the landmarks: what any crop needs at any level
LONGEST = 640  # pixels of the part that is changed; more would cost time and be averaged away by the crops
LEAST_BLUR = 0.1  # pixels
GAMMA = 2.2  # between light and gray levels, about as in sRGB
LUMA = np.array([0.299, 0.587, 0.114], np.float32)

Landmarks = npt.NDArray[np.float32]
Answered = tuple[Image, np.float32, np.float32, np.float32]  # a crop, the rating, how wild it is, and the probability


class View(NamedTuple):
    """A picture and where the face's landmarks are in it."""

    image: Image
    landmarks: Landmarks


@dataclass(frozen=True)
class Sweep:
    """One kind of change, level by level.

    Attributes:
        levels: how far the face was changed, in the kind's own unit.
        unchanged: index of the level that is the photo as it is.
        beauty: the rating at every level, 1 to 5.
        intervals: its interval at every level.
        attractive: the probability at every level, 0 to 1.
        crops: what the rating's network saw at every level, uint8[size, size, 3] each.
    """

    levels: tuple[float, ...]
    unchanged: int
    beauty: list[float]
    intervals: list[tuple[float, float]]
    attractive: list[float]
    crops: list[Image]


def exposed(image: Image, gain: float) -> Image:
    """A picture as if it had been taken in ``gain`` times the light: what gets too bright turns white."""
    levels = np.clip(gain * (np.arange(256) / 255) ** GAMMA, 0, 1) ** (1 / GAMMA)
    return np.asarray(cv2.LUT(image, np.rint(255 * levels).astype(np.uint8)), dtype=np.uint8)


def lit(view: View, gain: float) -> View:
    """In ``gain`` times the light."""
    return view._replace(image=exposed(view.image, gain))


def blurred(view: View, sigma: float) -> View:
    """Blurred by a Gaussian whose sigma is given in distances between the eyes."""
    pixels = sigma * _between_eyes(view.landmarks)
    if pixels <= LEAST_BLUR:
        return view
    return view._replace(image=np.asarray(cv2.GaussianBlur(view.image, (0, 0), pixels), dtype=np.uint8))


def compressed(view: View, quality: float) -> View:
    """Saved as a JPEG of the given quality; 100 leaves the photo as it is."""
    if quality >= 100:
        return view
    file = io.BytesIO()
    PIL.Image.fromarray(view.image).save(file, "JPEG", quality=round(quality))
    return view._replace(image=np.asarray(PIL.Image.open(file)))


def coloured(view: View, saturation: float) -> View:
    """With its saturation multiplied: 0 is gray, 1 is the photo as it is."""
    gray = (view.image @ LUMA)[..., None]
    mixed = gray + saturation * (view.image - gray)
    return view._replace(image=np.rint(np.clip(mixed, 0, 255)).astype(np.uint8))


def turned(view: View, degrees: float) -> View:
    """Aligned as if the face were tilted by the given angle."""
    angle = math.radians(degrees)
    rotation = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]], np.float32)
    centre = view.landmarks.mean(axis=0)
    return view._replace(landmarks=((view.landmarks - centre) @ rotation + centre).astype(np.float32))


def cropped(view: View, scale: float) -> View:
    """Cropped so that the face is ``scale`` times as large in the crop."""
    centre = view.landmarks.mean(axis=0)
    return view._replace(landmarks=((view.landmarks - centre) / scale + centre).astype(np.float32))


KINDS: dict[str, tuple[Callable[[View, float], View], tuple[float, ...], float]] = {
    "light": (lit, (0.1, 0.2, 0.35, 0.6, 1.0, 1.6, 2.5, 4.0), 1.0),
    "blur": (blurred, (0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3), 0.0),
    "jpeg": (compressed, (4, 8, 15, 25, 40, 70, 100), 100),
    "colour": (coloured, (0.0, 0.3, 0.6, 1.0, 1.4, 1.8), 1.0),
    "turn": (turned, (-30, -20, -10, 0, 10, 20, 30), 0),
    "crop": (cropped, (0.75, 0.85, 0.93, 1.0, 1.08, 1.16, 1.25), 1.0),
}
"""By name: the change, its levels, and the level that is the photo as it is."""


def sweep(image: Image, landmarks: Landmarks, scorer: Scorer) -> dict[str, Sweep]:
    """Every kind of change at every level, scored by both networks.

    Args:
        image: the photo, uint8[H, W, 3].
        landmarks: float32[5, 2], of one face in it.
        scorer: holds the two networks.
    """
    view = around(image, landmarks)
    changed = [(change, level) for change, levels, own in KINDS.values() for level in levels if level != own]
    views = [view, *(change(view, level) for change, level in changed)]
    beauty, attractive = scorer.beauty, scorer.attractive
    crops = _crops(views, beauty.template)
    outputs = beauty(crops)
    chances = 1 / (1 + np.exp(-attractive(_crops(views, attractive.template)).scores))
    rows = iter(zip(crops, outputs.scores, outputs.wild, chances, strict=True))
    own = next(rows)  # the photo as it is, which every kind has among its levels
    return {name: _sweep(levels, unchanged, own, rows, scorer) for name, (_, levels, unchanged) in KINDS.items()}


def _sweep(
    levels: tuple[float, ...],
    unchanged: float,
    photo: Answered,
    rows: Iterator[Answered],
    scorer: Scorer,
) -> Sweep:
    """One kind of change, from the next rows of the networks' outputs; the photo as it is has one row for all kinds."""
    own = [photo if level == unchanged else next(rows) for level in levels]
    return Sweep(
        levels=levels,
        unchanged=levels.index(unchanged),
        beauty=[min(max(float(score), LOWEST), HIGHEST) for _, score, _, _ in own],
        intervals=[rating_interval(float(score), scorer.beauty.card, float(wild)) for _, score, wild, _ in own],
        attractive=[float(chance) for *_, chance in own],
        crops=[crop for crop, *_ in own],
    )


def around(image: Image, landmarks: Landmarks) -> View:
    """The part of a photo around a face, at most `LONGEST` pixels a side if it can be shrunk without loss.

    Its border repeats the photo's where the face is near it, just as in `align`.
    """
    reach = MARGIN * _between_eyes(landmarks) + 2
    low = np.clip(np.floor(landmarks.min(axis=0) - reach), 0, None).astype(int)
    high = np.minimum(np.ceil(landmarks.max(axis=0) + reach).astype(int) + 1, [image.shape[1], image.shape[0]])
    part = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    shift = landmarks - low.astype(np.float32)
    factor = max(part.shape[:2]) // LONGEST
    if factor < 2:  # shrinking by less than half would blur what the crops still resolve
        return View(part, shift)
    small = resize(part, part.shape[1] // factor, part.shape[0] // factor)
    ratio = np.array([small.shape[1] / part.shape[1], small.shape[0] / part.shape[0]], np.float32)
    return View(small, ((shift + 0.5) * ratio - 0.5).astype(np.float32))


def _crops(views: list[View], template: Template) -> npt.NDArray[np.uint8]:
    return np.stack([align(view.image, view.landmarks, template) for view in views])


def _between_eyes(landmarks: Landmarks) -> float:
    return float(np.hypot(*(landmarks[1] - landmarks[0])))
