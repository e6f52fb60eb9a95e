"""The parts of a face, defined once on a template's landmarks, so that every map uses the same parts.

Coordinates: the origin is midway between the eyes; ``u`` points right, in distances between the eyes, and ``v`` points
down, in distances from eyes to mouth. The outline of the face is an ellipse from hairline to chin, 2.2 distances
between the eyes wide; it and the borders between the parts were set by eye on CelebA's average face.
"""

import cv2
import numpy as np
import numpy.typing as npt

from facescore.templates import Template

Mask = npt.NDArray[np.bool_]

HALF_WIDTH, HAIRLINE, CHIN = 1.1, -1.0, 1.66
BROW, LID, LIP, LOWER_LIP = -0.42, 0.22, 0.78, 1.22
NOSE_HALF_WIDTH, MOUTH_HALF_WIDTH = 0.38, 0.62


def masks(template: Template) -> dict[str, Mask]:
    """Which pixels of a crop belong to which part; every pixel belongs to exactly one part.

    Args:
        template: the crop's template.

    Returns:
        bool[size, size] for each of forehead, eyes (with brows), nose, mouth, chin, cheeks, and hair and background.
    """
    u, v = _face_coordinates(template)
    middle, half_height = (HAIRLINE + CHIN) / 2, (CHIN - HAIRLINE) / 2
    face = (u / HALF_WIDTH) ** 2 + ((v - middle) / half_height) ** 2 <= 1
    parts = {
        "forehead": v < BROW,
        "eyes": (v >= BROW) & (v < LID),
        "nose": (v >= LID) & (v < LIP) & (np.abs(u) <= NOSE_HALF_WIDTH),
        "mouth": (v >= LIP) & (v < LOWER_LIP) & (np.abs(u) <= MOUTH_HALF_WIDTH),
        "chin": v >= LOWER_LIP,
    }
    inside = {name: face & part for name, part in parts.items()}
    cheeks = face & ~np.any(list(parts.values()), axis=0)
    return {**inside, "cheeks": cheeks, "hair and background": ~face}


def outline(template: Template, side: int = 24) -> npt.NDArray[np.float64]:
    """Points spread evenly over the face, from hairline to chin, float64[N, 2] in the template's frame.

    Args:
        template: the template; the chin may lie below its frame.
        side: how many points across the face, and how many down it.
    """
    u, v = np.meshgrid(np.linspace(-HALF_WIDTH, HALF_WIDTH, side), np.linspace(HAIRLINE, CHIN, side))
    inside = (u / HALF_WIDTH) ** 2 + ((v - (HAIRLINE + CHIN) / 2) / ((CHIN - HAIRLINE) / 2)) ** 2 <= 1
    points = np.array(template.points)
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    spread = np.array([points[1, 0] - points[0, 0], mouth[1] - eyes[1]])
    return np.asarray(eyes + np.stack([u[inside], v[inside]], axis=1) * spread)


def shares(contributions: npt.NDArray[np.float32], template: Template) -> dict[str, npt.NDArray[np.float64]]:
    """The share of a map's absolute contributions in each part of the face.

    Args:
        contributions: float[N, h, w], evenly spaced over the crop.
        template: the crop's template.

    Returns:
        float64[N] for each part; the parts add up to 1.
    """
    absolute = np.abs(contributions)
    total = absolute.sum(axis=(1, 2), dtype=np.float64)
    return {name: inside / total for name, inside in totals(absolute, template).items()}


def totals(contributions: npt.NDArray[np.float32], template: Template) -> dict[str, npt.NDArray[np.float64]]:
    """The sum of a map's contributions in each part of the face.

    Args:
        contributions: float[N, h, w], evenly spaced over the crop.
        template: the crop's template.

    Returns:
        float64[N] for each part; the parts add up to the sum of the map.
    """
    _, height, width = contributions.shape
    maps = contributions.astype(np.float64)
    return {name: np.einsum("nhw,hw->n", maps, _covered(mask, height, width)) for name, mask in masks(template).items()}


def _covered(mask: Mask, height: int, width: int) -> npt.NDArray[np.float64]:
    """The share of each map cell that a mask covers; exact even if a cell's border splits a pixel."""
    return np.asarray(cv2.resize(mask.astype(np.float64), (width, height), interpolation=cv2.INTER_AREA))


def _face_coordinates(template: Template) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """``u`` and ``v`` of every pixel's centre, float64[size, size] each."""
    points = np.array(template.points)
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    scale = np.array(template.frame) / template.size
    y, x = np.mgrid[: template.size, : template.size]
    frame_x, frame_y = (x + 0.5) * scale[0] - 0.5, (y + 0.5) * scale[1] - 0.5
    return (frame_x - eyes[0]) / (points[1, 0] - points[0, 0]), (frame_y - eyes[1]) / (mouth[1] - eyes[1])
