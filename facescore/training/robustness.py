"""What else moves a score: changes of a crop that change nothing about the face."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from facescore.checkpoints import Task
from facescore.images import Image
from facescore.training import evaluate
from facescore.training.evaluate import Network, Numbers
from facescore.training.examples import Examples

SHIFT = 0.05  # of the crop's side
BLUR = 1 / 64  # the Gaussian's sigma as a share of the crop's side


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


def jpeg(quality: int) -> Callable[[Image], Image]:
    """Compression to a JPEG of that quality."""

    def change(crop: Image) -> Image:
        _, encoded = cv2.imencode(".jpg", crop, (cv2.IMWRITE_JPEG_QUALITY, quality))
        return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED), dtype=np.uint8)

    return change


def blur(crop: Image) -> Image:
    """A Gaussian blur."""
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), BLUR * crop.shape[0]), dtype=np.uint8)


def brightness(factor: float) -> Callable[[Image], Image]:
    """Pixels times a factor."""
    return lambda crop: np.asarray(cv2.convertScaleAbs(crop, alpha=factor), dtype=np.uint8)


def shift(right: float, down: float) -> Callable[[Image], Image]:
    """The cut moved by shares of its side; beyond the border the last pixels are repeated."""

    def change(crop: Image) -> Image:
        matrix = np.array([[1, 0, right * crop.shape[1]], [0, 1, down * crop.shape[0]]])
        moved = cv2.warpAffine(crop, matrix, crop.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, dtype=np.uint8)

    return change


CHANGES: dict[str, Callable[[Image], Image]] = {
    "a banner": banner,
    "a gray watermark": watermark,
    "JPEG quality 50": jpeg(50),
    "JPEG quality 20": jpeg(20),
    "blur": blur,
    "20 % darker": brightness(0.8),
    "20 % brighter": brightness(1.2),
    "shifted by 5 % sideways": shift(SHIFT, 0),
    "shifted by 5 % up": shift(0, -SHIFT),
    "shifted by 5 % down": shift(0, SHIFT),
}


def measure(served: Network, test: Examples, predictions: Numbers, task: Task) -> dict[str, Any]:
    """How far each change moves the score (for a label: the probability), over the test part.

    Args:
        served: the network as it is served.
        test: the test part.
        predictions: of the unchanged crops, float64[N].
        task: of the network.

    Returns:
        For each change the mean absolute change and the mean change, each with its 95 % bootstrap interval.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, change in CHANGES.items():
        crops = np.stack([change(crop) for crop in test.crops])
        difference = evaluate.as_shown(evaluate.apply(served, crops)["score"], task) - predictions
        found[name] = {
            "mean_absolute_change": evaluate.mean_with_interval(np.abs(difference)),
            "mean_change": evaluate.mean_with_interval(difference),
        }
    return found
