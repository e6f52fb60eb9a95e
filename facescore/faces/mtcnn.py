"""The embedded detector: MTCNN (Zhang et al. 2016, arXiv 1604.02878) in LiteRT.

A cascade of three networks: P-Net scans every place of an image pyramid, R-Net refines P-Net's proposals, and O-Net
decides and adds five landmarks. The search runs on a frame of limited size, so its cost does not grow with the photo.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from facescore import checkpoints
from facescore.faces import FRAME, Box, Face, bounded
from facescore.faces.pyramid import Pyramid
from facescore.images import Image
from facescore.runtime import Network, Shape
from facescore.settings import CHECKPOINTS

Boxes = npt.NDArray[np.float32]
"""float32[N, 4]: left, top, right, bottom."""

MIN_FACE = 24  # smallest face to look for, pixels of the frame
CELL, STRIDE = 12, 2  # P-Net's window and step, pixels
THRESHOLDS = (0.6, 0.7, 0.8)  # confidence that each network requires
MOST_PROPOSALS = 200  # of P-Net, best first; limits the cost of a cluttered photo
NETWORKS: dict[str, tuple[Shape, dict[str, Shape]]] = {
    "pnet": ((None, None, 3), {"offsets": (None, None, 4), "face": (None, None, 2)}),
    "rnet": ((24, 24, 3), {"offsets": (4,), "face": (2,)}),
    "onet": ((48, 48, 3), {"offsets": (4,), "face": (2,), "landmarks": (10,)}),
}
"""The shapes of each network's crop and outputs."""


