"""What a decoder gets of a file: the parts that carry pixels, and nothing else."""

from dataclasses import dataclass
from typing import Literal

from facescore.images.refusals import too_many_pixels

Format = Literal["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "HEIC"]

MAX_MEMORY = 420_000_000
"""Bytes that a decoder may hold at once, including the picture; the rest of reading stays below 80 MB."""
MAX_PROFILE = 4_000_000
"""Bytes of a colour profile; larger ones are ignored. Profiles for print have up to 3 MB."""


@dataclass(frozen=True)
class Limits:
    """The largest picture that is read.

    Attributes:
        bytes: size of the file.
        pixels: size of the returned image. A JPEG may have five times as many; it is decoded at a smaller scale.
    """

    bytes: int
    pixels: int


PHOTO = Limits(bytes=20_000_000, pixels=40_000_000)
"""A photo: 20 MB and 40 megapixels."""


@dataclass(frozen=True)
class Encoded:
    """A picture before it is decoded, rebuilt from the parts that carry pixels.

    Attributes:
        format: selects the decoder.
        data: the rebuilt file.
        size: width and height in pixels, as stored.
        orientation: how to turn it upright, 1 to 8 as in EXIF.
        profile: an ICC profile; None if there is none or it is too large.
        ended: False if a JPEG lacks its end marker, so that pixels may be missing.
    """

    format: Format
    data: bytes
    size: tuple[int, int]
    orientation: int = 1
    profile: bytes | None = None
    ended: bool = True


def check_pixels(width: int, height: int, most: int) -> None:
    """Refuse a picture with more pixels than ``most``.

    Raises:
        InvalidImage: it has more.
    """
    if width * height > most:
        raise too_many_pixels(width, height, most)
