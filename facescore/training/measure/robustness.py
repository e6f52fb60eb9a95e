"""What else moves a score: changes of a picture that leave the face itself alone."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from facescore.images import Image
from facescore.training.data import changes, ovals
from facescore.training.measure.metrics import mean_with_interval
from facescore.training.predict import Numbers

Change = Callable[[Image], Image]

SHIFT = 0.05  # of the picture's side

OF_CROPS: dict[str, Change] = {
    "a banner": changes.banner,
    "a gray watermark": changes.watermark,
    "JPEG quality 50": partial(changes.jpeg, quality=50),
    "JPEG quality 20": partial(changes.jpeg, quality=20),
    "blur": changes.blur,
    "20% darker": partial(changes.brightness, factor=0.8),
    "20% brighter": partial(changes.brightness, factor=1.2),
    "shifted by 5% sideways": partial(changes.shift, right=SHIFT),
    "shifted by 5% up": partial(changes.shift, down=-SHIFT),
    "shifted by 5% down": partial(changes.shift, down=SHIFT),
}
OF_PHOTOS: dict[str, Change] = {
    "shifted by 5% sideways": partial(changes.shift, right=SHIFT),
    "shifted by 5% down": partial(changes.shift, down=SHIFT),
    "20% smaller": partial(changes.move, scale=0.8),
    "turned by 10°": partial(changes.move, degrees=10),
    "JPEG quality 50": partial(changes.jpeg, quality=50),
    "half the resolution": changes.half_resolution,
    "20% darker": partial(changes.brightness, factor=0.8),
    "20% brighter": partial(changes.brightness, factor=1.2),
    "gray": changes.gray,
}


def measure(
    score: Callable[[Sequence[Image]], Numbers], pictures: Sequence[Image], tried: dict[str, Change]
) -> dict[str, Any]:
    """How far each change moves the score (for a label: the probability).

    Args:
        score: from pictures to scores as they are shown, float64[N]; nan where no face was found.
        pictures: uint8[H, W, 3] each.
        tried: changes by name.

    Returns:
        For each change, the mean absolute change and the mean change of the score, and the number of pictures behind
        them: those in which a face was found before and after.
    """
    before = score(pictures)
    found: dict[str, dict[str, Any]] = {}
    for name, change in tried.items():
        difference = score([change(picture) for picture in pictures]) - before
        difference = difference[np.isfinite(difference)]
        found[name] = {
            "mean_absolute_change": mean_with_interval(np.abs(difference)),
            "mean_change": mean_with_interval(difference),
            "count": len(difference),
        }
    return found


def measure_photos(score: Callable[[Sequence[Image]], Numbers], photos: Sequence[Image]) -> dict[str, Any]:
    """`measure` on whole photos, with ovals added to some and removed from others."""
    cut_out = [ovals.is_in_one(photo) for photo in photos]
    in_ovals, others = ([photo for photo, oval in zip(photos, cut_out, strict=True) if oval == kind] for kind in (1, 0))
    found = measure(score, photos, OF_PHOTOS) | measure(score, others, {"an oval put on": ovals.put_on})
    return found | (measure(score, in_ovals, {"an oval taken off": ovals.take_off}) if in_ovals else {})
