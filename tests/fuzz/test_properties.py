"""Whatever the bytes: an image or a sentence. ``python -m tests.fuzz`` goes on where these end."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from facescore import InvalidImage, Scorer, read_image
from facescore.images import MIN_SIDE, Image
from facescore.images.orientation import orientation_of
from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import seeds

FILES = seeds()
SHAPES = arrays.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=40)
few = settings(max_examples=100, deadline=None)


def read_or_refuse(source: object) -> Image | None:
    """The image, which is as promised, or None where a sentence refuses the source."""
    try:
        image = read_image(source)  # type: ignore[arg-type]
    except InvalidImage:
        return None
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
    assert min(image.shape[:2]) >= MIN_SIDE
    return image


@pytest.mark.parametrize("name", FILES)
def test_every_seed_is_read(name: str) -> None:
    assert read_or_refuse(FILES[name]) is not None


@few
@given(name=st.sampled_from(sorted(FILES)), seed=st.integers(0, 2**32))
def test_a_mutated_picture_is_read_or_refused(name: str, seed: int) -> None:
    read_or_refuse(mutated(FILES[name], list(FILES.values()), Random(seed)))


@few
@given(start=st.sampled_from([data[:12] for data in FILES.values()]), rest=st.binary(max_size=400))
def test_any_bytes_after_a_familiar_start_are_read_or_refused(start: bytes, rest: bytes) -> None:
    read_or_refuse(start + rest)


@few
@given(arrays.arrays(arrays.scalar_dtypes(), SHAPES))
def test_any_array_is_read_or_refused(array: np.ndarray) -> None:
    read_or_refuse(array)


@few
@given(st.binary(max_size=200), st.sampled_from([b"", b"II*\0", b"MM\0*", b"Exif\0\0II*\0\x08\0\0\0"]))
def test_any_exif_block_names_one_of_eight_orientations(block: bytes, start: bytes) -> None:
    assert 1 <= orientation_of(start + block) <= 8


@settings(max_examples=10, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), seed=st.integers(0, 2**32))
def test_whatever_is_read_can_be_scored(scorer: Scorer, name: str, seed: int) -> None:
    image = read_or_refuse(mutated(FILES[name], list(FILES.values()), Random(seed)))
    if image is not None and image.size < 3_000_000:
        assert all(1 <= face.beauty <= 5 for face in scorer.score(image))
