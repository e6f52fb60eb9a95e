"""Photos made from the two example pictures: each differs from the others."""

from pathlib import Path

import cv2
import numpy as np
import PIL.Image

from facescore import read_image
from facescore.images import Image
from facescore.settings import ASSETS


def photo(number: int, width: int, height: int) -> Image:
    """The astronaut or Grace Hopper on a canvas, larger or smaller, further left or right, lighter or darker.

    Args:
        number: which photo.
        width: of the photo, pixels.
        height: of the photo, pixels; at most the width.

    Returns:
        uint8[height, width, 3].
    """
    generator = np.random.default_rng(number)
    portrait = read_image(ASSETS / "examples" / ("astronaut.jpg", "grace_hopper.jpg")[number % 2])
    side = round(height * generator.uniform(0.7, 1.0))
    face = cv2.resize(portrait[: portrait.shape[1]], (side, side), interpolation=cv2.INTER_AREA)
    left, top = int(generator.integers(width - side + 1)), int(generator.integers(height - side + 1))
    canvas = cv2.copyMakeBorder(face, top, height - side - top, left, width - side - left, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.convertScaleAbs(canvas, alpha=generator.uniform(0.8, 1.1)), np.uint8)


def save(folder: Path, count: int, width: int = 320, height: int = 240) -> None:
    """Write so many photos as JPEG files, 1,000 to a subfolder."""
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(photo(number, width, height)).save(path, "JPEG", quality=90)