class MTCNN:
    """Find faces with the checkpoint ``face-detector``.

    Args:
        folder: the checkpoint's folder.
        frame: longest side of the frame to search, pixels.
        min_face: the smallest face to look for, pixels of the frame.

    Raises:
        CheckpointError: the checkpoint is missing or damaged.
    """

    sure = 0.95

    def __init__(
        self, folder: Path = CHECKPOINTS / "face-detector", frame: int = FRAME, min_face: int = MIN_FACE
    ) -> None:
        self._frame, self._min_face = frame, min_face
        card, contents = checkpoints.read(folder, needs=tuple(f"{name}.tflite" for name in NETWORKS))
        self._version = "/".join(file.sha256[:8] for file in card.files.values())
        self._proposal = _network(contents, "pnet")
        self._refinement, self._output = _network(contents, "rnet"), _network(contents, "onet")

    def __repr__(self) -> str:
        return f"MTCNN({self._version}, {self._frame}, {self._min_face}, {THRESHOLDS}, two looks)"

    def detect(self, image: Image) -> list[Face]:
        """Every face in a photo, from left to right.

        Args:
            image: uint8[H, W, 3].
        """
        frame, ratio = bounded(image, self._frame)
        boxes, landmarks, confidence = self._detect(frame)
        boxes = boxes * np.tile(ratio, 2)
        landmarks = (landmarks + 0.5) * ratio - 0.5
        return sorted(map(_face, boxes, landmarks, confidence), key=lambda face: face.box[0])

    def refine(self, image: Image, faces: Sequence[Face]) -> list[Face | None]:
        """Find where faces have moved to in the next frame: run R-Net and O-Net where they were in the previous one.

        O-Net alone could do this, but with R-Net before it the boxes are closer to those of a search.

        Args:
            image: the next frame, uint8[H, W, 3].
            faces: the faces as they were in the previous frame.
        """
        if not faces:
            return []
        before = squared(np.array([_edges(face) for face in faces], np.float32))
        pyramid = Pyramid(image, CELL / self._min_face, CELL)
        nearer, _, _ = _refine(pyramid, before, self._refinement, 24, -1.0)
        boxes, confidence, landmarks = _refine(pyramid, squared(nearer), self._output, 48, -1.0)
        found: list[Face | None] = [None] * len(faces)
        for index in suppress_nested(boxes, confidence, 0.7).tolist():
            if confidence[index] > THRESHOLDS[1]:
                found[index] = _face(boxes[index], landmarks[index], confidence[index])
        return found

    def landmarks(self, image: Image, faces: Sequence[Face]) -> list[npt.NDArray[np.float32] | None]:
        """Where O-Net sees the landmarks of faces that another detector found; None where it sees no face.

        Args:
            image: uint8[H, W, 3].
            faces: the faces, of which only the boxes are used.
        """
        if not faces:
            return []
        frame, ratio = bounded(image, self._frame)
        pyramid = Pyramid(frame, CELL / self._min_face, CELL)
        edges = np.array([_edges(face) for face in faces]) / np.tile(ratio, 2)
        boxes = squared(edges.astype(np.float32))
        boxes, confidence, first = _refine(pyramid, boxes, self._output, 48, -1.0)
        placed = (self._steadied(pyramid, boxes, first) + 0.5) * ratio - 0.5
        return [one if sure > THRESHOLDS[2] else None for one, sure in zip(placed, confidence, strict=True)]

    def _detect(self, frame: Image) -> tuple[Boxes, npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Boxes float32[N, 4], landmarks float32[N, 5, 2] and confidences float32[N], in pixels of the frame."""
        pyramid = Pyramid(frame, CELL / self._min_face, CELL)
        boxes = self._propose(pyramid)
        boxes, confidence, _ = _refine(pyramid, boxes, self._refinement, 24, THRESHOLDS[1])
        kept = suppress(boxes, confidence, 0.7)
        boxes = squared(boxes[kept])
        boxes, confidence, landmarks = _refine(pyramid, boxes, self._output, 48, THRESHOLDS[2])
        kept = suppress_nested(boxes, confidence, 0.7)
        boxes, landmarks, confidence = boxes[kept], landmarks[kept], confidence[kept]
        return boxes, self._steadied(pyramid, boxes, landmarks), confidence

    def _steadied(self, pyramid: Pyramid, boxes: Boxes, landmarks: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The mean of O-Net's landmarks and of those that it gives for its own boxes.

        Where O-Net places the landmarks depends on the box that it is given: the mean of two runs is steadier.
        """
        _, _, again = _refine(pyramid, squared(boxes), self._output, 48, threshold=-1.0)
        return np.asarray((landmarks + again) / np.float32(2), np.float32)

    def _propose(self, pyramid: Pyramid) -> Boxes:
        """Run P-Net on all levels at once."""
        if not len(pyramid.sizes):
            return np.zeros((0, 4), np.float32)
        outputs = self._proposal(pyramid.levels[None])
        face = outputs["face"][0, :, :, 1]
        rows, columns = np.nonzero(face > THRESHOLDS[0])
        corner = np.stack([columns, rows], axis=1) * STRIDE
        cells = np.concatenate([corner, corner + CELL], axis=1).astype(np.float32)
        level = pyramid.level_of(cells)
        confidence = face[rows, columns]
        whole = np.flatnonzero(level >= 0)
        kept = whole[suppress(cells[whole], confidence[whole], 0.5)]  # cells of different levels do not overlap
        boxes = moved(pyramid.to_frame(cells[kept], level[kept]), outputs["offsets"][0, rows[kept], columns[kept]])
        return squared(boxes[suppress(boxes, confidence[kept], 0.7)[:MOST_PROPOSALS]])


def _refine(
    pyramid: Pyramid, boxes: Boxes, network: Network, size: int, threshold: float
) -> tuple[Boxes, npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The boxes that the network accepts, with offsets applied, and their confidence and, from O-Net, landmarks."""
    if not len(boxes):
        return boxes, np.zeros(0, np.float32), np.zeros((0, 5, 2), np.float32)
    outputs = network(pyramid.patches(boxes, size))
    confidence = outputs["face"][:, 1]
    kept = confidence > threshold
    boxes = boxes[kept]
    landmarks = np.zeros((len(boxes), 5, 2), np.float32)
    if "landmarks" in outputs:
        relative = outputs["landmarks"][kept].reshape(-1, 2, 5).transpose(0, 2, 1)
        landmarks = boxes[:, None, :2] + relative * (boxes[:, None, 2:] - boxes[:, None, :2]) - 0.5
    return moved(boxes, outputs["offsets"][kept]), confidence[kept], landmarks


def _face(box: npt.NDArray[np.float32], landmarks: npt.NDArray[np.float32], confidence: np.float32) -> Face:
    left, top, right, bottom = box.tolist()
    return Face((left, top, right - left, bottom - top), landmarks, float(confidence))


def _edges(face: Face) -> Box:
    left, top, width, height = face.box
    return left, top, left + width, top + height


def _network(contents: dict[str, bytes], name: str) -> Network:
    """Load one of the networks and check its input and outputs."""
    network = Network(contents[f"{name}.tflite"], f"face-detector/{name}.tflite")
    network.require(*NETWORKS[name])
    return network


def moved(boxes: Boxes, offsets: Boxes) -> Boxes:
    """Boxes with each edge moved by its offset, which is relative to the box's width or height."""
    return boxes + offsets * np.tile(boxes[:, 2:] - boxes[:, :2], 2)


def squared(boxes: Boxes) -> Boxes:
    """Squares with the same centres, as wide as the boxes' longer sides."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def suppress(boxes: Boxes, confidence: npt.NDArray[np.float32], threshold: float) -> npt.NDArray[np.intp]:
    """Greedy non-maximum suppression.

    Args:
        boxes: float32[N, 4].
        confidence: float32[N].
        threshold: the intersection over union above which the less confident box is removed.

    Returns:
        Indices of the boxes that are kept, the most confident first.
    """
    corners_and_sides = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1).astype(np.float64)
    kept = cv2.dnn.NMSBoxes(corners_and_sides, confidence, 0.0, threshold)  # type: ignore[arg-type]  # takes arrays, too
    return np.asarray(kept, dtype=np.intp).reshape(-1)


def suppress_nested(boxes: Boxes, confidence: npt.NDArray[np.float32], threshold: float) -> npt.NDArray[np.intp]:
    """Like `suppress`, but by the overlap relative to the smaller box, so that a box inside another is removed too."""
    order = np.argsort(-confidence, kind="stable")
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    kept = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        sides = np.minimum(boxes[best, 2:], boxes[rest, 2:]) - np.maximum(boxes[best, :2], boxes[rest, :2])
        shared = np.prod(np.clip(sides, 0, None), axis=1)
        order = rest[shared <= threshold * np.minimum(areas[best], areas[rest])]
    return np.array(kept, dtype=np.intp)
