"""OpenCV's detector: YuNet (Wu et al. 2023, doi 10.1007/s11633-023-1423-y), where its model file is to be had."""

import hashlib
import threading
from pathlib import Path

import cv2
import numpy as np

from facescore.errors import DetectorError
from facescore.faces import Face, bounded
from facescore.images import Image

REPOSITORY = "opencv/face_detection_yunet"
REVISION = "3cc26e7f1014a5ee5d74a42acee58bafc9d0a310"
FILE = "face_detection_yunet_2023mar.onnx"
SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
CONFIDENCE = 0.7


class YuNet:
    """Finds faces with `cv2.FaceDetectorYN`.

    Args:
        model: the .onnx file; None takes the pinned one from the Hugging Face Hub, downloaded once and verified.

    Raises:
        DetectorError: the file cannot be had, or is not a YuNet model.
    """

    sure = 0.91

    def __init__(self, model: Path | None = None) -> None:
        path = model or _download()
        if not path.is_file():
            raise DetectorError(f"FACESCORE_YUNET_MODEL names {path}, which is not a file. Name YuNet's .onnx file.")
        self._version = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        try:
            self._detector = cv2.FaceDetectorYN.create(str(path), "", (320, 320), CONFIDENCE)
        except cv2.error as error:
            raise DetectorError(f"{path} is not a YuNet model that OpenCV can read. Name {FILE}.") from error
        self._lock = threading.Lock()  # the detector holds one frame's size

    def __repr__(self) -> str:
        return f"YuNet({self._version}, {CONFIDENCE})"

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
            # YuNet's "right" eye is the person's right, which is the left one as seen in the picture.
            landmarks = (row[4:14].reshape(5, 2) + 0.5) * ratio - 0.5
            faces.append(Face((left, top, width, height), landmarks, float(row[14])))
        return faces


def _download() -> Path:
    """The pinned model file from the Hub's cache, or from the Hub."""
    from huggingface_hub import hf_hub_download

    remedy = f"Download {FILE} from {REPOSITORY} and name it by FACESCORE_YUNET_MODEL, or unset FACESCORE_DETECTOR."
    try:
        path = Path(hf_hub_download(REPOSITORY, FILE, revision=REVISION))
    except Exception as error:  # the Hub's client raises errors of several libraries when it is offline
        raise DetectorError(
            f"YuNet's model cannot be had from the Hugging Face Hub ({type(error).__name__}). {remedy}"
        ) from error
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise DetectorError(f"YuNet's model from the Hub is not the pinned file. {remedy}")
    return path
