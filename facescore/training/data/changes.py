"""Changes of a picture that leave the face itself alone."""

from collections.abc import Callable

import cv2
import numpy as np

from facescore.faces.alignment import resize
from facescore.images import Image

BLUR = 1 / 64  # the Gaussian's sigma as a share of the picture's side

Change = Callable[[Image], Image]


def banner(crop: Image) -> Image:
    """A solid band across the lower part of the picture, as in news pictures."""
    side = crop.shape[0]
    changed = crop.copy()
    changed[round(0.78 * side) : round(0.9 * side)] = (200, 30, 40)
    return changed


def watermark(crop: Image) -> Image:
    """Half-transparent gray letters across the picture, as in stock photos."""
    side = crop.shape[0]
    letters = np.zeros(crop.shape[:2], np.uint8)
    cv2.putText(letters, "SAMPLE", (round(0.04 * side), round(0.6 * side)), 0, side / 128, 255, max(1, side // 40))
    opacity = 0.5 * (letters[:, :, None] / 255)
    return np.rint(crop * (1 - opacity) + 128 * opacity).astype(np.uint8)


def jpeg(quality: int) -> Change:
    """JPEG compression of a given quality."""

    def change(crop: Image) -> Image:
        """Encode and decode."""
        _, encoded = cv2.imencode(".jpg", crop, (cv2.IMWRITE_JPEG_QUALITY, quality))
        return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED), dtype=np.uint8)

    return change


def blur(crop: Image) -> Image:
    """A Gaussian blur."""
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), BLUR * crop.shape[0]), dtype=np.uint8)


def brightness(factor: float) -> Change:
    """All pixels multiplied by a factor."""
    return lambda crop: np.asarray(cv2.convertScaleAbs(crop, alpha=factor), dtype=np.uint8)


def move(right: float = 0, down: float = 0, degrees: float = 0, scale: float = 1) -> Change:
    """Shift the picture by shares of its side, rotate and scale it about its centre, and repeat border pixels."""

    def change(picture: Image) -> Image:
        """One affine transform."""
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
