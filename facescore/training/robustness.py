"""What else moves a score: changes of a picture that change nothing about the face."""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from facescore.faces.alignment import resize
from facescore.images import Image
from facescore.training import evaluate, ovals
from facescore.training.evaluate import Numbers

SHIFT = 0.05  # of the picture's side
BLUR = 1 / 64  # the Gaussian's sigma as a share of the picture's side

Change = Callable[[Image], Image]


def banner(crop: Image) -> Image:
    """A solid band across the lower part of the picture, as news pictures have."""
    side = crop.shape[0]
    changed = crop.copy()
    changed[round(0.78 * side) : round(0.9 * side)] = (200, 30, 40)
    return changed


def watermark(crop: Image) -> Image:
    """Half-transparent gray letters across the picture, as stock photos have."""
    side = crop.shape[0]
    letters = np.zeros(crop.shape[:2], np.uint8)
    cv2.putText(letters, "SAMPLE", (round(0.04 * side), round(0.6 * side)), 0, side / 128, 255, max(1, side // 40))
    opacity = 0.5 * (letters[:, :, None] / 255)
    return np.rint(crop * (1 - opacity) + 128 * opacity).astype(np.uint8)


def jpeg(quality: int) -> Change:
    """Compression to a JPEG of that quality."""

    def change(crop: Image) -> Image:
        """There and back."""
        _, encoded = cv2.imencode(".jpg", crop, (cv2.IMWRITE_JPEG_QUALITY, quality))
        return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED), dtype=np.uint8)

    return change


def blur(crop: Image) -> Image:
    """A Gaussian blur."""
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), BLUR * crop.shape[0]), dtype=np.uint8)


def brightness(factor: float) -> Change:
    """Pixels times a factor."""
    return lambda crop: np.asarray(cv2.convertScaleAbs(crop, alpha=factor), dtype=np.uint8)


def move(right: float = 0, down: float = 0, degrees: float = 0, scale: float = 1) -> Change:
    """The picture shifted by shares of its side, turned and scaled about its centre; the last pixels are repeated."""

    def change(picture: Image) -> Image:
        """By one affine transform."""
        height, width = picture.shape[:2]
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, scale)
        matrix[:, 2] += right * width, down * height
        moved = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, dtype=np.uint8)

    return change


def half_resolution(picture: Image) -> Image:
    """The picture at half its width and height."""
    return resize(picture, picture.shape[1] // 2, picture.shape[0] // 2)


def gray(picture: Image) -> Image:
    """The picture without colour."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), dtype=np.uint8)


OF_CROPS: dict[str, Change] = {
    "a banner": banner,
    "a gray watermark": watermark,
    "JPEG quality 50": jpeg(50),
    "JPEG quality 20": jpeg(20),
    "blur": blur,
    "20 % darker": brightness(0.8),
    "20 % brighter": brightness(1.2),
    "shifted by 5 % sideways": move(right=SHIFT),
    "shifted by 5 % up": move(down=-SHIFT),
    "shifted by 5 % down": move(down=SHIFT),
}
OF_PHOTOS: dict[str, Change] = {
    "shifted by 5 % sideways": move(right=SHIFT),
    "shifted by 5 % down": move(down=SHIFT),
    "20 % smaller": move(scale=0.8),
    "turned by 10°": move(degrees=10),
    "JPEG quality 50": jpeg(50),
    "half the resolution": half_resolution,
    "20 % darker": brightness(0.8),
    "20 % brighter": brightness(1.2),
    "gray": gray,
}


def measure(
    score: Callable[[Sequence[Image]], Numbers], pictures: Sequence[Image], changes: dict[str, Change]
) -> dict[str, Any]:
    """How far each change moves the score (for a label: the probability).

    Args:
        score: pictures to scores as they are shown, float64[N]; nan where no face was found.
        pictures: uint8[H, W, 3] each.
        changes: by name.

    Returns:
        For each change the mean absolute change and the mean change, each with its 95 % bootstrap interval, and how
        many pictures it is measured on: those in which a face was found before and after.
    """
    before = score(pictures)
    found: dict[str, dict[str, Any]] = {}
    for name, change in changes.items():
        difference = score([change(picture) for picture in pictures]) - before
        difference = difference[np.isfinite(difference)]
        found[name] = {
            "mean_absolute_change": evaluate.mean_with_interval(np.abs(difference)),
            "mean_change": evaluate.mean_with_interval(difference),
            "count": len(difference),
        }
    return found


def measure_photos(score: Callable[[Sequence[Image]], Numbers], photos: Sequence[Image]) -> dict[str, Any]:
    """`measure` of whole photos, with the ovals of some put on and taken off.

    Args:
        score: finds, cuts and scores the face in each photo.
        photos: uint8[H, W, 3] each.
    """
    cut_out = [ovals.is_in_one(photo) for photo in photos]
    in_ovals, others = ([photo for photo, oval in zip(photos, cut_out, strict=True) if oval == kind] for kind in (1, 0))
    found = measure(score, photos, OF_PHOTOS) | measure(score, others, {"an oval put on": ovals.put_on})
    return found | (measure(score, in_ovals, {"an oval taken off": ovals.take_off}) if in_ovals else {})
