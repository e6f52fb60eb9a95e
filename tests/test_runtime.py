import os
import random
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facescore import CheckpointError, checkpoints
from facescore.estimates import Estimate
from facescore.faces.alignment import align
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.runtime import Network, ScoringNetwork, Shape
from facescore.settings import CHECKPOINTS

FOLDER = CHECKPOINTS / "face-detector"
CROP: Shape = (24, 24, 3)
OUTPUTS: dict[str, Shape] = {"offsets": (4,), "face": (2,)}


@pytest.fixture(scope="module")
def model() -> bytes:
    return (FOLDER / "rnet.tflite").read_bytes()


def test_a_network_says_what_it_takes_and_gives(model: bytes) -> None:
    network = Network(model, "rnet")
    network.require(CROP, OUTPUTS)
    network.require(CROP, {"offsets": (4,)}, optional={"face": (2,), "more": ()})
    assert network.input == (None, 24, 24, 3)
    assert network.outputs == {"offsets": (None, 4), "face": (None, 2)}


@pytest.mark.parametrize(
    ("crop", "outputs"),
    [
        ((48, 48, 3), OUTPUTS),
        (CROP, OUTPUTS | {"landmarks": (10,)}),
        (CROP, {"offsets": (4,)}),
        (CROP, OUTPUTS | {"face": (3,)}),
        (CROP, OUTPUTS | {"face": ()}),
    ],
)
def test_another_network_than_the_expected_one_is_refused(model: bytes, crop: Shape, outputs: dict[str, Shape]) -> None:
    with pytest.raises(CheckpointError, match=r"rnet (takes crops of a size|returns outputs) that its card"):
        Network(model, "rnet").require(crop, outputs)


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_a_network_that_does_not_take_pixels_is_refused(dtype: str) -> None:
    import keras

    from facescore.training.export import to_tflite

    numbers = keras.Input((4,), dtype=dtype, name="crops")
    content = to_tflite(keras.Model(numbers, {"score": keras.layers.Rescaling(2.0)(numbers)}))
    with pytest.raises(CheckpointError, match="does not take crops of uint8"):
        Network(content, "toy")


GARBAGE = (b"", b"garbage", b"\x1c\0\0\0TFL3", b"\x1c\0\0\0TFL3" + b"\xff" * 1000, b"\x1c\0\0\0TFL3" + bytes(1000))


