from pathlib import Path

import numpy as np
import pytest

from facescore.faces.alignment import align
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.networks import mobilefacenet
from facescore.templates import ARCFACE
from facescore.training.data import identities
from facescore.training.data.changes import brightness, move


def test_embeddings_of_nearly_the_same_direction_are_one_identity() -> None:
    others = np.array([[1, 0], [0, 1]], np.float32)
    faces = np.array([[0.8, 0.6], [-1, 0], [0.55, -0.835]], np.float32)
    assert list(identities.overlap(faces, others)) == [True, False, False]


def test_the_same_person_is_one_identity_and_another_is_not(
    data: Path, astronaut: Image, hopper: Image, detector: MTCNN
) -> None:
    weights = data.resolve().parent / "weights"
    if not (weights / mobilefacenet.WEIGHTS).is_file():
        pytest.skip(f"needs {mobilefacenet.WEIGHTS} in 'weights' beside FACESCORE_DATA")
    again = brightness(move(astronaut, degrees=5, scale=0.9), 0.8)
    crops = [align(image, detector.detect(image)[0].landmarks, ARCFACE) for image in (astronaut, again, hopper)]
    embeddings = identities.embed(np.stack(crops), weights)
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
    assert list(identities.overlap(embeddings[1:], embeddings[:1])) == [True, False]


def test_whoever_is_linked_through_others_is_in_one_group() -> None:
    angles = np.radians([0, 40, 80, 180])
    faces = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    first, second, third, other = identities.groups(faces)
    assert first == second == third != other
