"""The image quality of a face: size, sharpness, pose, light, and whether parts of it are hidden."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from facescore.faces import regions
from facescore.faces.alignment import similarity
from facescore.faces.covered import evidence
from facescore.images import Image
from facescore.templates import ARCFACE

FLAT = 1.0  # gray levels; a crop that varies less has no detail that could be sharp
HIGHLIGHT = 0.95  # quantile of a face's gray levels; skin of any colour has highlights, so it measures exposure
WHITE = 250  # gray level from which a pixel counts as white
FACE = ~regions.masks(ARCFACE)["hair and background"]
POINTS = regions.outline(ARCFACE)


@dataclass(frozen=True)
class Quality:
    """The image quality of a face, measured without any rating.

    Attributes:
        size: distance between the eyes, pixels of the photo.
        sharpness: how much of the crop's contrast is between neighbouring pixels: the standard deviation of its
            Laplacian (Pech-Pacheco et al. 2000) divided by that of its gray levels. Low for small or blurred faces.
        turn: how far the nose lies from the midpoint between eyes and mouth, to either side, in distances between the
            eyes; 0 for a frontal face.
        light: how bright the brighter parts of the face are, gray levels from 0 to 255.
        glare: share of the face that is white.
        outside: share of the face, from hairline to chin, that lies beyond the photo's border.
        covered: evidence that something covers the eyes or mouth; above 0, something probably does.
    """

    size: float
    sharpness: float
    turn: float
    light: float
    glare: float
    outside: float
    covered: float


def measure(crop: Image, landmarks: npt.NDArray[np.float32], width: int, height: int) -> Quality:
    """Measure the image quality of one face.

    Args:
        crop: the face aligned to `ARCFACE`, uint8[112, 112, 3].
        landmarks: float32[5, 2], the face's landmarks in the photo, in the order of `facescore.faces.Face`.
        width: the width of the photo, pixels.
        height: the height of the photo, pixels.
    """
    left, right, nose, *mouth = landmarks.astype(np.float64)
    between = right - left
    size = float(np.hypot(*between))
    middle = ((left + right) / 2 + sum(mouth) / 2) / 2
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    of_face = np.sort(gray[FACE])
    return Quality(
        size=size,
        sharpness=float(cv2.Laplacian(gray.astype(np.float32), cv2.CV_32F).std() / max(float(gray.std()), FLAT)),
        turn=abs(float((nose - middle) @ between)) / size**2 if size else 0.0,
        light=_quantile(of_face, HIGHLIGHT),
        glare=float(np.mean(of_face >= WHITE)),
        outside=_outside(landmarks, width, height),
        covered=evidence(crop),
    )


def _quantile(ordered: npt.NDArray[np.integer | np.floating], share: float) -> float:
    """As `np.quantile` of values in ascending order, which would load `numpy.ma` at the start."""
    return float(np.interp(share * (len(ordered) - 1), np.arange(len(ordered)), ordered))


def _outside(landmarks: npt.NDArray[np.float32], width: int, height: int) -> float:
    """The share of points on the face that lie beyond the photo's border."""
    to_photo = similarity(np.array(ARCFACE.points), landmarks)
    points = POINTS @ to_photo[:2, :2].T + to_photo[:2, 2]
    limit = np.array([width, height]) - 0.5
    return float(np.mean(np.any((points < -0.5) | (points > limit), axis=1)))
