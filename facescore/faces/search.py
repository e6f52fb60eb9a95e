"""Find the faces of a photo however it is held: turned by quarters, very long, or with a face that its border cuts.

An ordinary photo is searched once. Only where that search is sure of no face, the photo is searched in the other three
directions and then with a margin. Confidence alone does not tell: MTCNN takes a chin for a forehead at .99. But then
the five landmarks are too small for the box, so both count. The thresholds were chosen on validation parts of all data
sets and on pictures without a face; ``benchmarks/detectors.py`` measures what they do.
"""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from facescore.faces import Detector, Face, bounded
from facescore.images import Image

LEAST_PROPORTION = 0.28  # what is smaller is no face that stands upright
UNSURE_PROPORTION = 0.33  # between this and `SURE_PROPORTION` lie faces held at a slant
SURE_PROPORTION = 0.355
LONGEST = 4  # times as long as wide; of a longer picture each frame would show too little
MOST_SQUARES = 12  # they are drawn out along a picture that would need more
SAME = 0.5  # share of the smaller box that lies in the other one, from which both are of one face
MARGIN = 0.25  # of the longer side, about a photo whose border may cut a face
MARGIN_FRAME = 240  # longest side of what is searched then, pixels: small faces at the border are not what is missed
GRAY = (128, 128, 128)


def find(detector: Detector, image: Image) -> list[Face]:
    """Every face in a photo, from left to right, upright or not.

    Args:
        detector: looks for upright faces.
        image: uint8[H, W, 3].

    Returns:
        Boxes and landmarks in pixels of ``image``. The landmarks of a face that lies on its side or upside down are
        named as if it were upright, so that `align` turns it upright; `Face.rotation` tells how it lies.
    """
    if max(image.shape[:2]) > LONGEST * min(image.shape[:2]):
        return _marked(detector, _long(detector, image))
    upright = detector.detect(image)
    if not any(is_sure(detector, face) for face in upright):
        frame, ratio = bounded(image)
        for others in (_turned(detector, frame), _with_margin(detector, frame)):
            if others:
                return _marked(detector, [_scaled(face, ratio) for face in others])
    return _marked(detector, upright)


def is_sure(detector: Detector, face: Face) -> bool:
    """Whether it is a face, and upright."""
    return face.confidence >= detector.sure and face.proportion >= SURE_PROPORTION


def _marked(detector: Detector, faces: list[Face]) -> list[Face]:
    """The faces from left to right without those that are none; those that may be none are marked."""
    kept = [
        replace(face, unsure=face.confidence < detector.sure or face.proportion < UNSURE_PROPORTION)
        for face in faces
        if face.proportion >= LEAST_PROPORTION
    ]
    return sorted(kept, key=lambda face: face.box[0])


def _turned(detector: Detector, frame: Image) -> list[Face]:
    """What is found in the surest of the three other directions; empty where none is sure."""
    found = []
    for quarters in (1, 2, 3):
        faces = detector.detect(np.ascontiguousarray(np.rot90(frame, quarters)))
        confidence = max((face.confidence for face in faces if is_sure(detector, face)), default=0.0)
        found.append((confidence, [_turned_back(face, quarters, frame) for face in faces]))
    confidence, faces = max(found, key=lambda one: one[0])
    return faces if confidence else []


def _turned_back(face: Face, quarters: int, frame: Image) -> Face:
    """Where a face that was found in a frame turned counter-clockwise by so many quarters lies in the frame itself."""
    height, width = frame.shape[:2]
    left, top, wide, high = face.box
    x, y = face.landmarks.T
    if quarters == 1:
        box, points = (width - top - high, left, high, wide), (width - 1 - y, x)
    elif quarters == 2:
        box, points = (width - left - wide, height - top - high, wide, high), (width - 1 - x, height - 1 - y)
    else:
        box, points = (top, height - left - wide, high, wide), (y, height - 1 - x)
    return replace(face, box=box, landmarks=np.stack(points, axis=1).astype(np.float32))


def _with_margin(detector: Detector, frame: Image) -> list[Face]:
    """The faces of which the detector is sure once there is room for what the border cuts off."""
    small, ratio = bounded(frame, round(MARGIN_FRAME / (1 + 2 * MARGIN)))
    margin = round(MARGIN * max(small.shape[:2]))
    wider = cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=GRAY)
    faces = detector.detect(np.asarray(wider, dtype=np.uint8))
    return [_scaled(_moved(face, -margin, -margin), ratio) for face in faces if is_sure(detector, face)]


def _long(detector: Detector, image: Image) -> list[Face]:
    """The faces of a long picture, found in the whole of it and in the parts that `_parts` takes."""
    faces = detector.detect(image)
    for part, x, y in _parts(image):
        faces += [_moved(face, x, y) for face in detector.detect(part)]
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.confidence):
        if all(_shared(face, other) <= SAME for other in kept):
            kept.append(face)
    return kept


def _parts(image: Image) -> Iterator[tuple[Image, int, int]]:
    """Squares along a long picture that overlap by half, each with its left upper corner."""
    height, width = image.shape[:2]
    length, side = max(height, width), min(height, width)
    side = max(side, -(-2 * length // (MOST_SQUARES + 1)))
    for corner in np.linspace(0, length - side, -(-2 * (length - side) // side) + 1).astype(int).tolist():
        if height > width:
            yield image[corner : corner + side], 0, corner
        else:
            yield np.ascontiguousarray(image[:, corner : corner + side]), corner, 0


def _moved(face: Face, x: float, y: float) -> Face:
    left, top, width, height = face.box
    return replace(
        face, box=(left + x, top + y, width, height), landmarks=face.landmarks + np.array([x, y], np.float32)
    )


def _scaled(face: Face, ratio: npt.NDArray[np.float32]) -> Face:
    left, top, width, height = (float(value) for value in face.box * np.tile(ratio, 2))
    return replace(face, box=(left, top, width, height), landmarks=(face.landmarks + 0.5) * ratio - 0.5)


def _shared(one: Face, other: Face) -> float:
    """The share of the smaller box that lies in the other one, 0 to 1."""
    sides = [
        max(0.0, min(one.box[i] + one.box[i + 2], other.box[i] + other.box[i + 2]) - max(one.box[i], other.box[i]))
        for i in (0, 1)
    ]
    return sides[0] * sides[1] / min(one.box[2] * one.box[3], other.box[2] * other.box[3])
