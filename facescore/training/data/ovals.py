"""Add and remove ovals: most of SCUT-FBP5500's Caucasian faces are cut out by an oval on white."""

import cv2
import numpy as np
import numpy.typing as npt

from facescore.images import Image

WHITE = 248  # lowest value of a pixel that counts as the paper around an oval
FIT = 0.95  # least share of white outside an oval, and of other colours just inside it, to count as one
HALF_WIDTH = 0.4  # of the side, as usual among SCUT-FBP5500's ovals, which are as high as the picture
# Lowest and highest values, x and y, as shares of the side of a crop by the template arcface, where the data set's
# usual oval has its centre at (0.5, 0.53) and half-axes of (0.5, 0.625).
CENTRE = np.array([[0.46, 0.48], [0.54, 0.58]])
HALF_AXES = np.array([[0.40, 0.54], [0.52, 0.66]])
RIM = np.ones((5, 5), np.uint8)  # an oval's rim is half white

Mask = npt.NDArray[np.bool_]


def put_on(picture: Image) -> Image:
    """Paint white outside an upright oval as high as the picture, as in many of SCUT-FBP5500's Caucasian faces."""
    changed = picture.copy()
    width = picture.shape[1]
    changed[~_oval(picture, (width - 1) / 2, HALF_WIDTH * width)] = 255
    return changed


def take_off(picture: Image) -> Image:
    """Paint over the white outside an oval with the nearest colours inside it."""
    return _spread(picture, _inside(picture))


def is_in_one(picture: Image) -> bool:
    """Whether the picture shows a face cut out by an oval on white."""
    paper = np.asarray((picture >= WHITE).all(axis=2))
    beyond = ~_inside(picture, zoom=1.03)
    rim = _inside(picture, zoom=0.97) & ~_inside(picture, zoom=0.9)
    return bool(beyond.any() and paper[beyond].mean() >= FIT and (~paper[rim]).mean() >= FIT)


def swap(crop: Image, rng: np.random.Generator) -> Image:
    """Cut a crop by the template arcface out by an oval on white or any colour, or remove its white surroundings.

    White at all four corners is removed, whether it comes from an oval or from a white wall.
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
    """Give every pixel outside the colour of the nearest one inside."""
    kept = cv2.erode(inside.astype(np.uint8), RIM)
    _, labels = cv2.distanceTransformWithLabels(1 - kept, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    colours = np.zeros((labels.max() + 1, 3), np.uint8)
    colours[labels[kept == 1]] = picture[kept == 1]
    return np.where(kept[:, :, None] == 1, picture, colours[labels])


def _inside(picture: Image, zoom: float = 1.0) -> Mask:
    """The inside of an oval as high as the picture and as wide as what is not white in its middle rows."""
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
