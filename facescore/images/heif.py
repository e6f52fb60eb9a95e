"""AVIF and HEIC: check the boxes before a decoder sees them (ISO/IEC 14496-12 and 23008-12)."""

import struct
from collections.abc import Iterator

from facescore.images.encoded import MAX_PROFILE, Encoded, Limits, check_pixels
from facescore.images.refusals import damaged, too_costly, unusual
from facescore.images.video import MAX_UNITS, check_av1, check_hevc, check_hevc_settings

MAX_PIXELS = 25_000_000  # both decoders are slower than JPEG's and need more memory
MAX_BYTES = {b"av01": 6_000_000, b"hvc1": 4_000_000}  # of coded data; decoding takes .15 s and .2 s per megabyte
MAX_DECODED = 2 * MAX_PIXELS  # of all coded items together: a grid is decoded tile by tile, wherever the tiles lie
MAX_BOXES = 4_000  # also the limit for items, and for the parts that they consist of
MAX_ASSOCIATIONS = 65_536  # bytes that say which properties belong to which item: sixteen per item
NEEDED = {b"iinf", b"iloc", b"iprp", b"pitm"}
AVIF_BRANDS = (b"avif", b"avis")
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
CODED, METADATA = (b"av01", b"hvc1"), (b"Exif", b"mime", b"uri ", b"tmap")
PICTURES = (*CODED, b"grid")


def strip_heif(data: bytes, limits: Limits) -> Encoded:
    """The file with its metadata and video renamed, so that the decoder ignores them.

    Args:
        data: the file.
        limits: limits for the decoded image.

    Raises:
        InvalidImage: it is too large, too costly to decode, damaged, or composed in a rare way.
    """
    boxes = {name: (start, end) for name, start, end in reversed(list(_boxes(data, 0, len(data))))}
    if b"ftyp" not in boxes or b"meta" not in boxes:
        raise unusual()  # a video without a still picture
    described = list(_boxes(data, boxes[b"meta"][0] + 4, boxes[b"meta"][1]))
    meta = {name: (start, end) for name, start, end in described}
    names = [name for name, _, _ in described if name in NEEDED | {b"iref"}]
    if not set(names) >= NEEDED or len(names) > len(set(names)):
        raise damaged()  # if a box occurs twice, a decoder may read the other one
    most = min(limits.pixels, MAX_PIXELS)
    kinds = _kinds(data, *meta[b"iinf"])
    places = _places(data, *meta[b"iloc"])
    size, profile, areas = _properties(data, *meta[b"iprp"], most)
    _check_items(data, kinds, places, areas, most)
    is_avif = b"av01" in kinds.values()
    return Encoded("AVIF" if is_avif else "HEIC", _renamed(data, boxes, meta), size, profile=profile)


