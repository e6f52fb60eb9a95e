"""facescore: what do networks learn when people rate faces?

Example:
    from facescore import Scorer, read_image

    for face in Scorer().score(read_image("photo.jpg")):
        print(face.beauty, face.percentile, face.attractive)
"""

__version__ = "0.2.0"

from facescore.errors import (
    CheckpointError,
    DataError,
    DetectorError,
    FaceScoreError,
    InvalidImage,
    InvalidRequest,
    InvalidSetting,
    StorageError,
)
from facescore.faces import Face
from facescore.images import read_image
from facescore.scoring.scorer import FaceScore, Scorer

__all__ = [
    "CheckpointError",
    "DataError",
    "DetectorError",
    "Face",
    "FaceScore",
    "FaceScoreError",
    "InvalidImage",
    "InvalidRequest",
    "InvalidSetting",
    "Scorer",
    "StorageError",
    "read_image",
]
