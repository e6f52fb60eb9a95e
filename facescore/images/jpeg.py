"""JPEG: check the markers before libjpeg sees them (ITU-T T.81, annex B)."""

import re
import struct
from dataclasses import dataclass, field

from facescore.images.encoded import MAX_MEMORY, MAX_PROFILE, Encoded, Limits, check_pixels
from facescore.images.orientation import orientation_of
from facescore.images.refusals import damaged, too_costly, unusual

REDUCED = 5  # times as many pixels as other formats may have: decoded at 1/2, 1/4 or 1/8 of the scale
MAX_SEGMENTS = 20_000  # a photo has about 20, or 300 with a large profile or a second picture inside
MAX_BLOCK_VISITS = 12_000_000  # 8×8 blocks times the scans that visit them; at most 60 ns each
SOF, UNUSUAL_SOF = (0xC0, 0xC1, 0xC2), (0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
DHT, EOI, SOS, DQT, DRI = 0xC4, 0xD9, 0xDA, 0xDB, 0xDD
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
ALONE = (0x01, *range(0xD0, 0xD9))  # markers without a segment
NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
FILL = re.compile(rb"\xff+")
ICC = b"ICC_PROFILE\0"


@dataclass
class Parts:
    """What is found while reading a file.

    Attributes:
        kept: the parts for the decoder.
        size: width and height; (0, 0) before the frame header.
        blocks: the number of 8×8 blocks of each component.
        progressive: whether the frame is progressive.
        missing: for each component, the coefficients whose last bit no scan has delivered yet.
        visits: the number of blocks, counted once for every scan that visits them.
        buffered: whether the decoder must hold all coefficients at once.
        exif: the first EXIF block.
        profile: the parts of the ICC profile by number.
        ended: whether the end marker was found.
    """

    kept: list[bytes] = field(default_factory=lambda: [b"\xff\xd8"])
    size: tuple[int, int] = (0, 0)
    blocks: dict[int, int] = field(default_factory=dict)
    progressive: bool = False
    missing: dict[int, set[int]] = field(default_factory=dict)
    visits: int = 0
    buffered: bool = False
    exif: bytes = b""
    profile: dict[int, bytes] = field(default_factory=dict)
    ended: bool = False


def strip_jpeg(data: bytes, limits: Limits) -> Encoded:
    """The frame, its tables and scans, without metadata.

    Args:
        data: the file.
        limits: limits for the decoded image.

    Raises:
        InvalidImage: it is too large, too costly to decode, damaged, or neither baseline nor progressive Huffman.
    """
    parts = Parts()
    position = 2
    for _ in range(MAX_SEGMENTS):
        position = _read_segment(data, position, parts)
        if position < 0:
            break
    else:
        raise too_costly()
    if not parts.visits:
        raise damaged()
    width, height = parts.size
    check_pixels(width, height, REDUCED * limits.pixels)
    memory = 4 * min(width * height, limits.pixels) + (128 * sum(parts.blocks.values()) if parts.buffered else 0)
    if parts.visits > MAX_BLOCK_VISITS or memory > MAX_MEMORY:
        raise too_costly()
    if not parts.ended and any(parts.missing.values()):
        raise damaged()
    profile = b"".join(parts.profile[number] for number in sorted(parts.profile))
    return Encoded(
        "JPEG",
        b"".join([*parts.kept, b"\xff\xd9"]),
        parts.size,
        orientation_of(parts.exif),
        profile if 0 < len(profile) <= MAX_PROFILE else None,
        parts.ended,
    )


def _read_segment(data: bytes, position: int, parts: Parts) -> int:
    """Read the next marker and its segment; return where the following one begins, or -1 at the end."""
    position = data.find(b"\xff", position)
    if position < 0:
        return -1
    filled = FILL.match(data, position)
    start = filled.end() - 1 if filled else position
    if start + 1 >= len(data):
        return -1
    marker = data[start + 1]
    if marker == EOI:
        parts.ended = True
        return -1
    if marker == 0 or marker in ALONE:
        return start + 2
    if start + 4 > len(data):
        return -1
    (length,) = struct.unpack_from(">H", data, start + 2)
    end: int = start + 2 + length
    if length < 2 or end > len(data):
        return -1
    if marker == SOS:
        _read_scan(data[start + 4 : end], parts)
        following = NEXT_MARKER.search(data, end)
        end = following.start() if following else len(data)
        parts.kept.append(data[start:end])
    else:
        _read_other(marker, data[start:end], parts)
    return end


def _read_other(marker: int, segment: bytes, parts: Parts) -> None:
    content = segment[4:]
    if marker in SOF:
        _read_frame(marker, content, parts)
        parts.kept.append(segment)
    elif marker in UNUSUAL_SOF:
        raise unusual()
    elif marker in (DHT, DQT, DRI) or (marker == APP0 and content[:5] == b"JFIF\0"):
        parts.kept.append(segment)
    elif marker == APP14 and content[:5] == b"Adobe":
        parts.kept.append(segment)  # states whether four components are CMYK or YCCK, and inverted
    elif marker == APP1 and content[:6] == b"Exif\0\0":
        parts.exif = parts.exif or content
    elif marker == APP2 and content.startswith(ICC) and len(content) > len(ICC) + 2:
        parts.profile.setdefault(content[len(ICC)], content[len(ICC) + 2 :])


def _read_frame(marker: int, content: bytes, parts: Parts) -> None:
    if parts.blocks or len(content) < 6 or len(content) < 6 + 3 * content[5]:
        raise damaged()
    precision, height, width, count = struct.unpack_from(">BHHB", content)
    if precision != 8:
        raise unusual()
    components = [content[6 + 3 * index : 9 + 3 * index] for index in range(count)]
    factors = [(one[1] >> 4, one[1] & 15) for one in components]
    if not components or not width or not height or not all(1 <= factor <= 4 for pair in factors for factor in pair):
        raise damaged()
    most = [max(pair[axis] for pair in factors) for axis in (0, 1)]
    parts.size, parts.progressive = (width, height), marker == SOF[2]
    if len({component[0] for component in components}) < count:
        raise damaged()
    for component, pair in zip(components, factors, strict=True):
        across, down = (
            -(-side * factor // (8 * top)) for side, factor, top in zip(parts.size, pair, most, strict=True)
        )
        parts.blocks[component[0]] = across * down
        parts.missing[component[0]] = set(range(64))


def _read_scan(content: bytes, parts: Parts) -> None:
    """Count the blocks and coefficients that a scan covers, according to its header."""
    count = content[0] if content else 0
    if len(content) < 4 + 2 * count:
        raise damaged()
    first, last, approximation = content[1 + 2 * count : 4 + 2 * count]
    if not parts.progressive:
        first, last, approximation = 0, 63, 0
    for component in content[1 : 1 + 2 * count : 2]:
        if component not in parts.blocks:
            raise damaged()
        parts.visits += parts.blocks[component]
        if approximation & 15 == 0:
            parts.missing[component] -= set(range(first, last + 1))
    parts.buffered |= parts.progressive or count < len(parts.blocks)