def is_heif(data: bytes) -> bool:
    """Whether a file starts like AVIF or HEIC."""
    return data[4:8] == b"ftyp" and data[8:12] in AVIF_BRANDS + HEIC_BRANDS


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two positions: name, and where the content begins and ends."""
    for _ in range(MAX_BOXES):
        if start + 8 > end:
            return
        length, name = struct.unpack_from(">I4s", data, start)
        content = start + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, content)
            content += 8
        stop = start + length if length else end
        if stop < content or stop > end:
            raise damaged()
        yield name, content, stop
        start = stop
    raise too_costly()


def _kinds(data: bytes, start: int, end: int) -> dict[int, bytes]:
    """The type of every item, by its number."""
    kinds = {}
    first = start + (6 if data[start] == 0 else 8)
    for name, content, _ in _boxes(data, first, end):
        if name == b"infe" and data[content] in (2, 3):
            wide = data[content] == 3
            number, _, kind = struct.unpack_from(">IH4s" if wide else ">HH4s", data, content + 4)
            kinds[number] = kind
    if not set(kinds.values()) <= {*PICTURES, *METADATA}:
        raise unusual()
    return kinds


def _places(data: bytes, start: int, end: int) -> dict[int, list[tuple[int, int]]]:
    """The position of every item in the file: offset and length of each part."""
    version, sizes, more_sizes = data[start], data[start + 4], data[start + 5]
    offset_size, length_size, base_size = sizes >> 4, sizes & 15, more_sizes >> 4
    index_size = more_sizes & 15 if version in (1, 2) else 0
    position = start + 6
    places: dict[int, list[tuple[int, int]]] = {}
    total = 0

    def take(size: int) -> int:
        """Read the next number, which is ``size`` bytes long."""
        nonlocal position
        if position + size > end:
            raise damaged()
        position += size
        return int.from_bytes(data[position - size : position])

    wide = 4 if version == 2 else 2
    items, parts = take(wide), 0
    if items > MAX_BOXES:
        raise too_costly()
    for _ in range(items):
        number = take(wide)
        within = take(2) & 15 if version in (1, 2) else 0
        take(2)
        base = take(base_size)
        places[number] = []
        number_of_parts = take(2)
        parts += number_of_parts
        if parts > MAX_BOXES:
            raise too_costly()
        for _ in range(number_of_parts):
            take(index_size)
            offset, length = base + take(offset_size), take(length_size)
            total += length or len(data)
            if total > 2 * len(data):  # the same bytes referenced again and again
                raise too_costly()
            if within == 0:
                places[number].append((offset, length))
    return places


def _properties(data: bytes, start: int, end: int, most: int) -> tuple[tuple[int, int], bytes | None, dict[int, int]]:
    """Width and height of the largest picture, the first colour profile, and the pixels of every HEVC item."""
    size, profile, hevc = (0, 0), None, dict[int, int]()
    boxes = list(_boxes(data, start, end))
    containers = [place for name, *place in boxes if name == b"ipco"]
    if len(containers) != 1:
        raise damaged()
    for index, (name, content, stop) in enumerate(_boxes(data, *containers[0]), 1):
        if name == b"ispe":
            width, height = struct.unpack_from(">II", data, content + 4)
            check_pixels(width, height, most)
            size = max(size, (width, height), key=lambda one: one[0] * one[1])
        elif name == b"hvcC":
            hevc[index] = check_hevc_settings(data[content:stop], most)
        elif name == b"colr" and data[content : content + 4] in (b"prof", b"rICC") and profile is None:
            profile = data[content + 4 : stop]
    areas = dict[int, int]()
    if sum(stop - content for name, content, stop in boxes if name == b"ipma") > MAX_ASSOCIATIONS:
        raise too_costly()
    for name, content, stop in boxes:
        if name == b"ipma":
            for item, properties in _associations(data[content:stop]):
                areas[item] = max([areas.get(item, 0), *(hevc.get(index, 0) for index in properties)])
    return size, profile if profile and len(profile) <= MAX_PROFILE else None, areas


def _associations(data: bytes) -> Iterator[tuple[int, list[int]]]:
    """Every item that the content of a box ``ipma`` names, with the positions of its properties, from 1."""
    version, wide = data[0], data[3] & 1
    (count,) = struct.unpack_from(">I", data, 4)
    position = 8
    for _ in range(count):
        item, number = struct.unpack_from(">IB" if version else ">HB", data, position)
        position += 5 if version else 3
        values = struct.unpack_from(f">{number}{'H' if wide else 'B'}", data, position)
        position += number * (2 if wide else 1)
        yield item, [value & (0x7FFF if wide else 0x7F) for value in values]


def _check_items(
    data: bytes, kinds: dict[int, bytes], places: dict[int, list[tuple[int, int]]], areas: dict[int, int], most: int
) -> None:
    """Refuse coded pictures that together would take too much time to decode."""
    coded = pixels = units = 0
    for number, kind in kinds.items():
        if kind not in CODED:
            continue
        content = b"".join(data[at : at + length] for at, length in places.get(number, []))
        coded += len(content)
        if coded > MAX_BYTES[kind]:
            raise too_costly()
        if kind == b"av01":
            area, count = check_av1(content, most)
        else:
            area, count = areas.get(number, most), check_hevc(content)
        pixels, units = pixels + area, units + count
        if pixels > MAX_DECODED or units > MAX_UNITS:
            raise too_costly()


def _renamed(data: bytes, boxes: dict[bytes, tuple[int, int]], meta: dict[bytes, tuple[int, int]]) -> bytes:
    """The file as a still picture without metadata; no byte changes its position."""
    stripped = bytearray(data)
    start, end = boxes[b"ftyp"]
    for video, still in ((b"avis", b"avif"), (b"msf1", b"mif1"), (b"hevc", b"heic"), (b"hevx", b"heix")):
        stripped[start:end] = stripped[start:end].replace(video, still)
    start, end = meta[b"iinf"]
    for kind in METADATA:
        stripped[start:end] = stripped[start:end].replace(kind, b"none")
    for name, start, _ in _boxes(data, 0, len(data)):
        if name == b"moov" or (name == b"meta" and start != boxes[b"meta"][0]):
            at = stripped.rindex(name, 0, start)
            stripped[at : at + 4] = b"free"
    return bytes(stripped)
