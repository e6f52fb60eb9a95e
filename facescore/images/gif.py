"""GIF: check the blocks up to the end of the first frame before a decoder sees them (GIF89a)."""

import struct

from facescore.images.encoded import Encoded, Limits, check_pixels
from facescore.images.refusals import damaged, too_costly

MAX_BLOCKS = 250_000  # 20 MB in blocks of 255 bytes are 80,000
EXTENSION, FRAME, TRAILER = 0x21, 0x2C, b";"
GRAPHIC_CONTROL = 0xF9  # states which colour is transparent


class _Blocks:
    """A position in the file, and the number of blocks before it."""

    def __init__(self, data: bytes, position: int) -> None:
        self.data, self.position, self.count = data, position, 0

    def pass_blocks(self) -> None:
        """Skip a series of sub-blocks and the empty one that ends it."""
        while True:
            self.count += 1
            if self.count > MAX_BLOCKS:
                raise too_costly()
            if self.position >= len(self.data):
                raise damaged()
            length = self.data[self.position]
            self.position += 1 + length
            if not length:
                return


def strip_gif(data: bytes, limits: Limits) -> Encoded:
    """The canvas and its first frame, without comments, other extensions and other frames.

    Args:
        data: the file.
        limits: limits for the decoded image.

    Raises:
        InvalidImage: it is too large, has too many blocks, or is damaged.
    """
    if len(data) < 13:
        raise damaged()
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    palette = 13 + _palette_length(flags)
    blocks, control = _Blocks(data, palette), b""
    while True:
        start = blocks.position
        kind = data[start : start + 2]
        if len(kind) < 2:
            raise damaged()
        if kind[0] == FRAME:
            break
        if kind[0] != EXTENSION:
            blocks.count += 1  # a stray byte, which decoders skip
            blocks.position += 1
            if blocks.count > MAX_BLOCKS:
                raise too_costly()
            continue
        blocks.position += 2
        blocks.pass_blocks()
        if kind[1] == GRAPHIC_CONTROL:
            control = data[start : blocks.position]
    if len(data) < start + 11:
        raise damaged()
    left, top, across, down, flags = struct.unpack_from("<HHHHB", data, start + 1)
    width, height = max(width, left + across), max(height, top + down)
    check_pixels(width, height, limits.pixels)
    blocks.position = start + 11 + _palette_length(flags)
    blocks.pass_blocks()
    kept = [data[:palette], control if len(control) == 8 else b"", data[start : blocks.position], TRAILER]
    return Encoded("GIF", b"".join(kept), (width, height))


def _palette_length(flags: int) -> int:
    """The length in bytes of the palette that follows a header with these flags."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
