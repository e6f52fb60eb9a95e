"""A frame at several scales on one canvas, so that one run of a network sees them all and one call cuts every patch."""

import cv2
import numpy as np
import numpy.typing as npt

from facescore.faces.alignment import resize
from facescore.images import Image

STEP = 0.5**0.5  # scale from one level to the next: half the area
GRAY = 128  # beyond the frame's border: the middle of the range
HALF = 2.2  # largest ratio of two widths that counts as a half, given that sides are rounded to even numbers
DETAIL = 0.95  # least number of a level's pixels per pixel of a patch

Places = npt.NDArray[np.float32]
"""float32[N, 4]: left, top, right, bottom."""


class Pyramid:
    """A frame and smaller copies of it, its levels.

    The levels lie side by side without overlap: the largest at the top left, the next one right of it, the third right
    of that one; the fourth below the third, and all others in a row below the second. This wastes a tenth of the area.
    Sides and corners are even, so that a network with a stride of 2 sees each level as it would see it alone.

    Args:
        frame: uint8[H, W, 3].
        scale: the scale of the first level, at most 1.
        least: the shortest side of a level that is still useful, pixels.

    Attributes:
        levels: the canvas without the frame, uint8[h, w, 3]; not larger than one pixel if no level is large enough.
        corners: int[L, 2], x and y of the top left pixel of every level in ``levels``.
        sizes: int[L, 2], width and height of every level.
    """

    def __init__(self, frame: Image, scale: float, least: int) -> None:
        self._shape = np.array(frame.shape[1::-1])
        pictures = [frame]
        while min(size := _even(self._shape * scale * STEP ** (len(pictures) - 1))) >= least:
            pictures.append(_resized(pictures[max(len(pictures) - 2, 0)], *size))
        self.sizes = np.array([picture.shape[1::-1] for picture in pictures[1:]], np.intp).reshape(-1, 2)
        self.corners = _layout(self.sizes)
        width, height = (self.corners + self.sizes).max(axis=0, initial=1)
        corners = [(width, 0), *self.corners]
        self._canvas = np.zeros((max(height, frame.shape[0]), width + frame.shape[1], 3), np.uint8)
        for (x, y), picture in zip(corners, pictures, strict=True):
            self._canvas[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        self.levels = self._canvas[:height, :width]
        self._corners, self._sizes = np.array(corners), np.array([self._shape, *self.sizes])
        self._scales = self._sizes / self._shape

    def level_of(self, places: Places) -> npt.NDArray[np.intp]:
        """The level on which each place lies, int[N]; -1 where it does not lie on a single one."""
        starts = np.all(places[:, None, :2] >= self.corners, axis=2)
        ends = np.all(places[:, None, 2:] <= self.corners + self.sizes, axis=2)
        inside = starts & ends
        return np.where(np.any(inside, axis=1), np.argmax(inside, axis=1), -1)

    def to_frame(self, places: Places, level: npt.NDArray[np.intp]) -> Places:
        """Map places on the canvas to the frame.

        Args:
            places: float32[N, 4], in pixels of ``levels``.
            level: int[N], the level on which each place lies.
        """
        moved = places - np.tile(self.corners[level], 2)
        return np.asarray(moved / np.tile(self._scales[1:][level], 2), np.float32)

    def patches(self, boxes: Places, size: int) -> Image:
        """Cut squares out of the frame, each from the smallest level with enough detail; gray beyond the border.

        Args:
            boxes: float32[N, 4], squares in pixels of the frame.
            size: side of a patch, pixels.

        Returns:
            uint8[N, size, size, 3].
        """
        sides = boxes[:, 2] - boxes[:, 0]
        detailed = self._scales.min(axis=1) * sides[:, None] >= DETAIL * size
        level = np.where(detailed, np.arange(len(self._scales)), 0).max(axis=1)
        places, inside = [], []
        for axis in (0, 1):
            start, width = boxes[:, axis], boxes[:, axis + 2] - boxes[:, axis]
            centres = start[:, None] + width[:, None] * ((np.arange(size) + 0.5) / size)
            limit = self._sizes[level, axis][:, None]
            on_level = centres * self._scales[level, axis][:, None]
            inside.append((on_level >= 0) & (on_level <= limit))
            clipped = np.clip(on_level - 0.5, 0, limit - 1) + self._corners[level, axis][:, None]
            places.append(clipped.astype(np.float32))
        shape = (len(boxes), size, size)
        x, y = np.broadcast_to(places[0][:, None, :], shape), np.broadcast_to(places[1][:, :, None], shape)
        flat = (-1, size)
        cut = cv2.remap(self._canvas, x.reshape(flat), y.reshape(flat), cv2.INTER_LINEAR).reshape(*shape, 3)
        if not (inside[0].all() and inside[1].all()):
            cut[~(inside[0][:, None, :] & inside[1][:, :, None])] = GRAY
        return np.asarray(cut, np.uint8)


def _resized(picture: Image, width: int, height: int) -> Image:
    """Resize by interpolation, which averages 2×2 pixels when it halves a picture; below a half, by averaging areas."""
    if picture.shape[1] > HALF * width:
        return resize(picture, width, height)
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _even(size: npt.NDArray[np.floating]) -> tuple[int, int]:
    width, height = (2 * np.rint(size / 2)).astype(int).tolist()
    return width, height


def _layout(sizes: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The top left corner of each level, int[L, 2]."""
    corners = np.zeros_like(sizes)
    if len(sizes) > 1:
        corners[1:, 0] = sizes[0, 0]
    if len(sizes) > 4:
        corners[4:, 0] += np.cumsum(sizes[4:, 0]) - sizes[4:, 0]
        corners[4:, 1] = sizes[1, 1]
    if len(sizes) > 2:
        corners[2:4, 0] += max(sizes[1, 0], sizes[4:, 0].sum())
        corners[3:4, 1] = sizes[2, 1]
    return corners
