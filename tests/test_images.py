import io
import os
import socket
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import PIL.Image
import PIL.ImageCms
import pytest

from facescore import InvalidImage, Scorer, read_image
from facescore.images import Image, Limits

CASES = Path(__file__).parent / "cases"

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


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
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
        (b"GIF89a", "damaged"),
        *((half(name), "not a picture|damaged") for name in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")),
        (PIL.Image.fromarray(np.full((40, 40), np.nan, np.float32)), "damaged"),
        (PIL.Image.new("RGB", (31, 400)), "31 × 400"),
        (encoded(PIL.Image.new("RGB", (400, 31)), "PNG"), "400 × 31"),
        (bytes(20_000_001), "20 MB"),
        (np.zeros((40, 40, 2), np.uint8), "shape"),
        (np.zeros((40, 40), np.int32), "int32"),
        (np.full((40, 40), np.nan), "0..1"),
        (np.full((40, 40), 200.0), "0..1"),
        (np.full((40, 40), 1e300), "0..1"),  # more than float32 can hold
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


def case(name: str) -> Path:
    return CASES / "pictures" / name


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("exif_rational.jpg", "jpg_no_eoi.jpg"),
        ("exif_usercomment.jpg", "jpg_no_eoi.jpg"),
        ("png_big_icc.png", "png_bad_crc_text.png"),
        ("prog_no_eoi.jpg", "astronaut_srgb.jpg"),
        ("photo.avif", "astronaut_srgb.jpg"),
        ("photo.heic", "astronaut_srgb.jpg"),
    ],
)
def test_metadata_and_a_missing_end_marker_decide_nothing(name: str, twin: str) -> None:
    difference = np.abs(read_image(case(name)).astype(int) - read_image(case(twin)).astype(int))
    assert difference.mean() < 8


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("part", [0.3, 0.7, 0.97])
def test_a_jpeg_whose_pixels_are_cut_off_is_refused(progressive: bool, part: float) -> None:
    data = encoded(astronaut_picture(), "JPEG", progressive=progressive)
    with pytest.raises(InvalidImage, match="damaged"):
        read_image(data[: int(part * len(data))])
    assert np.array_equal(read_image(data[:-2]), read_image(data))


def astronaut_picture() -> PIL.Image.Image:
    return PIL.Image.open(case("astronaut_srgb.jpg")).convert("RGB")


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"Exif\0\0",
        b"Exif\0\0II*\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x05\0\x01\0\0\0\x06\0\0\0",
        b"Exif\0\0" + bytes(range(256)) * 4,
    ],
)
def test_a_broken_exif_block_means_upright(exif: bytes) -> None:
    image = read_image(encoded(quarters(), "JPEG", exif=exif, quality=95))
    assert corners(image) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("format_", ["PNG", "TIFF", "WEBP", "AVIF"])
def test_other_formats_are_turned_upright_too(format_: str) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    stored = quarters().transpose(PIL.Image.Transpose.ROTATE_90)
    image = read_image(encoded(stored, format_, exif=exif))
    assert corners(image) == [RED, GREEN, BLUE, WHITE]


def profile_of(name: str) -> bytes:
    with PIL.Image.open(case(name)) as picture:
        return bytes(picture.info["icc_profile"])


@pytest.mark.parametrize(
    ("name", "twin"), [("hopper_prophoto.jpg", "hopper_srgb.jpg"), ("astronaut_swap.jpg", "astronaut_srgb.jpg")]
)
def test_colours_are_converted_by_their_profile(name: str, twin: str, scorer: Scorer) -> None:
    image, expected = read_image(case(name)), read_image(case(twin))
    assert np.abs(image.astype(int) - expected).mean() < 3
    (score,), (right,) = scorer.score(image), scorer.score(expected)
    assert score.beauty == pytest.approx(right.beauty, abs=0.03)
    assert score.attractive == pytest.approx(right.attractive, abs=0.03)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_every_format_brings_its_profile(format_: str) -> None:
    picture = astronaut_picture()
    plain = read_image(encoded(picture, format_))
    converted = read_image(encoded(picture, format_, icc_profile=profile_of("astronaut_swap.jpg")))
    assert np.abs(converted.astype(int) - plain).mean() > 10
    own = PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(read_image(encoded(picture, format_, icc_profile=own)), plain)


