"""The only way in for a picture: any file, bytes or array becomes an upright RGB uint8 array, or an InvalidImage."""

import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import PIL.Image
import PIL.ImageOps

from facescore.errors import InvalidImage

Image = npt.NDArray[np.uint8]
"""uint8[H, W, 3], RGB, upright."""

ImageSource = (
    str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | PIL.Image.Image | npt.NDArray[np.generic]
)

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
# Pillow warns of large pictures from 89 megapixels on; here they are refused from 40 on.
warnings.filterwarnings("ignore", category=PIL.Image.DecompressionBombWarning)

MAX_BYTES = 20 * 1000 * 1000
MAX_PIXELS = 40 * 1000 * 1000
MIN_SIDE = 32


@dataclass(frozen=True)
class Limits:
    """The most that a picture may have.

    Attributes:
        bytes: of its file.
        pixels: width times height.
    """

    bytes: int
    pixels: int


PHOTO = Limits(MAX_BYTES, MAX_PIXELS)


def read_image(source: ImageSource, limits: Limits = PHOTO) -> Image:
    """Read a picture.

    Args:
        source: a path, the bytes of a file, an open binary file, a PIL image, or an array: uint8, uint16 or float in
            0..1, of shape [H, W], [H, W, 1], [H, W, 3] or [H, W, 4] (the fourth channel is opacity).
        limits: the most that the picture may have.

    Returns:
        uint8[H, W, 3], RGB, turned upright by its EXIF orientation; transparency is laid over white, 16 bits become 8,
        and of an animation the first frame is taken.

    Raises:
        InvalidImage: not a picture, damaged, over 20 MB, over 40 megapixels, or under 32 pixels a side. Size and
            dimensions are checked before any pixel is decoded.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, PIL.Image.Image):
        return _decode(source)
    data = _read_bytes(source)
    if len(data) > limits.bytes:
        raise InvalidImage("This file is larger than 20 MB. Save the picture smaller and try again.")
    if not data:
        raise InvalidImage("This file is empty. Choose a JPEG, PNG, WebP, GIF, BMP or TIFF picture.")
    try:
        picture = PIL.Image.open(io.BytesIO(data), formats=FORMATS)
    except PIL.Image.DecompressionBombError as error:
        raise InvalidImage(_too_many_pixels("far more")) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise InvalidImage(
            "This file is not a picture that can be read. Choose a JPEG, PNG, WebP, GIF, BMP or TIFF picture."
        ) from error
    with picture:
        if picture.width * picture.height > limits.pixels:
            raise InvalidImage(_too_many_pixels(f"{picture.width} × {picture.height} pixels, more"))
        return _decode(picture)


def _read_bytes(source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
    elif isinstance(source, str | os.PathLike):
        path = Path(source)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InvalidImage(f"The file {path} cannot be opened: {reason}. Check its name.") from error
        except ValueError as error:  # a NUL byte in the name
            raise InvalidImage("The file's name is not a valid path. Check the name.") from error
    else:
        data = source.read(MAX_BYTES + 1)
        if not isinstance(data, bytes):
            raise InvalidImage("The file was opened as text. Open it in binary mode ('rb').")
    if len(data) > MAX_BYTES:
        raise InvalidImage("This file is larger than 20 MB. Save the picture smaller and try again.")
    return data


def _too_many_pixels(megapixels: str) -> str:
    return f"This picture has {megapixels} than the 40 megapixels that are read. Scale it down and try again."


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise InvalidImage(_too_many_pixels(f"{width} × {height} pixels, more"))
    if min(width, height) < MIN_SIDE:
        raise InvalidImage(
            f"This picture is {width} × {height} pixels; at least {MIN_SIDE} a side are needed. Choose a larger one."
        )


def _decode(picture: PIL.Image.Image) -> Image:
    """Check the dimensions in the header, then decode, turn upright and convert to RGB."""
    _check_size(*picture.size)
    try:
        picture.seek(0)
        picture.load()
        upright = PIL.ImageOps.exif_transpose(picture)
        return np.array(_to_rgb(upright), dtype=np.uint8)
    # Pillow's decoders raise any of these on damaged data, and zlib.error and struct.error derive from Exception alone.
    except Exception as error:
        raise InvalidImage(
            "This picture is damaged: it cannot be decoded to its end. Save or download it again."
        ) from error


def _to_rgb(picture: PIL.Image.Image) -> PIL.Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        return _from_deep_gray(picture)
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        white = PIL.Image.new("RGBA", rgba.size, "white")
        return PIL.Image.alpha_composite(white, rgba).convert("RGB")
    return picture.convert("RGB")


def _from_deep_gray(picture: PIL.Image.Image) -> PIL.Image.Image:
    """16-bit, 32-bit and float gray, scaled from the smallest usual white that holds its values (1, 255 or 65535)."""
    values = np.asarray(picture, dtype=np.float32)
    if not np.isfinite(values).all():
        raise ValueError("not finite")
    brightest = values.max()
    if picture.mode == "F" and brightest <= 1:
        white = 1.0
    else:
        white = 255.0 if brightest <= 255 and not picture.mode.startswith("I;16") else 65535.0
    return PIL.Image.fromarray(np.clip(np.rint(values * np.float32(255 / white)), 0, 255).astype(np.uint8)).convert(
        "RGB"
    )


def _from_array(array: npt.NDArray[np.generic]) -> Image:
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        raise InvalidImage(
            f"An array must have the shape [H, W], [H, W, 1], [H, W, 3] or [H, W, 4]; received {array.shape}."
        )
    height, width, channels = array.shape
    _check_size(width, height)
    pixels = _to_unit(array)
    if channels == 4:
        opacity = pixels[:, :, 3:]
        pixels = pixels[:, :, :3] * opacity + (1 - opacity)
    return np.rint(np.broadcast_to(pixels, (height, width, 3)) * 255).astype(np.uint8)


def _to_unit(array: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    """Pixels as float32 in 0..1."""
    if array.dtype == np.uint8:
        return array.astype(np.float32) / np.float32(255)
    if array.dtype == np.uint16:
        return array.astype(np.float32) / np.float32(65535)
    if np.issubdtype(array.dtype, np.floating):
        values = array.astype(np.float32)
        if np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1:
            return values
        raise InvalidImage("An array of floats must lie in 0..1. Divide it by its largest possible value.")
    raise InvalidImage(f"An array must be uint8, uint16 or float in 0..1; received {array.dtype}.")
