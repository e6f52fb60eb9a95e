"""Find faces in any photo: turned by a multiple of 90 degrees, very long, or with a face cut off by the border.

An ordinary photo is searched once. Only if that search finds no face for sure is the photo searched in the other three
directions and then with margins. Confidence alone is not enough: MTCNN may take a chin for a forehead with a confidence
of .99, but then the five landmarks are too close together for the box, so both are checked. The thresholds were chosen
on the validation parts of all data sets and on pictures without a face, the margins on faces of SCUT-FBP5500's train
part, cut off at other places than in ``benchmarks/detectors.py``, which measures their effect.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from facescore.faces import Detector, Face, bounded
from facescore.images import Image

LEAST_PROPORTION = 0.28  # anything smaller is not an upright face
UNSURE_PROPORTION = 0.33  # between this and `SURE_PROPORTION` lie tilted faces
SURE_PROPORTION = 0.355
LONGEST = 4  # times as long as wide; faces in longer pictures get too small when these are shrunk to the frame
MOST_SQUARES = 12  # if a picture would need more, they are made larger
SAME = 0.5  # share of the smaller box inside the other from which both count as the same face
# Margins around a photo whose border may cut off a face: the share of the longer side, and the longest side of the
# padded frame, pixels. Faces missed at the border are large, so the frames are small. Whether such a face is found
# depends on where it lies on the detector's grid and between its scales, hence more than one, all of which are tried
# only if the upright search has found nothing at all.
MARGINS = ((0.25, 240), (0.25, 286), (0.4, 170))
GRAY = (128, 128, 128)


def find(detector: Detector, image: Image) -> list[Face]:
    """Every face in a photo, in reading order, upright or not.

    Args:
        detector: finds upright faces.
        image: uint8[H, W, 3].

    Returns:
        Boxes and landmarks in pixels of ``image``. The landmarks of a face that lies on its side or upside down are
        ordered as if it were upright, so that `align` turns it upright; `Face.rotation` gives its rotation.
    """
    if max(image.shape[:2]) > LONGEST * min(image.shape[:2]):
        return _marked(detector, _long(detector, image))
    upright = _marked(detector, detector.detect(image))
    if any(is_sure(detector, face) for face in upright):
        return upright
    frame, ratio = bounded(image)
    every = [upright]
    for further in (_turned, partial(_with_margins, margins=MARGINS[:1] if upright else MARGINS)):
        faces = _marked(detector, [_scaled(face, ratio) for face in further(detector, frame)])
        if any(is_sure(detector, face) for face in faces):
            return faces
        every.append(faces)
    return next((faces for faces in every if faces), [])


def is_sure(detector: Detector, face: Face) -> bool:
    """Whether this is certainly an upright face."""
    return face.confidence >= detector.sure and face.proportion >= SURE_PROPORTION


def _marked(detector: Detector, faces: list[Face]) -> list[Face]:
    """The faces in reading order, doubtful ones marked; without those that cannot be faces."""
    kept = [
        replace(face, unsure=face.confidence < detector.sure or face.proportion < UNSURE_PROPORTION)
        for face in faces
        if face.proportion >= LEAST_PROPORTION
    ]
    return in_reading_order(kept)


def in_reading_order(faces: list[Face]) -> list[Face]:
    """The faces row by row from the top, each row from left to right.

    Two faces stand in one row if their centres are no further apart vertically than the taller face is high.
    """

    def middle(face: Face) -> float:
        """How far down a face's centre is, in pixels."""
        return face.box[1] + face.box[3] / 2

    rows: list[list[Face]] = []
    for face in sorted(faces, key=middle):
        first = rows[-1][0] if rows else None
        if first and middle(face) - middle(first) <= max(face.box[3], first.box[3]):
            rows[-1].append(face)
        else:
            rows.append([face])
    return [face for row in rows for face in sorted(row, key=lambda face: face.box[0])]


def _turned(detector: Detector, frame: Image) -> list[Face]:
    """The faces found in the other direction that has the surest well-proportioned face; empty if there is none."""
    found = []
    for quarters in (1, 2, 3):
        faces = detector.detect(np.ascontiguousarray(np.rot90(frame, quarters)))
        confidence = max((face.confidence for face in faces if face.proportion >= SURE_PROPORTION), default=0.0)
        found.append((confidence, [_turned_back(face, quarters, frame) for face in faces]))
    confidence, faces = max(found, key=lambda one: one[0])
    return faces if confidence else []


def _turned_back(face: Face, quarters: int, frame: Image) -> Face:
    """Map a face back from a frame that was turned counter-clockwise by the given number of quarters."""
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


def _with_margins(detector: Detector, frame: Image, margins: Sequence[tuple[float, int]]) -> list[Face]:
    """The faces found once a margin is added around the photo.

    Returns:
        Those of which the detector is sure, with the first margin that gives any; if none does, the well-proportioned
        ones, with the first margin that gives any.
    """
    unsure: list[Face] = []
    for share, longest in margins:
        faces = [face for face in _with_margin(detector, frame, share, longest) if face.proportion >= SURE_PROPORTION]
        if sure := [face for face in faces if is_sure(detector, face)]:
            return sure
        unsure = unsure or faces
    return unsure


def _with_margin(detector: Detector, frame: Image, share: float, longest: int) -> list[Face]:
    """The faces found with a margin."""
    small, ratio = bounded(frame, round(longest / (1 + 2 * share)))
    margin = round(share * max(small.shape[:2]))
    wider = cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=GRAY)
    faces = detector.detect(np.asarray(wider, dtype=np.uint8))
    return [_scaled(_moved(face, -margin, -margin), ratio) for face in faces]


def _long(detector: Detector, image: Image) -> list[Face]:
    """The faces of a long picture, found in the whole picture and in its `_parts`."""
    faces = detector.detect(image)
    for part, x, y in _parts(image):
        faces += [_moved(face, x, y) for face in detector.detect(part)]
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.confidence):
        if all(_shared(face, other) <= SAME for other in kept):
            kept.append(face)
    return kept


def _parts(image: Image) -> Iterator[tuple[Image, int, int]]:
    """Squares along a long picture that overlap by half, each with the coordinates of its top left corner."""
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
    """The share of the smaller box that lies inside the other one, 0 to 1."""
    sides = [
        max(0.0, min(one.box[i] + one.box[i + 2], other.box[i] + other.box[i + 2]) - max(one.box[i], other.box[i]))
        for i in (0, 1)
    ]
    return sides[0] * sides[1] / min(one.box[2] * one.box[3], other.box[2] * other.box[3])
