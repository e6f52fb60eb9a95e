import os
import random
import signal
from pathlib import Path

import numpy as np
import pytest

from facescore import CheckpointError
from facescore.litert import Network, Shape
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
    with pytest.raises(CheckpointError, match=r"The network rnet (takes crops of another size|gives other outputs)"):
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


def test_no_damage_stops_the_process(model: bytes) -> None:
    """Two hundred damaged copies, each in a process of its own: each is refused or runs."""
    for seed in range(200):
        rng = random.Random(seed)
        damaged = bytearray(model)
        for _ in range(rng.choice((1, 3, 10))):  # most of what is not weights is near the ends
            place = rng.choice((rng.randrange(3000), -1 - rng.randrange(3000), rng.randrange(len(model))))
            damaged[place] = rng.randrange(256)
        cut = bytes(damaged[: rng.randrange(len(model))] if seed % 4 == 0 else damaged)
        child = os.fork()
        if not child:
            code = 1
            signal.alarm(60)  # a network that never ends ends the child
            try:
                network = Network(cut, "toy")
                network.require(CROP, OUTPUTS)
                network(np.zeros((2, *(side or 1 for side in CROP)), np.uint8))
                code = 7
            except CheckpointError:
                code = 7
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7, seed


def test_a_networks_file_may_be_cut_off_while_it_is_in_use(model: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(model)
    network = Network(path.read_bytes(), "rnet")
    path.write_bytes(b"")
    assert network(np.zeros((1, 24, 24, 3), np.uint8))["face"].shape == (1, 2)