@pytest.mark.parametrize("profile", [b"x", bytes(200), bytes(5_000_000)[:60_000]])
def test_a_broken_profile_means_srgb(profile: bytes) -> None:
    picture = astronaut_picture()
    for mode in ("RGB", "L", "CMYK"):
        data = encoded(picture.convert(mode), "JPEG", icc_profile=profile)
        assert np.array_equal(read_image(data), read_image(encoded(picture.convert(mode), "JPEG")))


def test_a_profile_of_another_space_is_passed_over() -> None:
    gray = astronaut_picture().convert("L")
    data = encoded(gray, "JPEG", icc_profile=profile_of("astronaut_swap.jpg"))
    assert np.array_equal(read_image(data), read_image(encoded(gray, "JPEG")))


def test_transparent_pixels_keep_their_profile() -> None:
    picture = astronaut_picture()
    profile = profile_of("astronaut_swap.jpg")
    opaque = read_image(encoded(picture, "PNG", icc_profile=profile))
    picture.putalpha(PIL.Image.new("L", picture.size, 255))
    assert np.array_equal(read_image(encoded(picture, "PNG", icc_profile=profile)), opaque)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_only_regular_files_are_opened(make: Callable[[Path], None], tmp_path: Path) -> None:
    """A pipe without a writer would block for good."""
    make(tmp_path / "photo.jpg")
    before = sorted(Path("/proc/self/fd").iterdir())
    with pytest.raises(InvalidImage, match=r"photo\.jpg"):
        read_image(tmp_path / "photo.jpg")
    assert sorted(Path("/proc/self/fd").iterdir()) == before  # what was opened to look at it is closed


@pytest.mark.parametrize("path", ["/dev/ptmx", "/dev/zero", "/dev/tty", "/proc/kmsg", "/proc/self/mem", "/", "", "~"])
def test_no_device_is_opened(path: str) -> None:
    with pytest.raises(InvalidImage):
        read_image(path)


def test_a_socket_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "photo.jpg"))
        with pytest.raises(InvalidImage, match=r"photo\.jpg"):
            read_image(tmp_path / "photo.jpg")


def test_what_a_pipe_gives_in_pieces_is_read_to_its_end() -> None:
    data = encoded(quarters(), "PNG")

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.rest = data

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            part, self.rest = self.rest[:7], self.rest[7:]
            return part

    assert np.array_equal(read_image(cast(BinaryIO, Pipe())), np.asarray(quarters()))


def closed(file: io.BytesIO) -> io.BytesIO:
    file.close()
    return file


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (None, "NoneType"),
        (7, "int"),
        ([1, 2], "list"),
        ("a" * 5000, "cannot be opened"),
        ("\ud800.jpg", "not a valid path"),
        (closed(io.BytesIO(b"x")), "closed"),
        (np.zeros((0, 40), np.uint8), "40 × 0"),
        (np.zeros((40, 40), object), "object"),
        (np.zeros((40, 40), bool), "bool"),
        (np.zeros((40, 40), complex), "complex"),
        (np.zeros((40, 40, 3, 1), np.uint8), "shape"),
        (np.full((40, 40, 3), -0.5), "0..1"),
        (np.full((40, 40), 1.5, np.float32), "0..1"),
    ],
)
def test_every_other_argument_is_refused_in_words(source: object, says: str) -> None:
    with pytest.raises(InvalidImage, match=says):
        read_image(source)  # type: ignore[arg-type]


def test_a_matrix_is_a_gray_picture() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy would rather not have matrices
        matrix = np.matrix(np.full((40, 50), 7, np.uint8))
    assert (read_image(matrix) == 7).all()
    assert read_image(matrix).shape == (40, 50, 3)