@pytest.mark.parametrize("content", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_in_a_sentence_of_ours(content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CheckpointError, match=r"^The network toy (is not a \.tflite file|cannot be run)\. Restore"):
        Network(content, "toy")
    assert capfd.readouterr() == ("", "")


def load_damaged(model: bytes, seed: int) -> None:
    """Run a damaged copy, unless it is refused."""
    rng = random.Random(seed)
    damaged = bytearray(model)
    for _ in range(rng.choice((1, 3, 10))):  # most of what is not weights is near the ends
        place = rng.choice((rng.randrange(3000), -1 - rng.randrange(3000), rng.randrange(len(model))))
        damaged[place] = rng.randrange(256)
    cut = bytes(damaged[: rng.randrange(len(model))] if seed % 4 == 0 else damaged)
    with suppress(CheckpointError):
        network = Network(cut, "toy")
        network.require(CROP, OUTPUTS)
        network(np.zeros((2, *(side or 1 for side in CROP)), np.uint8))


@pytest.mark.parametrize("seeds", [range(40), pytest.param(range(40, 200), marks=pytest.mark.slow)], ids=str)
def test_no_damage_stops_the_process(model: bytes, seeds: range) -> None:
    """Damaged copies in a process of their own: each is refused or runs."""
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            for seed in seeds:
                os.write(send, bytes([seed]))
                load_damaged(model, seed)
            code = 7
        finally:
            os._exit(code)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        tried = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7, f"ended by the copy of seed {tried[-1]}"
    assert list(tried) == list(seeds)


def test_a_networks_file_may_be_cut_off_while_it_is_in_use(model: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(model)
    network = Network(path.read_bytes(), "rnet")
    path.write_bytes(b"")
    assert network(np.zeros((1, 24, 24, 3), np.uint8))["face"].shape == (1, 2)


@pytest.fixture(scope="module", params=["attractive", "beauty"])
def network(request: pytest.FixtureRequest) -> ScoringNetwork:
    return ScoringNetwork(CHECKPOINTS / request.param, "binary" if request.param == "attractive" else "regression")


@pytest.fixture
def crops(network: ScoringNetwork, detector: MTCNN, two_faces: Image) -> np.ndarray:
    faces = [align(two_faces, face.landmarks, network.template) for face in detector.detect(two_faces)]
    noise = np.random.default_rng(0).integers(0, 256, faces[0].shape, dtype=np.uint8)
    return np.stack([*faces, noise])


def test_contributions_add_up_to_the_score(network: ScoringNetwork, crops: np.ndarray) -> None:
    scores, contributions, *_ = network(crops)
    assert scores.shape == (3,)
    assert np.allclose(network.card.bias + contributions.sum(axis=(1, 2)), scores, atol=1e-3)


def test_a_mirrored_crop_gets_the_same_score_and_the_mirrored_map(network: ScoringNetwork, crops: np.ndarray) -> None:
    scores, contributions, *_ = network(crops)
    mirrored_scores, mirrored_contributions, *_ = network(crops[:, :, ::-1])
    assert np.allclose(mirrored_scores, scores, atol=1e-4)
    assert np.allclose(mirrored_contributions, contributions[:, :, ::-1], atol=1e-4)


def test_a_crop_scores_the_same_alone_and_in_a_batch(network: ScoringNetwork, crops: np.ndarray) -> None:
    scores = network(crops).scores
    alone = [network(crops[index : index + 1])[0][0] for index in range(3)]
    assert np.allclose(alone, scores, atol=1e-4)


def test_a_network_is_small(network: ScoringNetwork) -> None:
    assert network.card.files["model.tflite"].bytes <= 4_000_000


def test_the_card_has_what_is_shown_beside_a_score(network: ScoringNetwork, crops: np.ndarray) -> None:
    card = network.card
    assert np.array(card.mean_contribution).shape == network(crops).contributions.shape[1:]
    assert card.contribution_scale > 0
    assert card.input_size == network.template.size
    assert {"all"} < set(card.metrics["test"])
    for measured in card.metrics["test"].values():
        for value in measured.values():
            if isinstance(value, Estimate):
                assert value.low <= value.value <= value.high


def test_a_detector_is_no_scoring_network() -> None:
    with pytest.raises(CheckpointError, match=r"does not hold model\.tflite"):
        ScoringNetwork(CHECKPOINTS / "face-detector", "binary")


def test_one_network_is_not_taken_for_another() -> None:
    with pytest.raises(CheckpointError, match="does not hold a network for binary"):
        ScoringNetwork(CHECKPOINTS / "beauty", "binary")
    with pytest.raises(CheckpointError, match="does not hold a network for regression"):
        ScoringNetwork(CHECKPOINTS / "attractive", "regression")


def altered(folder: Path, model: str, **changes: Any) -> Path:
    """The checkpoint beauty with another network or other fields, and with right sums."""
    card, contents = checkpoints.read(CHECKPOINTS / "beauty")
    network = checkpoints.read(CHECKPOINTS / model)[1]
    content = network.get("model.tflite") or network["onet.tflite"]
    checkpoints.save(folder / "beauty", replace(card, **changes), contents | {"model.tflite": content}, "")
    return folder / "beauty"


@pytest.mark.parametrize("model", ["attractive", "beauty-resnet50", "face-detector"])
def test_another_network_in_its_place_is_refused(tmp_path: Path, model: str) -> None:
    with pytest.raises(CheckpointError, match=r"The network beauty/model\.tflite (takes|returns)"):
        ScoringNetwork(altered(tmp_path, model), "regression")


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
        ScoringNetwork(altered(tmp_path, "beauty", **changes), "regression")
