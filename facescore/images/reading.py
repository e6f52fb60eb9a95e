"""Turn whatever a program or a visitor passes in into an image, or refuse it."""

import errno
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import PIL.Image
from PIL.ImageFile import ImageFile

from facescore.errors import InvalidImage
from facescore.files import Irregular, open_regular
from facescore.images.arrays import as_pixels, from_array
from facescore.images.decoding import Image, decode, to_rgb, upright
from facescore.images.encoded import PHOTO, Limits, check_pixels
from facescore.images.orientation import orientation_of
from facescore.images.refusals import damaged, too_many_bytes
from facescore.images.structure import strip

ImageSource = (
    str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | PIL.Image.Image | npt.NDArray[np.generic]
)

MIN_SIDE = 32


def read_image(source: ImageSource, limits: Limits = PHOTO) -> Image:
    """Read a picture.

    The structure of a file is checked and reduced to the parts that carry pixels before a decoder sees it, so that
    reading takes at most two seconds of processor time and 500 MB, whatever the file contains.

    Args:
        source: the path of a regular file, the bytes of a file, an open binary file, a PIL image, or an array: uint8,
            uint16 or float in 0..1, of shape [H, W], [H, W, 1], [H, W, 3] or [H, W, 4] (the fourth channel is opacity).
            A PIL image that was opened but not decoded yet is read from its file; otherwise its pixels are used.
        limits: the largest picture to read. A JPEG of up to five times as many pixels is read at a smaller scale.

    Returns:
        uint8[H, W, 3], converted to sRGB by its colour profile and turned upright by its EXIF orientation. Transparent
        pixels are blended with white, 16 bits are reduced to 8, and only the first frame of an animation is read.

    Raises:
        InvalidImage: not an image, damaged, too large, too costly to decode, or less than 32 pixels per side.
    """
    if isinstance(source, np.ndarray):
        array = as_pixels(source)
        _check_size(array.shape[1], array.shape[0], limits)
        return from_array(array)
    if isinstance(source, PIL.Image.Image):
        file = _undecoded_file(source)
        if file is None:
            return _from_pillow(source, limits)
        source = file
    data = _read_bytes(source, limits.bytes)
    if not data:
        raise InvalidImage("This file is empty. Choose a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC picture.")
    encoded = strip(data, limits)
    del data  # the stripped copy is enough
    _check_side(*encoded.size)
    image = decode(encoded, limits.pixels)
    _check_side(image.shape[1], image.shape[0])
    return image


def _check_side(width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise InvalidImage(
            "This picture is {width} × {height} pixels; each side needs at least {least}. Choose a larger one.",
            width=width,
            height=height,
            least=MIN_SIDE,
        )


def _check_size(width: int, height: int, limits: Limits) -> None:
    check_pixels(width, height, limits.pixels)
    _check_side(width, height)


def _undecoded_file(picture: PIL.Image.Image) -> BinaryIO | None:
    """The file of a picture of which Pillow has read only the header, so that it can be decoded within our limits."""
    if not isinstance(picture, ImageFile) or picture._im is not None or not picture.fp or picture.fp.closed:
        return None
    if picture.tell():
        return None
    picture.fp.seek(0)
    return picture.fp  # type: ignore[return-value]  # IO[bytes], which has all that we need


def _from_pillow(picture: PIL.Image.Image, limits: Limits) -> Image:
    _check_size(*picture.size, limits)
    try:
        picture.load()
    except Exception as error:  # a later frame, which Pillow decodes only now, or a closed picture
        raise damaged() from error
    exif, profile = picture.info.get("exif"), picture.info.get("icc_profile")
    orientation = orientation_of(exif) if isinstance(exif, bytes) else 1
    return upright(to_rgb(picture, profile if isinstance(profile, bytes) else None), orientation)


def _read_bytes(source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO, most: int) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        view = memoryview(source).cast("B")
        data = bytes(view[: most + 1])
    elif isinstance(source, str | os.PathLike):
        data = _read_file(Path(source), most)
    elif hasattr(source, "read"):
        data = _read_stream(source, most)
    else:
        raise InvalidImage(
            "A picture must be a path, the bytes of a file, an open binary file, a PIL image or an array; "
            f"received {type(source).__name__}."
        )
    if len(data) > most:
        raise too_many_bytes(most)
    return data


def _read_file(path: Path, most: int) -> bytes:
    """The bytes of a regular file; anything else, such as a pipe or a device, is refused without waiting."""
    try:
        with open_regular(path) as file:
            return _read_stream(file, most)
    except Irregular as error:
        raise InvalidImage(f"The file {path} cannot be read: {error}. Check its name.") from error
    except OSError as error:
        reason = error.strerror or errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise InvalidImage(f"The file {path} cannot be opened: {reason}. Check its name.") from error
    except ValueError as error:  # a NUL byte in the name, or characters that the system cannot encode
        raise InvalidImage("The file's name is not a valid path. Check the name.") from error


def _read_stream(file: BinaryIO, most: int) -> bytes:
    """Read a stream to its end or one byte beyond ``most``; an unbuffered one may return less than requested."""
    parts: list[bytes] = []
    left = most + 1
    while left > 0:
        try:
            part = file.read(left)
        except ValueError as error:
            raise InvalidImage("The file is closed. Open it again.") from error
        if isinstance(part, str):
            raise InvalidImage("The file was opened as text. Open it in binary mode ('rb').")
        if not isinstance(part, bytes) or not part:  # None: a non-blocking stream has no data
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
