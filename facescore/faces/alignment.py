"""Alignment: make a crop from five landmarks and a template, in the same way for training and serving."""

import math

import cv2
import numpy as np
import numpy.typing as npt

from facescore.images import Image
from facescore.templates import Template

Matrix = npt.NDArray[np.float64]


def align(image: Image, landmarks: npt.NDArray[np.float32], template: Template) -> Image:
    """Crop a face by the least-squares similarity transform from its landmarks to the template's points.

    Every pixel of the crop is the average over the part of the photo that it covers, so that large photos are not
    aliased. Pixels beyond the photo's border repeat those at the border.

    Args:
        image: uint8[H, W, 3].
        landmarks: float32[5, 2], pixels of ``image``, in the template's order.
        template: where the landmarks lie in the crop.

    Returns:
        uint8[size, size, 3].
    """
    matrix = to_crop(landmarks, template)
    shrink = 1 / np.linalg.svd(matrix[:2, :2], compute_uv=False).min()
    if shrink > 2:
        image, matrix = _reduce(image, matrix, template.size, factor=math.floor(shrink / 2))
        shrink = 1 / np.linalg.svd(matrix[:2, :2], compute_uv=False).min()
    samples = max(1, math.ceil(shrink))
    side = template.size * samples
    warped = cv2.warpAffine(
        image,
        (_scaling(samples, samples) @ matrix)[:2],
        (side, side),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return resize(np.asarray(warped, dtype=np.uint8), template.size, template.size)


def resize(image: Image, width: int, height: int) -> Image:
    """Resize by averaging over areas when the picture shrinks and by interpolation when it grows."""
    if image.shape[:2] == (height, width):
        return image
    shrinks = image.shape[0] >= height and image.shape[1] >= width
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), dtype=np.uint8)


def similarity(source: npt.NDArray[np.floating], target: npt.NDArray[np.floating]) -> Matrix:
    """The rotation, scale and shift that map ``source`` to ``target`` with the least sum of squared distances.

    In complex numbers, such a transform is ``z -> a·z + b``, so this is an ordinary linear regression (the closed form
    of Umeyama 1991 without reflections).

    Args:
        source: float[5, 2].
        target: float[5, 2].

    Returns:
        float64[3, 3], in homogeneous coordinates.
    """
    from_, to = (points.astype(np.float64) @ (1, 1j) for points in (source, target))
    centred = from_ - from_.mean()
    a = (centred.conj() @ to) / (centred.conj() @ centred).real
    b = to.mean() - a * from_.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag], [0, 0, 1]])


def to_crop(landmarks: npt.NDArray[np.float32], template: Template) -> Matrix:
    """The transform from the photo's pixels to the crop's, float64[3, 3] in homogeneous coordinates."""
    width, height = template.frame
    squash = _scaling(template.size / width, template.size / height)
    return squash @ similarity(landmarks, np.array(template.points))


def _scaling(x: float, y: float) -> Matrix:
    """Scale pixel coordinates; the centre of the first pixel is (0, 0), so its corner at (-½, -½) stays where it is."""
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])


def _reduce(image: Image, matrix: Matrix, size: int, factor: int) -> tuple[Image, Matrix]:
    """Take the part of the photo that the crop needs and average it over squares of ``factor`` × ``factor`` pixels.

    This keeps the cost of the warp independent of the photo's size.
    """
    factor = min(factor, *image.shape[:2])
    corners = np.array([[-0.5, size - 0.5, -0.5, size - 0.5], [-0.5, -0.5, size - 0.5, size - 0.5], [1, 1, 1, 1]])
    needed = (np.linalg.inv(matrix) @ corners)[:2]
    limit = np.array([image.shape[1], image.shape[0]])
    start = np.clip(np.floor(needed.min(axis=1)) - factor, 0, limit - factor).astype(int)
    stop = np.clip(np.ceil(needed.max(axis=1)) + factor, start + factor, limit)
    count = ((stop - start) // factor).astype(int)
    end = start + count * factor
    part = image[start[1] : end[1], start[0] : end[0]]
    shift = np.array([[1, 0, start[0]], [0, 1, start[1]], [0, 0, 1]], dtype=np.float64)
    return resize(part, int(count[0]), int(count[1])), matrix @ shift @ _scaling(factor, factor)