def test_sixteen_bits_of_either_order_are_read() -> None:
    assert (read_image(np.full((40, 40), 7 * 257, ">u2")) == 7).all()


def test_a_picture_that_was_only_opened_goes_through_the_gate() -> None:
    """Its decoder would need memory for every tag; read from its file it needs none."""
    with PIL.Image.open(case("hopper_prophoto.jpg")) as picture:
        assert np.array_equal(read_image(picture), read_image(case("hopper_prophoto.jpg")))
        picture.load()
        assert np.array_equal(read_image(picture), read_image(case("hopper_prophoto.jpg")))


def test_a_picture_whose_file_was_closed_is_refused_in_words() -> None:
    with case("hopper_prophoto.jpg").open("rb") as file:
        picture = PIL.Image.open(file)
    with pytest.raises(InvalidImage, match="damaged"):
        read_image(picture)


def test_other_frames_and_changed_pixels_are_taken_as_they_are() -> None:
    frames = [PIL.Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE)]
    with PIL.Image.open(io.BytesIO(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))) as picture:
        picture.seek(1)
        assert corners(read_image(picture)) == [BLUE] * 4
    with PIL.Image.open(io.BytesIO(encoded(quarters(), "PNG"))) as picture:
        picture.paste(GREEN, (0, 0, 32, 24))
        assert corners(read_image(picture)) == [GREEN, GREEN, BLUE, WHITE]


def test_large_jpegs_are_read_at_a_smaller_scale() -> None:
    picture = PIL.Image.linear_gradient("L").resize((640, 480))
    image = read_image(encoded(picture, "JPEG"), Limits(bytes=1_000_000, pixels=100_000))
    assert image.shape == (240, 320, 3)
    with pytest.raises(InvalidImage, match=r"0\.1 megapixels"):
        read_image(encoded(picture, "PNG"), Limits(bytes=1_000_000, pixels=100_000))
    with pytest.raises(InvalidImage, match=r"0\.25 megapixels"):
        read_image(encoded(picture, "JPEG"), Limits(bytes=1_000_000, pixels=50_000))
    with pytest.raises(InvalidImage, match=r"0\.001 MB"):
        read_image(encoded(picture, "JPEG"), Limits(bytes=1_000, pixels=100_000))


@pytest.mark.parametrize("name", ["photo.avif", "photo.heic"])
def test_the_size_that_a_bitstream_names_is_checked(name: str) -> None:
    """The boxes around it may say less: a decoder goes by the bitstream."""
    data = case(name).read_bytes()
    size = struct.pack(">II", 256, 256)
    assert data.count(size) == 1
    small = data.replace(size, struct.pack(">II", 64, 64))
    with pytest.raises(InvalidImage, match="256 × 256"):
        read_image(small, Limits(bytes=1_000_000, pixels=64 * 64))


@pytest.mark.parametrize("name", ["photo.avif", "photo.heic"])
def test_a_picture_that_is_composed_of_the_same_bytes_again_and_again_is_refused(name: str) -> None:
    data = case(name).read_bytes()
    start = data.index(b"iloc") - 4
    (length,) = struct.unpack_from(">I", data, start)
    parts = struct.pack(">HHH", 1, 0, 4) + struct.pack(">II", 0, len(data)) * 4
    box = struct.pack(">I4sIBBH", 16 + len(parts), b"iloc", 0, 0x44, 0, 1) + parts
    meta = data.index(b"meta") - 4
    (meta_length,) = struct.unpack_from(">I", data, meta)
    longer = struct.pack(">I", meta_length + len(box) - length)
    with pytest.raises(InvalidImage, match="too much time or memory"):
        read_image(data[:meta] + longer + data[meta + 4 : start] + box + data[start + length :])


def test_floats_far_below_black_are_black() -> None:
    """Scaled before they are clipped they would overflow."""
    assert (read_image(PIL.Image.fromarray(np.full((40, 40), -3e38, np.float32))) == 0).all()
