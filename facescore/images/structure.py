"""Check a file's structure and reduce it to the parts that carry pixels, before any decoder sees it."""

from collections.abc import Callable

from facescore.images.bmp import strip_bmp
from facescore.images.encoded import Encoded, Limits
from facescore.images.gif import strip_gif
from facescore.images.heif import is_heif, strip_heif
from facescore.images.jpeg import strip_jpeg
from facescore.images.png import SIGNATURE, strip_png
from facescore.images.refusals import unreadable
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
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return strip_webp(data, limits)
    if is_heif(data):
        return strip_heif(data, limits)
    for start, strip_format in STARTS.items():
        if data.startswith(start):
            return strip_format(data, limits)
    raise unreadable()
