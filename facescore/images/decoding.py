"""From a stripped file to pixels: Pillow decodes, and later steps work in strips, without a copy of the whole."""

import io
import math
from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt
import PIL.AvifImagePlugin
import PIL.Image
import PIL.ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from facescore.images.colour import reduction, to_srgb
from facescore.images.encoded import Encoded
from facescore.images.orientation import orientation_of
from facescore.images.refusals import damaged

Image = npt.NDArray[np.uint8]
"""uint8[H, W, 3], RGB (sRGB), upright."""

# The classes themselves: PIL.Image.open would try every plugin, and has its own pixel limit.
DECODERS: dict[str, type[ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "GIF": GifImageFile,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
    "WEBP": WebPImageFile,
    "AVIF": AvifImageFile,
}
PIL.AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # the server already reads several photos at once
PIL.ImageFile.MAXBLOCK = 1 << 22  # bytes that go in and out of Pillow at once; by default 64 KiB, which takes longer
STRIP = 1 << 18  # pixels converted at once: few enough for the processor's cache
AT_ONCE = 1 << 23  # pixels that need no conversion and are copied at once: twice as fast, but with one copy more
UPRIGHT: dict[int, Callable[[Image], npt.NDArray[np.generic]]] = {
    2: lambda image: cv2.flip(image, 1),
    3: lambda image: cv2.rotate(image, cv2.ROTATE_180),
    4: lambda image: cv2.flip(image, 0),
    5: cv2.transpose,
    6: lambda image: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE),
    7: lambda image: cv2.flip(cv2.transpose(image), -1),
    8: lambda image: cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE),
}
"""Turn an image upright, by its EXIF orientation."""
AFTER_THE_END = bytes(range(1, 255, 3)) * 2
"""Arbitrary bytes without a marker: pixels that are really there do not depend on what follows."""


def decode(encoded: Encoded, most: int) -> Image:
    """Decode a stripped file.

    Args:
        encoded: the file as stripped by `strip`.
        most: the largest number of pixels; a larger JPEG is decoded at 1/2, 1/4 or 1/8 of its scale.

    Raises:
        InvalidImage: it is damaged.
    """
    most = most if encoded.ended else most // 2  # it is decoded twice
    picture = _load(encoded.format, encoded.data, encoded, most)
    if not encoded.ended:
        other = _load(encoded.format, encoded.data[:-2] + AFTER_THE_END + encoded.data[-2:], encoded, most)
        if any(one.tobytes() != two.tobytes() for one, two in zip(_strips(picture, 1), _strips(other, 1), strict=True)):
            raise damaged()
        del other
    orientation = encoded.orientation
    if isinstance(picture, AvifImageFile):
        orientation = orientation_of(picture.info.get("exif", b""))  # derived by Pillow from the boxes irot and imir
    image = to_rgb(picture, encoded.profile)
    del picture  # before rotation makes a copy
    return upright(image, orientation)


def upright(image: Image, orientation: int) -> Image:
    """Turn an image upright.

    Args:
        image: uint8[H, W, 3].
        orientation: 1 to 8, as in EXIF.
    """
    return UPRIGHT[orientation](image).astype(np.uint8, copy=False) if orientation in UPRIGHT else image


def _load(format_: str, data: bytes, encoded: Encoded, most: int) -> PIL.Image.Image:
    try:
        if format_ == "HEIC":
            import pi_heif  # takes a tenth of the command line's start-up time, and few photos need it

            still: PIL.Image.Image = pi_heif.open_heif(data).to_pillow()  # already upright
            return still
        picture = DECODERS[format_](io.BytesIO(data))
        if isinstance(picture, JpegImageFile):
            _reduce(picture, encoded.profile, most)
        picture.load()
    # Pillow's decoders raise any of these on damaged data, and zlib.error and struct.error derive from Exception alone.
    except Exception as error:
        raise damaged() from error
    return picture


def _reduce(picture: JpegImageFile, profile: bytes | None, most: int) -> None:
    """Set a smaller scale for decoding a large JPEG."""
    width, height = picture.size
    scale = math.ceil(math.sqrt(width * height / most))
    if to_srgb(profile, picture.mode):
        scale = max(scale, reduction(width * height, picture.mode))
    if scale > 1:
        scale = next(power for power in (2, 4, 8) if power >= scale)
        picture.draft(None, (width // scale, height // scale))


def to_rgb(picture: PIL.Image.Image, profile: bytes | None) -> Image:
    """Convert a picture to sRGB, blending transparent pixels with white.

    Args:
        picture: a picture whose pixels are loaded.
        profile: its ICC colour profile, if any.

    Raises:
        InvalidImage: its pixels are not finite, or its mode has no colours.
    """
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = _from_deep_gray(picture)
    mode = _colour_mode(picture.mode)
    transform = to_srgb(profile, mode)
    width, height = picture.size
    plain = picture.mode == "RGB" and not transform and not picture.has_transparency_data
    if plain and width * height <= AT_ONCE:
        return np.array(picture)
    scale = reduction(width * height, mode) if transform else 1
    image = np.empty((math.ceil(height / scale), math.ceil(width / scale), 3), np.uint8)
    top = 0
    for strip in _strips(picture, scale):
        opacity: PIL.Image.Image | None = None
        if strip.has_transparency_data:
            strip = strip if strip.mode in ("RGBA", "LA") else strip.convert("RGBA")
            opacity = strip.getchannel("A")
        colours = strip if strip.mode == mode else strip.convert(mode)
        if scale > 1:
            colours = colours.reduce(scale)
            opacity = opacity.reduce(scale) if opacity else None
        colours = transform.apply(colours) if transform else colours.convert("RGB")
        if opacity:
            colours = PIL.Image.composite(colours, PIL.Image.new("RGB", colours.size, "white"), opacity)
        image[top : top + colours.height] = np.asarray(colours)
        top += colours.height
    return image


def _colour_mode(mode: str) -> str:
    """The mode from which a picture is converted to sRGB."""
    if mode in ("1", "L", "LA", "La"):
        return "L"
    return "CMYK" if mode == "CMYK" else "RGB"


def _strips(picture: PIL.Image.Image, scale: int) -> Iterator[PIL.Image.Image]:
    rows = max(STRIP // picture.width, 1)
    rows = math.ceil(rows / scale) * scale
    for top in range(0, picture.height, rows):
        yield picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def _from_deep_gray(picture: PIL.Image.Image) -> PIL.Image.Image:
    """16-bit, 32-bit and float gray, scaled from the smallest usual white that holds its values (1, 255 or 65535)."""
    read = partial(np.asarray, dtype=np.float32)
    ranges = [(float(values.min()), float(values.max())) for values in map(read, _strips(picture, 1))]
    if not np.isfinite(ranges).all():  # a single nan makes both nan
        raise damaged()
    brightest = max(high for _, high in ranges)
    if picture.mode == "F" and brightest <= 1:
        white = 1.0
    else:
        white = 255.0 if brightest <= 255 and not picture.mode.startswith("I;16") else 65535.0
    gray = np.concatenate(
        [
            np.rint(np.clip(read(strip), 0, white) * np.float32(255 / white)).astype(np.uint8)
            for strip in _strips(picture, 1)
        ]
    )
    return PIL.Image.fromarray(gray)
