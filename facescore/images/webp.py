"""WebP: check the chunks before a decoder sees them (RFC 9649)."""

import struct

from facescore.images.encoded import MAX_PROFILE, Encoded, Limits, check_pixels
from facescore.images.orientation import orientation_of
from facescore.images.refusals import damaged, too_costly

MAX_CHUNKS = 10_000
MAX_PIXELS = 24_000_000  # libwebp and Pillow hold four copies of four bytes per pixel
PIXELS = (b"VP8 ", b"VP8L", b"ALPH")
ANIMATED = 0x02
ALPHA = 0x10


def strip_webp(data: bytes, limits: Limits) -> Encoded:
    """The canvas and its picture, or the first frame of an animation, without metadata.

    Args:
        data: the file.
        limits: limits for the decoded image.

    Raises:
        InvalidImage: it is too large, has too many chunks, or is damaged.
    """
    chunks: dict[bytes, bytes] = {}
    position = 12
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(data):
            break
        name, length = struct.unpack_from("<4sI", data, position)
        chunks.setdefault(name, data[position + 8 : position + 8 + length])
        position += 8 + length + length % 2
    else:
        raise too_costly()
    width, height = _size(chunks)
    check_pixels(width, height, min(limits.pixels, MAX_PIXELS))
    kept = [(name, chunks[name]) for name in (b"ANIM", b"ANMF", *reversed(PIXELS)) if name in chunks]
    if len(chunks.get(b"VP8X", b"")) >= 10:
        flags = chunks[b"VP8X"][0] & (ALPHA | ANIMATED)
        kept = [(b"VP8X", bytes([flags]) + chunks[b"VP8X"][1:10]), *kept]
    body = b"".join(
        struct.pack("<4sI", name, len(content)) + content + bytes(len(content) % 2) for name, content in kept
    )
    profile = chunks.get(b"ICCP", b"")
    return Encoded(
        "WEBP",
        b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body,
        (width, height),
        orientation_of(chunks.get(b"EXIF", b"")),
        profile if 0 < len(profile) <= MAX_PROFILE else None,
    )


def _size(chunks: dict[bytes, bytes]) -> tuple[int, int]:
    """Width and height of the canvas."""
    if len(extended := chunks.get(b"VP8X", b"")) >= 10:
        return 1 + int.from_bytes(extended[4:7], "little"), 1 + int.from_bytes(extended[7:10], "little")
    if len(lossless := chunks.get(b"VP8L", b"")) >= 5:
        bits = int.from_bytes(lossless[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if len(lossy := chunks.get(b"VP8 ", b"")) >= 10:
        width, height = struct.unpack_from("<HH", lossy, 6)
        return width & 0x3FFF, height & 0x3FFF
    raise damaged()
