"""Changes of a picture that leave the face itself alone, uint8[H, W, 3] to the same."""

import cv2
import numpy as np

from facescore.faces.alignment import resize
from facescore.images import Image

BLUR = 1 / 64  # the Gaussian's sigma as a share of the picture's side


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


def jpeg(picture: Image, quality: int) -> Image:
    """JPEG compression of a given quality."""
    _, encoded = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED), dtype=np.uint8)


def blur(picture: Image, sigma: float | None = None) -> Image:
    """A Gaussian blur; sigma is in pixels, and 1/64 of the height if it is not given."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma or BLUR * picture.shape[0]), dtype=np.uint8)


def brightness(picture: Image, factor: float) -> Image:
    """All pixels multiplied by a factor."""
    return np.asarray(cv2.convertScaleAbs(picture, alpha=factor), dtype=np.uint8)


def move(picture: Image, right: float = 0, down: float = 0, degrees: float = 0, scale: float = 1) -> Image:
    """Shift the picture by pixels, rotate and scale it about its centre, and repeat border pixels."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, scale)
    matrix = matrix + np.array([(0, 0, right), (0, 0, down)])
    moved = cv2.warpAffine(np.ascontiguousarray(picture), matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def shift(picture: Image, right: float = 0, down: float = 0) -> Image:
    """`move` by shares of the picture's width and height."""
    return move(picture, right * picture.shape[1], down * picture.shape[0])


def half_resolution(picture: Image) -> Image:
    """The picture at half its width and height."""
    return resize(picture, picture.shape[1] // 2, picture.shape[0] // 2)


def gray(picture: Image) -> Image:
    """The picture without colour."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), dtype=np.uint8)
