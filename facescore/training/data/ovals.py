"""Faces cut out by an oval on white, as most of SCUT-FBP5500's Caucasian faces are: add and remove ovals."""

import cv2
import numpy as np
import numpy.typing as npt

from facescore.images import Image

WHITE = 248  # from here on a pixel is taken for the paper about an oval
FIT = 0.95  # share of white beyond an oval, and of what is not white just within it, from which it counts as one
HALF_WIDTH = 0.4  # of the side: the usual one among SCUT-FBP5500's ovals, which are as high as the picture
# Lowest and highest values, right and down, as shares of the side of a crop by the template arcface, where the data
# set's usual oval has its centre at (0.5, 0.53) and the half axes (0.5, 0.625).
CENTRE = np.array([[0.46, 0.48], [0.54, 0.58]])
HALF_AXES = np.array([[0.40, 0.54], [0.52, 0.66]])
RIM = np.ones((5, 5), np.uint8)  # an oval's rim is half white

Mask = npt.NDArray[np.bool_]


def put_on(picture: Image) -> Image:
    """White outside of an upright oval as high as the picture, as many of SCUT-FBP5500's Caucasian faces have it."""
    changed = picture.copy()
    width = picture.shape[1]
    changed[~_oval(picture, (width - 1) / 2, HALF_WIDTH * width)] = 255
    return changed


def take_off(picture: Image) -> Image:
    """The white outside of an oval painted over with the nearest colours inside it."""
    return _spread(picture, _inside(picture))


def is_in_one(picture: Image) -> bool:
    """Whether the picture shows a face cut out by an oval on white."""
    paper = np.asarray((picture >= WHITE).all(axis=2))
    beyond = ~_inside(picture, zoom=1.03)
    rim = _inside(picture, zoom=0.97) & ~_inside(picture, zoom=0.9)
    return bool(beyond.any() and paper[beyond].mean() >= FIT and (~paper[rim]).mean() >= FIT)


def swap(crop: Image, rng: np.random.Generator) -> Image:
    """A crop by the template arcface with an oval put on, white or of any colour, or its white surroundings taken off.

    White at all four corners is taken off, whether it comes from an oval or from a white wall.
    """
    white = np.asarray((crop >= WHITE).all(axis=2))
    corners = ((0, 0), (0, -1), (-1, 0), (-1, -1))
    if all(white[corner] for corner in corners):
        _, labels = cv2.connectedComponents(white.astype(np.uint8))
        return _spread(crop, ~np.isin(labels, [labels[corner] for corner in corners]))
    centre, half_axes = rng.uniform(*CENTRE) * len(crop), rng.uniform(*HALF_AXES) * len(crop)
    inside = cv2.ellipse(np.zeros_like(crop), (centre, 2 * half_axes, 0), (1, 1, 1), -1)
    colour = 255 if rng.random() < 0.5 else rng.integers(0, 256, 3)
    return np.where(inside == 1, crop, colour).astype(np.uint8)


def _spread(picture: Image, inside: Mask) -> Image:
    """The picture with every pixel that is not inside in the colour of the nearest one that is."""
    kept = cv2.erode(inside.astype(np.uint8), RIM)
    _, labels = cv2.distanceTransformWithLabels(1 - kept, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    colours = np.zeros((labels.max() + 1, 3), np.uint8)
    colours[labels[kept == 1]] = picture[kept == 1]
    return np.where(kept[:, :, None] == 1, picture, colours[labels])


def _inside(picture: Image, zoom: float = 1.0) -> Mask:
    """The inside of the oval as high as the picture and as wide as what is not white in its middle rows."""
    height, width = picture.shape[:2]
    rows = picture[height // 2 - height // 50 : height // 2 + height // 50 + 1]
    columns = np.flatnonzero((rows < WHITE).all(axis=2).mean(axis=0) > 0.5)
    if not len(columns):
        return np.ones((height, width), bool)
    return _oval(picture, (columns[-1] + columns[0]) / 2, (columns[-1] - columns[0] + 1) / 2, zoom)


def _oval(picture: Image, centre: float, half_width: float, zoom: float = 1.0) -> Mask:
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    return np.asarray(((x - centre) / half_width) ** 2 + ((y - (height - 1) / 2) / (height / 2)) ** 2 <= zoom**2)
