"""OpenCV's detector: YuNet (Wu et al. 2023, doi 10.1007/s11633-023-1423-y), if its model file is available."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from facescore.errors import DetectorError
from facescore.faces import Face, bounded, overlap
from facescore.faces.mtcnn import MTCNN
from facescore.files import read_regular
from facescore.images import Image

REPOSITORY = "opencv/face_detection_yunet"
REVISION = "3cc26e7f1014a5ee5d74a42acee58bafc9d0a310"
FILE = "face_detection_yunet_2023mar.onnx"
SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
MOST_BYTES = 10**6
CONFIDENCE = 0.7


class YuNet:
    """Find faces with `cv2.FaceDetectorYN`.

    Args:
        model: the pinned .onnx file; None downloads it once from the Hugging Face Hub. It is verified either way.
        embedded: the embedded detector, which places the landmarks, so that a face gets the same crop and the same
            scores from either detector; where it sees no face, and without it, they are YuNet's own.

    Raises:
        DetectorError: the file is not available, or is not the pinned one.
    """

    sure = 0.91

    def __init__(self, model: Path | None = None, embedded: MTCNN | None = None) -> None:
        path = model or _download()
        try:
            content = read_regular(path, MOST_BYTES)
        except (OSError, ValueError) as error:
            raise DetectorError(f"{path} cannot be read. Set FACESCORE_YUNET_MODEL to the path of {FILE}.") from error
        # OpenCV accepts whatever it can parse: a damaged network would find other faces or crash the process.
        if hashlib.sha256(content).hexdigest() != SHA256:
            raise DetectorError(f"{path} is not {FILE} from {REPOSITORY}, or is damaged. Download it again.")
        self._embedded = embedded
        self._detector = cv2.FaceDetectorYN.create(
            "onnx", np.frombuffer(content, np.uint8), np.empty(0, np.uint8), (320, 320), CONFIDENCE
        )
        self._lock = threading.Lock()  # the detector holds the size of one frame

    def __repr__(self) -> str:
        return f"YuNet({SHA256[:8]}, {CONFIDENCE}{f', {self._embedded}' if self._embedded else ''})"

    def detect(self, image: Image) -> list[Face]:
        """Every face in a photo, from left to right.

        Args:
            image: uint8[H, W, 3].
        """
        frame, ratio = bounded(image)
        with self._lock:
            self._detector.setInputSize((frame.shape[1], frame.shape[0]))
            _, rows = self._detector.detect(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        faces = []
        for row in [] if rows is None else sorted(rows.astype(np.float32), key=lambda row: float(row[0])):
            left, top, width, height = (float(value) for value in row[:4] * np.tile(ratio, 2))
            # YuNet's "right" eye is the person's right eye, the left one as seen in the picture.
            landmarks = (row[4:14].reshape(5, 2) + 0.5) * ratio - 0.5
            faces.append(Face((left, top, width, height), landmarks, float(row[14])))
        if self._embedded is None:
            return faces
        placed = self._embedded.landmarks(image, faces)
        return [
            face if landmarks is None else replace(face, landmarks=landmarks)
            for face, landmarks in zip(faces, placed, strict=True)
        ]

    def refine(self, image: Image, faces: Sequence[Face]) -> list[Face | None]:
        """Find where faces have moved to in the next frame: by a new search, since YuNet is fast enough.

        Args:
            image: the next frame, uint8[H, W, 3].
            faces: the faces as they were in the previous frame.
        """
        free, found = self.detect(image), []
        for face in faces:
            shared = [overlap(one.box, face.box) for one in free]
            found.append(free.pop(shared.index(max(shared))) if any(shared) else None)
        return found


def _download() -> Path:
    """The pinned model file from the Hub's cache, or from the Hub."""
    from huggingface_hub import hf_hub_download

    remedy = f"Download {FILE} from {REPOSITORY} and set FACESCORE_YUNET_MODEL to it, or unset FACESCORE_DETECTOR."
    try:
        return Path(hf_hub_download(REPOSITORY, FILE, revision=REVISION))
    except Exception as error:  # the Hub's client raises errors of several libraries when it is offline
        raise DetectorError(
            f"YuNet's model cannot be downloaded from the Hugging Face Hub ({type(error).__name__}). {remedy}"
        ) from error
