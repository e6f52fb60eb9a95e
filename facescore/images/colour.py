"""Colour profiles: convert a picture's colours to sRGB with Little CMS."""

import functools
import io
import math

import numpy as np
import PIL.Image
import PIL.ImageCms

SPACES = {"L": b"GRAY", "RGB": b"RGB ", "CMYK": b"CMYK"}
"""The colour space that a profile must have for each Pillow mode."""
MAX_PIXELS = {"L": 40_000_000, "RGB": 20_000_000, "CMYK": 10_000_000}
"""Conversion takes 30 ns per pixel (CMYK 60 ns); larger pictures are converted at a smaller scale."""
NEAR = 2  # gray levels of 255 by which a profile may differ from sRGB and still count as sRGB
SLOW_TAGS = (b"D2B0", b"D2B1", b"D2B2", b"D2B3")  # floating-point stages, of any number and as slow as the profile asks

Transform = PIL.ImageCms.ImageCmsTransform


@functools.lru_cache(maxsize=8)
def to_srgb(profile: bytes | None, mode: str) -> Transform | None:
    """The transform of pixels to sRGB.

    Args:
        profile: an ICC profile, or None.
        mode: Pillow's mode of the pixels: ``L``, ``RGB`` or ``CMYK``.

    Returns:
        None if there is nothing to convert: no profile, a broken one, one for another colour space, or sRGB itself.
    """
    if profile is None or profile[16:20] != SPACES.get(mode) or any(tag in profile[128:2048] for tag in SLOW_TAGS):
        return None
    try:
        transform = PIL.ImageCms.buildTransform(
            PIL.ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            PIL.ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            PIL.ImageCms.Intent.RELATIVE_COLORIMETRIC,
        )
        samples = _samples(mode)
        converted = np.asarray(PIL.ImageCms.applyTransform(samples, transform), dtype=np.int16)
    except (PIL.ImageCms.PyCMSError, OSError, ValueError, TypeError):  # a bad profile is ignored
        return None
    as_it_is = np.asarray(samples.convert("RGB"), dtype=np.int16)
    return transform if np.abs(converted - as_it_is).max() > NEAR else None


def _samples(mode: str) -> PIL.Image.Image:
    """Colours from across the colour space, to see what a transform does."""
    if mode == "L":
        return PIL.Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    channels = len(mode)
    levels = np.meshgrid(*[np.linspace(0, 255, 9).astype(np.uint8)] * channels)
    colours = np.stack(levels, axis=-1).reshape(1, -1, channels)
    return PIL.Image.frombytes(mode, (colours.shape[1], 1), colours.tobytes())


def reduction(pixels: int, mode: str) -> int:
    """The factor by which to shrink a picture so that its conversion takes at most a second."""
    return math.ceil(math.sqrt(pixels / MAX_PIXELS[mode]))
