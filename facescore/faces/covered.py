"""Whether something covers a face's eyes or mouth: a linear function of the directions of its edges.

The crop's gradients are binned by direction in a grid (as in HOG, Dalal and Triggs 2005). The weights were fitted by
``facescore/training/covered.py`` on faces with drawn masks, hands, dark glasses and bars.
"""

import json
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from facescore.images import Image
from facescore.settings import ASSETS

WEIGHTS = ASSETS / "covered.json"
GRID, DIRECTIONS = 8, 6


def evidence(crop: Image) -> float:
    """The evidence that something covers the face: above 0 for 2% of uncovered faces and nearly all covered ones.

    Args:
        crop: uint8[112, 112, 3], aligned to `ARCFACE`.
    """
    weights, bias = _weights()
    return float(edges(crop) @ weights + bias)


def edges(crop: Image) -> npt.NDArray[np.float32]:
    """The log strength of the edges of each direction in each cell, standardised, float32[384]."""
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    right, down = (cv2.Sobel(gray, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    strength, angle = cv2.cartToPolar(right, down)
    direction = (angle * (DIRECTIONS / np.pi)).astype(int) % DIRECTIONS
    planes = np.where(direction[:, :, None] == np.arange(DIRECTIONS), strength[:, :, None], 0).astype(np.float32)
    cells = np.log1p(cv2.resize(planes, (GRID, GRID), interpolation=cv2.INTER_AREA))
    return np.asarray(((cells - cells.mean()) / (cells.std() + 0.1)).ravel(), dtype=np.float32)


@cache
def _weights() -> tuple[npt.NDArray[np.float32], float]:
    fitted = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array(fitted["weights"], np.float32), float(fitted["bias"])
