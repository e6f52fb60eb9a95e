"""PNG: check the chunks before a decoder sees them (W3C, Portable Network Graphics, third edition)."""

import struct
import zlib

from facescore.images.encoded import MAX_PROFILE, Encoded, Limits, check_pixels
from facescore.images.orientation import orientation_of
from facescore.images.refusals import damaged, too_costly

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 100_000  # 20 MB in chunks of 8 kB, as most programs write them, are 2,500
MAX_INTERLACED_PIXELS = 16_000_000  # decoded in seven passes, which take longer


def strip_png(data: bytes, limits: Limits) -> Encoded:
    """Header, palette, transparency and pixels, joined into one chunk, without metadata.

    Args:
        data: the file.
        limits: limits for the decoded image.

    Raises:
        InvalidImage: it is too large, has too many chunks, or is damaged.
    """
    chunks: dict[bytes, bytes] = {}
    pixels: list[bytes] = []
    position = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(data):
            break
        length, name = struct.unpack_from(">I4s", data, position)
        content = data[position + 8 : position + 8 + length]
        position += 12 + length
        if name == b"IDAT":
            pixels.append(content)
        elif name == b"IEND":
            break
        elif name in (b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"eXIf"):
            chunks.setdefault(name, content)
    else:
        raise too_costly()
    header = chunks.get(b"IHDR", b"")
    if len(header) != 13 or not pixels:
        raise damaged()
    width, height, *_, interlaced = struct.unpack(">IIBBBBB", header)
    check_pixels(width, height, min(limits.pixels, MAX_INTERLACED_PIXELS) if interlaced else limits.pixels)
    kept = [(name, chunks[name]) for name in (b"IHDR", b"PLTE", b"tRNS") if name in chunks]
    parts = [_chunk(name, content) for name, content in [*kept, (b"IDAT", b"".join(pixels)), (b"IEND", b"")]]
    return Encoded(
        "PNG",
        b"".join([SIGNATURE, *parts]),
        (width, height),
        orientation_of(chunks.get(b"eXIf", b"")),
        _profile(chunks.get(b"iCCP", b"")),
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return b"".join(
        [struct.pack(">I4s", len(content), name), content, struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))]
    )


def _profile(content: bytes) -> bytes | None:
    """The colour profile in an iCCP chunk: a name, two zero bytes, and a compressed stream."""
    _, _, stream = content.partition(b"\0")
    try:
        profile = zlib.decompressobj().decompress(stream[1:], MAX_PROFILE + 1)
    except zlib.error:
        return None
    return profile if 0 < len(profile) <= MAX_PROFILE else None
