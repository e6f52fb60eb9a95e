"""Find faces and crop them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from facescore.faces.alignment import resize, similarity
from facescore.images import Image
from facescore.settings import CHECKPOINTS, Settings
from facescore.templates import ARCFACE

FRAME = 480  # longest side of the frame searched for faces, pixels; benchmarks/detectors.py compares others

Box = tuple[float, float, float, float]
"""Left, top, width, height in pixels."""


@dataclass(frozen=True)
class Face:
    """A face in a photo.

    Attributes:
        box: left, top, width and height in pixels of the photo; it may extend beyond the photo's border.
        landmarks: float32[5, 2], x and y in pixels: left eye, right eye, nose, left and right mouth corner as seen in
            the picture when the face is upright.
        confidence: how sure the detector is, 0 to 1.
        unsure: whether it may not be a face at all; see `facescore.faces.search`.
    """

    box: Box
    landmarks: npt.NDArray[np.float32]
    confidence: float
    unsure: bool = False

    @property
    def rotation(self) -> int:
        """How far the face is turned clockwise in the picture, to the nearest quarter: 0, 90, 180 or 270 degrees."""
        matrix = similarity(self.landmarks, np.array(ARCFACE.points))
        return round(math.degrees(math.atan2(-matrix[1, 0], matrix[0, 0])) / 90) % 4 * 90

    @property
    def proportion(self) -> float:
        """The distance between the eyes, fitted to all five landmarks, divided by the square root of the box's area."""
        (left, top), (right, bottom) = ARCFACE.points[:2]
        scale = np.hypot(*similarity(self.landmarks, np.array(ARCFACE.points))[:2, 0])
        return float(math.hypot(right - left, bottom - top) / scale / math.sqrt(self.box[2] * self.box[3]))


class Detector(Protocol):
    """Finds upright faces. The `repr` names model and version, so that crops of different detectors are kept apart.

    Attributes:
        sure: the confidence that about 99% of ordinary faces reach, and few false ones.
    """

    sure: float

    def detect(self, image: Image) -> list[Face]:
        """Every face in a photo, from left to right.

        Args:
            image: uint8[H, W, 3].
        """

    def refine(self, image: Image, faces: Sequence[Face]) -> list[Face | None]:
        """Find where upright faces are in the next frame of a video, much faster than by searching the whole frame.

        Args:
            image: the next frame, uint8[H, W, 3].
            faces: the faces as they were in the previous frame.

        Returns:
            One per face, in the same order; None for a face that is no longer there, or that coincides with another.
        """


def load_detector(settings: Settings, checkpoints: Path = CHECKPOINTS) -> Detector:
    """The detector that the settings name, ready to run.

    Args:
        settings: the settings that name the detector.
        checkpoints: the folder that holds ``face-detector``.

    Raises:
        CheckpointError: the embedded detector's checkpoint is missing or damaged.
        DetectorError: YuNet's model file is not available.
    """
    from facescore.faces.mtcnn import MTCNN

    embedded = MTCNN(checkpoints / "face-detector")
    if settings.detector == "yunet":
        from facescore.faces.yunet import YuNet

        return YuNet(settings.yunet_model, embedded)
    return embedded


def largest(faces: list[Face]) -> Face:
    """The face with the largest box: in a data set, the subject of the picture."""
    return max(faces, key=lambda face: face.box[2] * face.box[3])


def overlap(first: Box, second: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width, height = (
        max(0.0, min(first[side] + first[side + 2], second[side] + second[side + 2]) - max(first[side], second[side]))
        for side in (0, 1)
    )
    shared = width * height
    union = first[2] * first[3] + second[2] * second[3] - shared
    return shared / union if union else 0.0


def bounded(image: Image, longest: int = FRAME) -> tuple[Image, npt.NDArray[np.float32]]:
    """Shrink a photo to a frame of limited size, so that the cost of processing does not grow with the photo.

    Args:
        image: uint8[H, W, 3].
        longest: longest side of the frame, pixels.

    Returns:
        The frame, and float32[2]: how many pixels of the photo one pixel of the frame spans, in x and y.
    """
    height, width = image.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return image, np.ones(2, np.float32)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Averaging over squares of whole pixels, then interpolating, is several times as fast as averaging at any scale.
    factor = int(1 / scale)
    across, down = max(width // factor, 1), max(height // factor, 1)
    part = image[: down * factor, : across * factor]
    frame = cv2.resize(resize(part, across, down), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(frame, np.uint8), np.array([across * factor / size[0], down * factor / size[1]], np.float32)
