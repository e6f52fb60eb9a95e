from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facescore import CheckpointError, checkpoints
from facescore.faces.alignment import align
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.scoring.runtime import Runtime
from facescore.settings import CHECKPOINTS


@pytest.fixture(scope="module", params=["attractive", "beauty"])
def runtime(request: pytest.FixtureRequest) -> Runtime:
    return Runtime(CHECKPOINTS / request.param, "binary" if request.param == "attractive" else "regression")


@pytest.fixture
def crops(runtime: Runtime, detector: MTCNN, two_faces: Image) -> np.ndarray:
    faces = [align(two_faces, face.landmarks, runtime.template) for face in detector.detect(two_faces)]
    noise = np.random.default_rng(0).integers(0, 256, faces[0].shape, dtype=np.uint8)
    return np.stack([*faces, noise])


def test_contributions_add_up_to_the_score(runtime: Runtime, crops: np.ndarray) -> None:
    scores, contributions, *_ = runtime(crops)
    assert scores.shape == (3,)
    assert np.allclose(runtime.card.bias + contributions.sum(axis=(1, 2)), scores, atol=1e-3)


def test_a_mirrored_crop_gets_the_same_score_and_the_mirrored_map(runtime: Runtime, crops: np.ndarray) -> None:
    scores, contributions, *_ = runtime(crops)
    mirrored_scores, mirrored_contributions, *_ = runtime(crops[:, :, ::-1])
    assert np.allclose(mirrored_scores, scores, atol=1e-4)
    assert np.allclose(mirrored_contributions, contributions[:, :, ::-1], atol=1e-4)


def test_a_crop_scores_the_same_alone_and_in_a_batch(runtime: Runtime, crops: np.ndarray) -> None:
    scores = runtime(crops).scores
    alone = [runtime(crops[index : index + 1])[0][0] for index in range(3)]
    assert np.allclose(alone, scores, atol=1e-4)


def test_a_network_is_small(runtime: Runtime) -> None:
    assert runtime.card.files["model.tflite"].bytes <= 4_000_000


def test_the_card_has_what_is_shown_beside_a_score(runtime: Runtime, crops: np.ndarray) -> None:
    card = runtime.card
    assert np.array(card.mean_contribution).shape == runtime(crops).contributions.shape[1:]
    assert card.contribution_scale > 0
    assert card.input_size == runtime.template.size
    assert {"all"} < set(card.metrics["test"])
    for measured in card.metrics["test"].values():
        for value in measured.values():
            if isinstance(value, dict):
                assert value["low"] <= value["value"] <= value["high"]


def test_a_detector_is_no_scoring_network() -> None:
    with pytest.raises(CheckpointError, match=r"does not hold model\.tflite"):
        Runtime(CHECKPOINTS / "face-detector", "binary")


def test_one_network_is_not_taken_for_another() -> None:
    with pytest.raises(CheckpointError, match="does not hold a network for binary"):
        Runtime(CHECKPOINTS / "beauty", "binary")
    with pytest.raises(CheckpointError, match="does not hold a network for regression"):
        Runtime(CHECKPOINTS / "attractive", "regression")


def altered(folder: Path, model: str, **changes: Any) -> Path:
    """The checkpoint beauty with another network or other fields, and with right sums."""
    card, contents = checkpoints.read(CHECKPOINTS / "beauty")
    network = checkpoints.read(CHECKPOINTS / model)[1]
    content = network.get("model.tflite") or network["onet.tflite"]
    checkpoints.save(folder / "beauty", replace(card, **changes), contents | {"model.tflite": content}, "")
    return folder / "beauty"


@pytest.mark.parametrize("model", ["attractive", "beauty-resnet50", "face-detector"])
def test_another_network_in_its_place_is_refused(tmp_path: Path, model: str) -> None:
    with pytest.raises(CheckpointError, match=r"The network beauty/model\.tflite (takes|gives)"):
        Runtime(altered(tmp_path, model), "regression")


@pytest.mark.parametrize(
    "changes",
    [
        {"input_size": 64},
        {"mean_contribution": ()},
        {"mean_contribution": ((),)},
        {"contribution_scale": 0.0},
        {"template": "celeba", "input_size": 64},
        {"mean_contribution": ((0.0, 0.0),)},
        {"intervals": ()},
        {"template": "none"},
    ],
    ids=str,
)
def test_a_card_that_does_not_fit_its_network_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(CheckpointError, match="Restore it with 'git checkout"):
        Runtime(altered(tmp_path, "beauty", **changes), "regression")
