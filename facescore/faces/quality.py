"""Image quality: under what conditions a face was photographed."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from facescore.faces.alignment import align
from facescore.images import Image
from facescore.templates import ARCFACE

FLAT = 1.0  # gray levels; a crop that varies by less has nothing that could be sharp


@dataclass(frozen=True)
class Quality:
    """What can be told of a face's picture without any rating.

    Attributes:
        size: distance between the eyes, pixels of the photo.
        sharpness: how much of the crop's contrast is between neighbouring pixels: the standard deviation of its
            Laplacian (Pech-Pacheco et al. 2000) over that of its gray levels. A small or blurred face has little.
        turn: how far the nose lies beside the middle between eyes and mouth, in distances between the eyes: 0 for a
            frontal face, whichever side it turns to.
    """

    size: float
    sharpness: float
    turn: float


def measure(image: Image, landmarks: npt.NDArray[np.float32]) -> Quality:
    """The quality of one face's picture.

    Args:
        image: the photo, uint8[H, W, 3].
        landmarks: float32[5, 2], the face's, in the order of `facescore.faces.Face`.
    """
    left, right, nose, *mouth = landmarks.astype(np.float64)
    between = right - left
    size = float(np.hypot(*between))
    middle = ((left + right) / 2 + sum(mouth) / 2) / 2
    turn = abs(float((nose - middle) @ between)) / size**2 if size else 0.0
    gray = cv2.cvtColor(align(image, landmarks, ARCFACE), cv2.COLOR_RGB2GRAY).astype(np.float32)
    sharpness = float(cv2.Laplacian(gray, cv2.CV_32F).std() / max(float(gray.std()), FLAT))
    return Quality(size, sharpness, turn)
