"""Check a file's structure and reduce it to the parts that carry pixels, before any decoder sees it."""

import struct
from collections.abc import Callable

from facescore.images.bmp import strip_bmp
from facescore.images.encoded import Encoded, Limits
from facescore.images.gif import strip_gif
from facescore.images.heif import is_heif, strip_heif
from facescore.images.jpeg import strip_jpeg
from facescore.images.png import SIGNATURE, strip_png
from facescore.images.refusals import damaged, unreadable
from facescore.images.tiff import strip_tiff
from facescore.images.webp import strip_webp

STARTS: dict[bytes, Callable[[bytes, Limits], Encoded]] = {
    b"\xff\xd8\xff": strip_jpeg,
    SIGNATURE: strip_png,
    b"GIF87a": strip_gif,
    b"GIF89a": strip_gif,
    b"BM": strip_bmp,
    b"II*\0": strip_tiff,
    b"MM\0*": strip_tiff,
}


def strip(data: bytes, limits: Limits) -> Encoded:
    """Reduce a picture's file to what a decoder needs.

    The format is recognised by the first bytes, never by the file's name.

    Args:
        data: the file.
        limits: limits for the decoded image.

    Raises:
        InvalidImage: not an image in a format that is read, or its structure or size is refused.
    """
    strip_format = _format_of(data)
    try:
        return strip_format(data, limits)
    except (IndexError, OverflowError, ValueError, struct.error) as error:  # a field lies beyond the end of its part
        raise damaged() from error


def _format_of(data: bytes) -> Callable[[bytes, Limits], Encoded]:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return strip_webp
    if is_heif(data):
        return strip_heif
    for start, strip_format in STARTS.items():
        if data.startswith(start):
            return strip_format
    raise unreadable()
