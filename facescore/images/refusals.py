"""Why a picture is refused: each sentence says what is wrong and what to do next."""

from facescore.errors import InvalidImage


def unreadable() -> InvalidImage:
    """Not an image, or in a format that is not read."""
    return InvalidImage(
        "This file is not a picture that can be read. Choose a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC picture."
    )


def damaged() -> InvalidImage:
    """The picture is cut off or contradicts itself."""
    return InvalidImage("This picture is damaged: it cannot be decoded completely. Save or download it again.")


def unusual() -> InvalidImage:
    """The format is read, but not this rare variant."""
    return InvalidImage("This picture uses a rare encoding that is not supported. Save it as an ordinary JPEG or PNG.")


def too_costly() -> InvalidImage:
    """Decoding would take more time or memory than one picture may use."""
    return InvalidImage("This picture would take too much time or memory to read. Save it as an ordinary JPEG.")


def too_many_pixels(width: int, height: int, most: int) -> InvalidImage:
    """Too many pixels.

    Args:
        width: width of the picture.
        height: height of the picture.
        most: the largest number of pixels that is read.
    """
    return InvalidImage(
        "This picture has {width} × {height} pixels, more than the {most} megapixels allowed in this format. "
        "Scale it down and try again.",
        width=width,
        height=height,
        most=f"{most / 1e6:g}",
    )


def too_many_bytes(most: int) -> InvalidImage:
    """The file is too large.

    Args:
        most: the largest number of bytes that is read.
    """
    template = "This file is larger than {most} MB. Save a smaller version and try again."
    return InvalidImage(template, most=f"{most / 1e6:g}")
