"""What a picture is refused with: each sentence says what is wrong and what to do next."""

from facescore.errors import InvalidImage


def unreadable() -> InvalidImage:
    """Not a picture, or in none of the formats that are read."""
    return InvalidImage(
        "This file is not a picture that can be read. Choose a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC picture."
    )


def damaged() -> InvalidImage:
    """The picture breaks off, or contradicts itself."""
    return InvalidImage("This picture is damaged: it cannot be decoded to its end. Save or download it again.")


def unusual() -> InvalidImage:
    """Its format is read, but not in this rare kind."""
    return InvalidImage("This picture is encoded in a rare way that is not read. Save it as an ordinary JPEG or PNG.")


def too_costly() -> InvalidImage:
    """To decode it would take more time or memory than one picture may."""
    return InvalidImage("This picture would take too much time or memory to read. Save it as an ordinary JPEG.")


def too_many_pixels(width: int, height: int, most: int) -> InvalidImage:
    """More pixels than are read.

    Args:
        width: of the picture.
        height: of the picture.
        most: how many pixels are read.
    """
    return InvalidImage(
        "This picture has {width} × {height} pixels, more than the {most} megapixels that are read in this format. "
        "Scale it down and try again.",
        width=width,
        height=height,
        most=f"{most / 1e6:g}",
    )


def too_many_bytes(most: int) -> InvalidImage:
    """A larger file than is read.

    Args:
        most: how many bytes are read.
    """
    template = "This file is larger than {most} MB. Save the picture smaller and try again."
    return InvalidImage(template, most=f"{most / 1e6:g}")
