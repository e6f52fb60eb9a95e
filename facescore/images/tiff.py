"""TIFF: check the first directory before a decoder sees it (TIFF 6.0)."""

import math
import struct
from collections.abc import Sequence

from facescore.images.encoded import MAX_MEMORY, MAX_PROFILE, Encoded, Limits, check_pixels
from facescore.images.refusals import damaged, too_costly, unusual

TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
INTEGERS = {1: "B", 3: "H", 4: "I"}
WIDTH, HEIGHT, BITS, COMPRESSION, SAMPLES, ROWS = 256, 257, 258, 259, 277, 278
STRIP_OFFSETS, STRIP_BYTES, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 273, 279, 322, 323, 324, 325
ORIENTATION, PROFILE = 274, 34675
PLANES, SEPARATE = 284, 2  # how samples are stored: together, or in planes of their own
OTHERS = (262, 266, 284, 317, 320, 338, 339, 347, 530, 531, 532)  # colours, planes, predictor, JPEG tables
FOR_DECODER = {
    WIDTH, HEIGHT, BITS, COMPRESSION, SAMPLES, ROWS, STRIP_OFFSETS, STRIP_BYTES,
    TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES, *OTHERS,
}  # fmt: skip
PLAIN, JPEG = 1, 7
COMPRESSIONS = (PLAIN, 5, JPEG, 8, 32773, 32946)  # LZW is 5, deflate 8, PackBits 32773, deflate's older number 32946
MAX_ENTRIES = 1_000
MAX_STRIPS = 65_536  # strips or tiles; a photo has at most one per row
PROGRESSIVE = b"\xff\xc2"  # the marker of a progressive frame, which cannot occur in JPEG pixel data

Entry = tuple[int, int, bytes]
"""A field's type, number of values, and bytes."""


def strip_tiff(data: bytes, limits: Limits) -> Encoded:
    """The first directory with the fields that describe pixels, without metadata and other directories.

    Args:
        data: the file.
        limits: limits for the decoded image.

    Raises:
        InvalidImage: it is too large, too costly to decode, damaged, or compressed in a rare way.
    """
    order = "<" if data[:2] == b"II" else ">"
    entries = _entries(data, order)
    width, height = (_integers(entries, order, tag)[:1] or [0] for tag in (WIDTH, HEIGHT))
    size = width[0], height[0]
    check_pixels(*size, limits.pixels)
    _check_pixel_data(data, order, entries, size)
    if entries.get(ORIENTATION, (3,))[0] not in INTEGERS:
        del entries[ORIENTATION]  # metadata never decides whether pixels are read
    turned = (_integers(entries, order, ORIENTATION) or [1])[0]
    profile = entries.get(PROFILE, (0, 0, b""))[2]
    return Encoded(
        "TIFF",
        _rebuilt(data, order, {tag: entry for tag, entry in entries.items() if tag in FOR_DECODER}),
        size,
        turned if 1 <= turned <= 8 else 1,
        profile if 0 < len(profile) <= MAX_PROFILE else None,
    )


def _entries(data: bytes, order: str) -> dict[int, Entry]:
    """The fields of the first directory that are used here."""
    entries: dict[int, Entry] = {}
    try:
        (start,) = struct.unpack_from(order + "I", data, 4)
        (count,) = struct.unpack_from(order + "H", data, start)
        for place in range(start + 2, start + 2 + 12 * min(count, MAX_ENTRIES), 12):
            tag, kind, number = struct.unpack_from(order + "HHI", data, place)
            if tag not in FOR_DECODER and tag not in (ORIENTATION, PROFILE):
                continue
            length = TYPE_BYTES.get(kind, 1) * number
            if length > 4:
                (where,) = struct.unpack_from(order + "I", data, place + 8)
            else:
                where = place + 8
            value = data[where : where + length]
            if len(value) == length:
                entries.setdefault(tag, (kind, number, value))
            elif tag in FOR_DECODER:
                raise damaged()
    except struct.error as error:
        raise damaged() from error
    return entries


def _integers(entries: dict[int, Entry], order: str, tag: int) -> list[int]:
    if tag not in entries:
        return []
    kind, number, value = entries[tag]
    if kind not in INTEGERS:
        raise damaged()
    if number > MAX_STRIPS:
        raise too_costly()
    return list(struct.unpack(f"{order}{number}{INTEGERS[kind]}", value))


def _check_pixel_data(data: bytes, order: str, entries: dict[int, Entry], size: tuple[int, int]) -> None:
    """Refuse what would make a decoder use much memory or read the same bytes again and again."""

    def first(tag: int, default: int) -> int:
        """The first value of a field, or the default if the field is missing."""
        return (_integers(entries, order, tag) or [default])[0]

    width, height = size
    compression = first(COMPRESSION, PLAIN)
    if compression not in COMPRESSIONS:
        raise unusual()
    tiled = TILE_OFFSETS in entries
    across, down = (first(TILE_WIDTH, 0), first(TILE_HEIGHT, 0)) if tiled else (width, min(first(ROWS, height), height))
    if min(width, height, across, down) < 1:
        raise damaged()
    offsets = _integers(entries, order, TILE_OFFSETS if tiled else STRIP_OFFSETS)
    lengths = _integers(entries, order, TILE_BYTES if tiled else STRIP_BYTES)
    samples = max(first(SAMPLES, 1), 1)
    parts = math.ceil(width / across) * math.ceil(height / down)
    if parts > MAX_STRIPS:
        raise too_costly()
    if len(offsets) > parts * (samples if first(PLANES, 1) == SEPARATE else 1):
        raise damaged()  # the rest would be decoded over the same picture, again and again
    at_once = 0 if compression == PLAIN else across * down * max(samples * first(BITS, 1) / 8, 4)
    if at_once + 4 * width * height > MAX_MEMORY:
        raise too_costly()
    if sum(lengths) > len(data) or (compression != PLAIN and len(lengths) != len(offsets)):
        raise damaged()
    if compression == JPEG and _is_progressive(data, offsets, lengths):
        raise unusual()


def _is_progressive(data: bytes, offsets: Sequence[int], lengths: Sequence[int]) -> bool:
    return any(data.find(PROGRESSIVE, at, at + length) >= 0 for at, length in zip(offsets, lengths, strict=True))


def _rebuilt(data: bytes, order: str, entries: dict[int, Entry]) -> bytes:
    """The file with a new directory at its end that holds only these fields."""
    padding = bytes(len(data) % 2)
    start = len(data) + len(padding)
    values_at = start + 2 + 12 * len(entries) + 4
    directory, values = [struct.pack(order + "H", len(entries))], b""
    for tag, (kind, number, value) in sorted(entries.items()):
        directory.append(struct.pack(order + "HHI", tag, kind, number))
        if len(value) <= 4:
            directory.append(value.ljust(4, b"\0"))
        else:
            directory.append(struct.pack(order + "I", values_at + len(values)))
            values += value + bytes(len(value) % 2)
    last = [bytes(4), values]
    return b"".join([data[:4], struct.pack(order + "I", start), data[8:], padding, *directory, *last])
