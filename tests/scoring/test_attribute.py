import pytest

from facescore import InvalidRequest
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.scoring import attribute


def test_each_face_gets_a_probability(two_faces: Image, detector: MTCNN) -> None:
    """Rear Admiral Hopper, at 78 and without make-up, and the astronaut Eileen Collins."""
    faces = detector.detect(two_faces)
    shares = attribute.probabilities(attribute.load("male"), two_faces, faces)
    assert len(shares) == len(faces) == 2
    assert all(0 <= share <= 1 for share in shares)
    assert min(shares) < 0.1


def test_a_photo_without_a_face_gets_none(meadow: Image) -> None:
    assert attribute.probabilities(attribute.load("male"), meadow, []) == []


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"no attribute 'Bald'\. Choose one of: male\."):
        attribute.load("Bald")


def test_what_it_is_is_said() -> None:
    assert "annotators" in attribute.ATTRIBUTES["male"]
    assert "not a person's gender" in attribute.ATTRIBUTES["male"]
