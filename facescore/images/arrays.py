"""Pixel arrays that a program passes in, of several types and shapes."""

import numpy as np
import numpy.typing as npt

from facescore.errors import InvalidImage

ROWS = 64  # converted at once; a float copy of the whole array would take four times its memory


def from_array(array: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """Convert a pixel array to RGB.

    Args:
        array: uint8, uint16 or float in 0..1, of shape [H, W], [H, W, 1], [H, W, 3] or [H, W, 4].

    Returns:
        uint8[H, W, 3], a copy; transparent pixels are blended with white.

    Raises:
        InvalidImage: it has another type, or floats outside 0..1.
    """
    height, width = array.shape[:2]
    image = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, ROWS):
        rows = array[top : top + ROWS]
        if rows.dtype == np.uint8 and rows.shape[2] < 4:
            image[top : top + ROWS] = rows
            continue
        pixels = _to_unit(rows)
        if rows.shape[2] == 4:
            opacity = pixels[:, :, 3:]
            pixels = pixels[:, :, :3] * opacity + (1 - opacity)
        image[top : top + ROWS] = np.rint(pixels * 255)
    return image


def as_pixels(source: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """An array as three axes: rows, columns, channels.

    Args:
        source: of any shape; subclasses such as `np.matrix` become plain arrays.

    Raises:
        InvalidImage: it does not have the shape of a picture.
    """
    array = np.asarray(source)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        raise InvalidImage(
            f"An array must have the shape [H, W], [H, W, 1], [H, W, 3] or [H, W, 4]; received {source.shape}."
        )
    return array


def _to_unit(rows: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    """Pixels as float32 in 0..1."""
    if rows.dtype.kind == "u" and rows.dtype.itemsize <= 2:  # in either byte order
        return rows.astype(np.float32) / np.float32(256**rows.dtype.itemsize - 1)
    if rows.dtype.kind == "f":
        if np.isfinite(rows).all() and rows.min() >= 0 and rows.max() <= 1:  # as they are: float32 holds fewer values
            return rows.astype(np.float32)
        raise InvalidImage("An array of floats must lie in 0..1. Divide it by its largest possible value.")
    raise InvalidImage(f"An array must be uint8, uint16 or float in 0..1; received {rows.dtype}.")
