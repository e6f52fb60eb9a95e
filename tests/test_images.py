import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from facescore import InvalidImage, read_image
from facescore.images import Image

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters() -> PIL.Image.Image:
    """64×48: red, green over blue, white; tells every orientation apart."""
    picture = PIL.Image.new("RGB", (64, 48))
    for colour, corner in zip((RED, GREEN, BLUE, WHITE), ((0, 0), (32, 0), (0, 24), (32, 24)), strict=True):
        picture.paste(colour, (*corner, corner[0] + 32, corner[1] + 24))
    return picture


def encoded(picture: PIL.Image.Image, format_: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format_, **options)
    return buffer.getvalue()


def half(format_: str) -> bytes:
    """The first half of a file."""
    data = encoded(quarters(), format_)
    return data[: len(data) // 2]


def corners(image: Image) -> list[tuple[int, ...]]:
    """The colours near the four corners, each channel rounded to 0 or 255."""
    rows = (image[4, 4], image[4, -5], image[-5, 4], image[-5, -5])
    return [tuple(255 * (pixel > 127)) for pixel in rows]


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_format_reads_as_upright_rgb(format_: str) -> None:
    image = read_image(encoded(quarters(), format_))
    assert image.shape == (48, 64, 3)
    assert image.dtype == np.uint8
    assert corners(image) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright(orientation: int) -> None:
    turn_away = {
        1: None,
        2: PIL.Image.Transpose.FLIP_LEFT_RIGHT,
        3: PIL.Image.Transpose.ROTATE_180,
        4: PIL.Image.Transpose.FLIP_TOP_BOTTOM,
        5: PIL.Image.Transpose.TRANSPOSE,
        6: PIL.Image.Transpose.ROTATE_90,
        7: PIL.Image.Transpose.TRANSVERSE,
        8: PIL.Image.Transpose.ROTATE_270,
    }[orientation]
    stored = quarters() if turn_away is None else quarters().transpose(turn_away)
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    image = read_image(encoded(stored, "JPEG", exif=exif, quality=95))
    assert image.shape == (48, 64, 3)
    assert corners(image) == [RED, GREEN, BLUE, WHITE]


def test_every_kind_of_source_gives_the_same_image(tmp_path: Path) -> None:
    data = encoded(quarters(), "PNG")
    path = tmp_path / "quarters.png"
    path.write_bytes(data)
    expected = np.asarray(quarters())
    with path.open("rb") as file:
        for source in (path, str(path), data, file, io.BytesIO(data), quarters(), expected):
            assert np.array_equal(read_image(source), expected)


def test_the_result_of_an_array_does_not_share_its_memory() -> None:
    array = np.asarray(quarters()).copy()
    image = read_image(array)
    array[:] = 0
    assert corners(image) == [RED, GREEN, BLUE, WHITE]


def test_transparency_is_laid_over_white() -> None:
    clear = PIL.Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    assert (read_image(encoded(clear, "PNG")) == 255).all()
    palette = PIL.Image.new("P", (40, 40), 0)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    assert (read_image(encoded(palette, "PNG", transparency=0)) == 255).all()
    assert (read_image(np.zeros((40, 40, 4), np.uint8)) == 255).all()


@pytest.mark.parametrize(
    ("picture", "gray"),
    [
        (PIL.Image.new("L", (40, 40), 100), 100),
        (PIL.Image.new("1", (40, 40), 1), 255),
        (PIL.Image.fromarray(np.full((40, 40), 100 * 257, np.uint16)), 100),
        (PIL.Image.fromarray(np.full((40, 40), 0.5, np.float32)), 128),
        (PIL.Image.fromarray(np.full((40, 40), 200, np.int32)), 200),
        (PIL.Image.fromarray(np.full((40, 40), 100 * 257, np.int32)), 100),
    ],
    ids=["8-bit gray", "1-bit", "16-bit gray", "float gray", "32-bit gray up to 255", "32-bit gray up to 65535"],
)
def test_gray_pictures_of_every_depth_become_rgb(picture: PIL.Image.Image, gray: int) -> None:
    assert (read_image(picture) == gray).all()
    if picture.mode in ("L", "1", "I;16"):
        assert (read_image(encoded(picture, "PNG")) == gray).all()


def test_cmyk_reads_as_rgb() -> None:
    assert corners(read_image(encoded(quarters().convert("CMYK"), "JPEG", quality=95))) == [RED, GREEN, BLUE, WHITE]


def test_an_animation_gives_its_first_frame() -> None:
    frames = [PIL.Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE)]
    image = read_image(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert corners(image) == [RED] * 4


@pytest.mark.parametrize(
    ("array", "value"),
    [
        (np.full((40, 50), 7, np.uint8), 7),
        (np.full((40, 50, 1), 7, np.uint8), 7),
        (np.full((40, 50, 3), 7 * 257, np.uint16), 7),
        (np.full((40, 50, 3), 0.2, np.float64), 51),
    ],
)
def test_arrays_of_several_kinds_are_read(array: np.ndarray, value: int) -> None:
    image = read_image(array)
    assert image.shape == (40, 50, 3)
    assert (image == value).all()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "empty"),
        (b"hello, I am a text", "not a picture"),
        (b"GIF89a", "not a picture"),
        *((half(name), "not a picture|damaged") for name in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")),
        (PIL.Image.fromarray(np.full((40, 40), np.nan, np.float32)), "damaged"),
        (PIL.Image.new("RGB", (31, 400)), "31 × 400"),
        (encoded(PIL.Image.new("RGB", (400, 31)), "PNG"), "400 × 31"),
        (bytes(20_000_001), "20 MB"),
        (np.zeros((40, 40, 2), np.uint8), "shape"),
        (np.zeros((40, 40), np.int32), "int32"),
        (np.full((40, 40), np.nan), "0..1"),
        (np.full((40, 40), 200.0), "0..1"),
        (io.StringIO("text"), "binary"),
    ],
)
def test_what_is_not_a_usable_picture_is_refused_in_words(source: object, says: str) -> None:
    with pytest.raises(InvalidImage, match=says):
        read_image(source)  # type: ignore[arg-type]


def test_a_missing_file_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidImage, match=r"nowhere\.jpg"):
        read_image("nowhere.jpg")


def test_a_path_that_the_system_cannot_name_is_refused() -> None:
    with pytest.raises(InvalidImage, match="name"):
        read_image("a\0b.jpg")


@pytest.mark.parametrize("side", [6_400, 30_000])
def test_too_many_pixels_are_refused_before_they_are_decoded(side: int) -> None:
    """The file is a header without pixels: decoding it would say 'damaged'."""
    header = encoded(PIL.Image.new("1", (64, 64)), "PNG")
    size = side.to_bytes(4, "big") * 2
    start = header.index(b"IHDR")
    forged = header[: start + 4] + size + header[start + 12 : start + 17]
    crc = __import__("zlib").crc32(forged[start:]).to_bytes(4, "big")
    with pytest.raises(InvalidImage, match="40 megapixels"):
        read_image(forged + crc + header[start + 21 : start + 40])
