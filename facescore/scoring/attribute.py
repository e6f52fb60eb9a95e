"""Predict a label of CelebA that is not among the scores, for the faces in a photo: “Male”, which has its own study."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from facescore.errors import InvalidRequest
from facescore.faces import Face
from facescore.faces.alignment import align
from facescore.images import Image
from facescore.runtime import ScoringNetwork
from facescore.settings import CHECKPOINTS

ATTRIBUTES = {
    "male": "the probability that CelebA's annotators would have ticked “Male”. They labelled how celebrities looked "
    "in pictures: the label has two values, is wrong for many people, and is not a person's gender."
}
"""What each network's probability is, by the network's name."""


def load(name: str, checkpoints: Path = CHECKPOINTS) -> ScoringNetwork:
    """The network of a label.

    Args:
        name: a key of `ATTRIBUTES`.
        checkpoints: the folder that holds the checkpoints.

    Raises:
        InvalidRequest: there is no such label.
        CheckpointError: the network cannot be loaded.
    """
    if name not in ATTRIBUTES:
        raise InvalidRequest(f"There is no attribute {name!r}. Choose one of: {', '.join(ATTRIBUTES)}.")
    return ScoringNetwork(checkpoints / name, "binary")


def probabilities(network: ScoringNetwork, image: Image, faces: Sequence[Face]) -> list[float]:
    """How likely the label is for each face, 0 to 1.

    Args:
        network: as `load` returns it.
        image: uint8[H, W, 3].
        faces: those found in the image.
    """
    if not faces:
        return []
    crops = np.stack([align(image, face.landmarks, network.template) for face in faces])
    return [1 / (1 + math.exp(-float(score))) for score in network(crops).scores]
