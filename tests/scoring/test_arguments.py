"""What `Scorer.score` does with arguments of every kind: numbers or a sentence of the project's own, never a crash."""

from typing import Any

import numpy as np
import PIL.Image
import pytest

from facescore import InvalidImage, InvalidRequest, Scorer
from facescore.images import Image

NO_IMAGES = {
    "None": lambda image: None,
    "a list": lambda image: image[:40, :40].tolist(),
    "a path": lambda image: "photo.jpg",
    "a file": lambda image: b"\xff\xd8",
    "a PIL image": PIL.Image.fromarray,
    "a matrix": lambda image: np.matrix(image[:, :, 0]),
    "gray": lambda image: image[:, :, 0],
    "with opacity": lambda image: np.dstack([image, image[:, :, :1]]),
    "floats": lambda image: (image / 255).astype(np.float32),
    "signed": lambda image: image.astype(np.int64),
    "16 bits": lambda image: image.astype(np.uint16),
    "truth values": lambda image: image > 0,
    "objects": lambda image: image.astype(object),
    "records": lambda image: np.zeros((50, 50, 3), [("r", "u1")]),
    "a batch": lambda image: image[None],
    "no row": lambda image: image[:0],
    "no column": lambda image: image[:, :0],
    "no channel": lambda image: image[:, :, :0],
    "a number": lambda image: np.uint8(3),
    "no dimension": lambda image: np.array(3, np.uint8),
}


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("make", NO_IMAGES.values(), ids=NO_IMAGES)
def test_what_is_no_image_is_refused_in_a_sentence(scorer: Scorer, astronaut: Image, make: Any) -> None:
    with pytest.raises(InvalidImage, match=r"^An image must be uint8\[H, W, 3\]; received .{1,60}\. Pass what "):
        scorer.score(make(astronaut))


def read_only(image: Image) -> Image:
    image = image.copy()
    image.flags.writeable = False
    return image


SAME = {
    "read-only": read_only,
    "column by column": np.asfortranarray,
    "a view": lambda image: np.repeat(image, 2, axis=1)[:, ::2],
    "turned twice": lambda image: np.ascontiguousarray(image[::-1, ::-1])[::-1, ::-1],
    "channels turned twice": lambda image: np.ascontiguousarray(image[:, :, ::-1])[:, :, ::-1],
    "masked": np.ma.masked_array,
    "big-endian": lambda image: image.astype(">u1"),
}


@pytest.mark.parametrize("store", SAME.values(), ids=SAME)
def test_how_an_image_lies_in_memory_does_not_matter(scorer: Scorer, astronaut: Image, store: Any) -> None:
    assert [face.to_dict() for face in scorer.score(store(astronaut))] == [
        face.to_dict() for face in scorer.score(astronaut)
    ]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 5000, 3), (5000, 1, 3), (2, 3, 3)])
def test_a_tiny_image_has_no_face(scorer: Scorer, shape: tuple[int, int, int]) -> None:
    assert scorer.score(np.zeros(shape, np.uint8)) == []


@pytest.mark.parametrize("group", [None, [], {}, 1.5, b"all", np.array(["all"]), "", "x" * 1_000_000], ids=type)
def test_what_is_no_group_is_refused_in_a_short_sentence(scorer: Scorer, astronaut: Image, group: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"There is no group .+ Choose one of: all, AF, AM, CF, CM") as refused:
        scorer.score(astronaut, group)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("network", [None, [], np.array(["beauty"]), "x" * 1_000_000], ids=type)
def test_what_is_no_network_is_refused_in_a_short_sentence(scorer: Scorer, network: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"There is no network .+ Choose one of: beauty, ") as refused:
        scorer.with_beauty(network)
    assert len(str(refused.value)) < 200
