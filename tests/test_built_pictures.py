"""Files that no camera writes: each is small, and would cost much or break a parser that trusts it."""

import io
import struct
import time
from pathlib import Path

import PIL.Image
import pytest

from facescore import InvalidImage, read_image

CASES = Path(__file__).parent / "cases" / "pictures"
SECONDS = 3  # on a busy machine; unchecked, the costly ones take minutes


def refusal(data: bytes) -> str:
    """The sentence with which a file is refused, soon."""
    start = time.process_time()
    with pytest.raises(InvalidImage) as refused:
        read_image(data)
    assert time.process_time() - start < SECONDS
    return str(refused.value)


def tiff(side: int, strips: list[int], pixels: bytes, lengths: list[int] | None = None) -> bytes:
    """A black-and-white TIFF in strips of half its height, which lie where ``strips`` says."""
    lengths = [len(pixels)] * len(strips) if lengths is None else lengths
    places = 8 + len(pixels)
    tags = [(256, side), (257, side), (258, 1), (259, 1), (262, 1), (277, 1), (278, side // 2)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    entries += struct.pack("<HHII", 273, 4, len(strips), places)
    entries += struct.pack("<HHII", 279, 4, len(lengths), places + 4 * len(strips))
    directory = places + 4 * (len(strips) + len(lengths))
    numbers = struct.pack(f"<{len(strips) + len(lengths)}I", *strips, *lengths)
    head = b"II*\0" + struct.pack("<I", directory)
    return head + pixels + numbers + struct.pack("<H", len(tags) + 2) + entries + bytes(4)


def test_a_tiff_of_two_strips_is_read() -> None:
    assert read_image(tiff(64, [8, 8 + 256], bytes(512), [256, 256])).shape == (64, 64, 3)


@pytest.mark.parametrize("lengths", [None, [6_000 * 6_000 // 16] * 2])
def test_a_tiff_that_names_a_strip_again_and_again_is_refused(lengths: list[int] | None) -> None:
    refusal(tiff(6_000, [8] * 10_000, bytes(6_000 * 6_000 // 16), lengths))


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", 2 + len(content)) + content


def test_a_jpeg_whose_components_share_a_name_is_refused() -> None:
    """The memory of all four would be allocated, and counted as one."""
    components = b"".join(bytes([1, 0x11, 0]) for _ in range(4))
    tables = b"".join(segment(0xC4, bytes([kind, 1, *[0] * 15, 0])) for kind in (0x00, 0x10))
    scan = segment(0xDA, bytes([4, *[1, 0] * 4, 0, 0, 0])) + bytes(10)
    frame = segment(0xC2, struct.pack(">BHHB", 8, 5_000, 5_000, 4) + components)
    data = b"\xff\xd8" + segment(0xDB, bytes([0, *[1] * 64])) + frame + tables + scan + b"\xff\xd9"
    assert "damaged" in refusal(data)


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(struct.pack("<4sI", name, len(content)) + content for name, content in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


BRAND = box(b"ftyp", b"heic\0\0\0\0mif1heic")
EMPTY = {b"iinf": bytes(6), b"iloc": bytes(8), b"pitm": bytes(6), b"iprp": b""}


def heic(**boxes: bytes) -> bytes:
    """A HEIC file that consists of nothing but its boxes' heads, some of them with another content."""
    contents = EMPTY | {name.encode(): content for name, content in boxes.items()}
    return BRAND + box(b"meta", bytes(4) + b"".join(box(name, content) for name, content in contents.items()))


@pytest.mark.parametrize(
    "data",
    [
        webp((b"VP8X", b""), (b"VP8L", b"\x2f" + struct.pack("<I", 99 | 99 << 14) + bytes(19))),
        BRAND + struct.pack(">I4s", 1, b"meta"),
        heic(iinf=b""),
        heic(iloc=b""),
        heic(pitm=b""),
        heic(iprp=box(b"ipco", box(b"ispe", b""))),
        heic(iprp=box(b"ipco", box(b"hvcC", b""))),
        heic(iprp=box(b"ipco", box(b"colr", b""))),
        heic(iinf=bytes(6) + box(b"infe", b"")),
    ],
    ids=["VP8X", "meta", "iinf", "iloc", "pitm", "ispe", "hvcC", "colr", "infe"],
)
def test_a_header_that_breaks_off_is_refused(data: bytes) -> None:
    refusal(data)


@pytest.mark.parametrize("kind", [32, 33])
def test_a_configuration_of_endless_parameter_sets_is_refused(kind: int) -> None:
    bits = "0000000" + "0" * 97 + "11" + "000001" + "00011" + "000001" + "00011"
    unit = b"\x42\x01" + int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
    array = struct.pack(">BH", kind, 60_000) + (struct.pack(">H", len(unit)) + unit) * 60_000
    refusal(heic(iprp=box(b"ipco", box(b"hvcC", bytes(22) + bytes([8]) + array * 8))))


@pytest.mark.parametrize(
    "data",
    [
        heic(iloc=b"\2\0\0\0\0\0" + struct.pack(">I", 1_900_000) + bytes(10 * 1_900_000)),
        heic(iloc=bytes(4) + b"\4\0\0\1" + bytes(4) + (b"\xff\xff" + b"\0\0\0\1" * 65_535) * 70),
        heic(iprp=box(b"ipco", b"") + box(b"ipma", bytes(4) + struct.pack(">I", 6_000_000) + bytes(3 * 6_000_000))),
    ],
    ids=["items", "parts", "associations"],
)
def test_lists_that_are_endless_are_refused_unread(data: bytes) -> None:
    assert "too much time or memory" in refusal(data)


@pytest.mark.parametrize("name", ["photo.heic", "photo.avif"])
def test_a_second_list_of_properties_is_refused(name: str) -> None:
    """Libheif goes by one of the two, whichever this file's reader has checked."""
    data = (CASES / name).read_bytes()
    start = data.index(b"iprp") - 4
    (length,) = struct.unpack_from(">I", data, start)
    meta = data.index(b"meta") - 4
    (whole,) = struct.unpack_from(">I", data, meta)
    twice = data[start : start + length] * 2
    longer = data[:meta] + struct.pack(">I", whole + length) + data[meta + 4 : start] + twice + data[start + length :]
    assert "damaged" in refusal(longer)


def test_a_large_jpeg_without_an_end_marker_is_read_at_a_smaller_scale() -> None:
    """Whether something is missing is found by decoding it twice, which must not take twice the memory."""
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (6_300, 6_300), "gray").save(buffer, "JPEG")
    assert read_image(buffer.getvalue()[:-2]).shape == (3_150, 3_150, 3)
