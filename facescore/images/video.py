"""The size of a picture according to its AV1 or HEVC data, whatever the surrounding file says."""

import struct

from facescore.images.encoded import check_pixels
from facescore.images.refusals import damaged, too_costly, unusual

SEQUENCE_HEADER, FRAME_HEADER, FRAME = 1, 3, 6  # units of AV1
MAX_FRAMES = 4  # a layered AV1 picture has up to four
MAX_UNITS = 4_000  # of all items of a file
MAX_HEADERS = 64  # sequence headers of an item, or parameter sets of a configuration; a picture has a few
SLICES, SETTINGS, SEQUENCE_SETTINGS = range(32), (32, 33, 34), 33  # units of HEVC


class Bits:
    """A reader of bits, from the first to the last."""

    def __init__(self, data: bytes) -> None:
        self.value, self.left = int.from_bytes(data), 8 * len(data)

    def take(self, count: int) -> int:
        """The next bits as a number.

        Raises:
            InvalidImage: too few bits are left.
        """
        self.left -= count
        if self.left < 0:
            raise damaged()
        return self.value >> self.left & (1 << count) - 1

    def take_golomb(self) -> int:
        """The next number in exponential Golomb code."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)


def check_av1(content: bytes, most: int) -> tuple[int, int]:
    """Refuse an AV1 picture with more pixels than ``most``, or with too many frames.

    Args:
        content: open bitstream units (AV1 specification, 5.3).
        most: the largest number of pixels.

    Returns:
        How many pixels and units it has.

    Raises:
        InvalidImage: it has more pixels or too many frames.
    """
    position = frames = pixels = headers = 0
    for number in range(MAX_UNITS):
        if position >= len(content):
            return pixels, number
        header = content[position]
        position += 2 if header & 4 else 1
        length = len(content) - position
        if header & 2:
            length, position = _leb128(content, position)
        kind = header >> 3 & 15
        if kind == SEQUENCE_HEADER:
            width, height = _av1_size(Bits(content[position : position + min(length, 200)]))
            check_pixels(width, height, most)
            pixels = max(pixels, width * height)
            headers += 1
        frames += kind in (FRAME_HEADER, FRAME)
        if frames > MAX_FRAMES or headers > MAX_HEADERS:
            raise too_costly()
        position += length
    raise too_costly()


def _leb128(content: bytes, position: int) -> tuple[int, int]:
    """A number stored in seven bits per byte, and the position after it."""
    value = 0
    for index, byte in enumerate(content[position : position + 8]):
        value |= (byte & 127) << 7 * index
        if byte < 128:
            return value, position + index + 1
    raise damaged()


def _av1_size(bits: Bits) -> tuple[int, int]:
    """Width and height in a sequence header (5.5.1)."""
    bits.take(4)  # profile, still picture
    if bits.take(1):  # the short header of a still picture
        bits.take(5)
    else:
        if bits.take(1):  # timing information, which a still picture does not need
            raise unusual()
        delays = bits.take(1)
        for _ in range(bits.take(5) + 1):  # operating points
            bits.take(12)
            if bits.take(5) > 7:
                bits.take(1)
            if delays and bits.take(1):
                bits.take(4)
    width_bits, height_bits = bits.take(4) + 1, bits.take(4) + 1
    return bits.take(width_bits) + 1, bits.take(height_bits) + 1


def check_hevc_settings(content: bytes, most: int) -> int:
    """Refuse HEVC parameter sets for more pixels than ``most``.

    Args:
        content: an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3).
        most: the largest number of pixels.

    Returns:
        How many pixels they are for.

    Raises:
        InvalidImage: they are for more pixels, or too many.
        struct.error: the record ends too early.
    """
    position, pixels, units = 23, 0, 0
    (arrays,) = struct.unpack_from("B", content, 22)
    for _ in range(arrays):
        kind, count = struct.unpack_from(">BH", content, position)
        position += 3
        units += count
        if units > MAX_HEADERS:
            raise too_costly()
        for _ in range(count):
            (length,) = struct.unpack_from(">H", content, position)
            unit = content[position + 2 : position + 2 + length]
            position += 2 + length
            if kind & 63 == SEQUENCE_SETTINGS or (unit and unit[0] >> 1 & 63 == SEQUENCE_SETTINGS):
                width, height = _hevc_size(unit)
                check_pixels(width, height, most)
                pixels = max(pixels, width * height)
    return pixels


def _hevc_size(unit: bytes) -> tuple[int, int]:
    """Width and height in a sequence parameter set (ITU-T H.265, 7.3.2.2)."""
    bits = Bits(unit[2:400].replace(b"\0\0\3", b"\0\0"))
    bits.take(4)
    layers = bits.take(3)
    bits.take(1 + 96)  # nesting, profile, tier and level
    if layers:
        present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
        bits.take(2 * (8 - layers))
        for profile, level in present:
            bits.take(88 * profile + 8 * level)
    bits.take_golomb()
    if bits.take_golomb() == 3:  # three planes of full size
        bits.take(1)
    return bits.take_golomb(), bits.take_golomb()


def check_hevc(content: bytes) -> int:
    """Refuse HEVC data with parameter sets of its own or with more than one picture.

    Args:
        content: units, each preceded by its length in four bytes.

    Returns:
        How many units it has.

    Raises:
        InvalidImage: it has parameter sets or more than one picture.
    """
    position = pictures = 0
    for number in range(MAX_UNITS):
        if position + 7 > len(content):
            return number
        (length,) = struct.unpack_from(">I", content, position)
        kind = content[position + 4] >> 1 & 63
        if kind in SETTINGS:
            raise unusual()
        pictures += kind in SLICES and content[position + 6] >> 7
        if pictures > 1:
            raise too_costly()
        position += 4 + length
    raise too_costly()
