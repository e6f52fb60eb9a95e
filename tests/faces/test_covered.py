import json

import numpy as np
import pytest

from facescore.faces import covered, largest
from facescore.faces.alignment import align
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image, read_image
from facescore.templates import ARCFACE
from facescore.training.data import occlusions
from tests.faces.test_search import CASES


def evidence(detector: MTCNN, image: Image) -> float:
    return covered.evidence(align(image, largest(detector.detect(image)).landmarks, ARCFACE))


def test_a_mask_is_seen_and_a_bare_face_is_not_taken_for_one(detector: MTCNN, astronaut: Image, hopper: Image) -> None:
    assert evidence(detector, astronaut) < 0
    assert evidence(detector, hopper) < 0
    assert evidence(detector, read_image(CASES / "occluded_mask.jpg")) > 0


@pytest.mark.parametrize("kind", occlusions.KINDS)
def test_most_of_what_is_drawn_over_a_face_is_seen(
    detector: MTCNN, astronaut: Image, kind: occlusions.Covering
) -> None:
    face = largest(detector.detect(astronaut))
    rng = np.random.default_rng(0)
    changed = [occlusions.cover(astronaut, face.landmarks, rng, kind) for _ in range(20)]
    assert sum(covered.evidence(align(one, face.landmarks, ARCFACE)) > 0 for one in changed) >= 14


def test_light_changes_little(detector: MTCNN, astronaut: Image) -> None:
    darker = (astronaut * 0.5).astype(np.uint8)
    assert evidence(detector, darker) == pytest.approx(evidence(detector, astronaut), abs=0.5)


def test_the_file_says_how_good_it_is() -> None:
    fitted = json.loads(covered.WEIGHTS.read_text(encoding="utf-8"))
    assert fitted["false_alarms"] <= 0.03
    assert len(fitted["weights"]) == covered.GRID**2 * covered.DIRECTIONS
    assert set(fitted["found"]) == {kind.__name__ for kind in occlusions.KINDS}
    assert min(fitted["found"].values()) > 0.75
