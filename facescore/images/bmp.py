"""BMP: check the header before a decoder sees it."""

import struct

from facescore.images.encoded import Encoded, Limits, check_pixels
from facescore.images.refusals import damaged, too_costly, unusual

OLD_HEADER = 12  # bytes; used by OS/2
PLAIN, RUNS, BIT_FIELDS = (0,), (1, 2), (3, 6)
MAX_RUNS, MAX_RUN_PIXELS = 300_000, 4_000_000  # bytes of codes, and pixels: Pillow decodes them in a Python loop


def strip_bmp(data: bytes, limits: Limits) -> Encoded:
    """The file unchanged: a decoder reads nothing in it except pixels and palette.

    Args:
        data: the file.
        limits: limits for the decoded image.

    Raises:
        InvalidImage: it is too large or damaged.
    """
    if len(data) < 38:
        raise damaged()
    start, header = struct.unpack_from("<II", data, 10)
    if header == OLD_HEADER:
        width, height = struct.unpack_from("<HH", data, 18)
        compression = 0
    else:
        width, height, _, _, compression = struct.unpack_from("<iiHHI", data, 18)
    width, height = abs(width), abs(height)
    check_pixels(width, height, min(limits.pixels, MAX_RUN_PIXELS) if compression in RUNS else limits.pixels)
    if compression in RUNS:
        if len(data) - start > MAX_RUNS:
            raise too_costly()
    elif compression not in PLAIN + BIT_FIELDS:
        raise unusual()
    return Encoded("BMP", data, (width, height))
