"""Reliability: the conditions under which a network's scores are off, and the levels at which a face gets a warning.

Small, blurred, dark, overexposed and cut-off faces are made from the data sets' photos, so that the same labels show
what is lost; faces turned to the side or unlike the training faces are taken as they come. All pictures are from the
validation part or, of joint folds, which have none, from the test part: nothing else is chosen on it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import pandas as pd

from facescore.faces.alignment import resize
from facescore.images import Image
from facescore.intervals import Interval
from facescore.training.data.changes import brightness
from facescore.training.measure import conformal
from facescore.training.measure.metrics import mean_with_interval
from facescore.training.measure.photos import Ask
from facescore.training.predict import Numbers

SIZES = (48, 32, 24, 20, 16, 12)  # pixels between the eyes
BLURS = (0.02, 0.04, 0.06, 0.08, 0.12)  # sigma of the Gaussian, in distances between the eyes
UNDEREXPOSED = (0.7, 0.5, 0.4, 0.3, 0.2, 0.15)  # factors on every pixel
OVEREXPOSED = (1.3, 1.6, 2.0, 2.5, 3.0)
CUTS = (0.1, 0.2, 0.3, 0.4)  # share of the face's box beyond the border
BINS = 5  # of the faces as they come, by how far they are turned and how unlike the training faces they are
HELD = 0.85  # a face gets a warning if the interval, meant to hold nine in ten true ratings, holds less than this share
MOVED = 0.1  # a face gets a warning if the mean absolute change of the probability is larger than this
FEWEST = 30  # faces behind a share
INSIDE = 0.03  # share of the face beyond the border that may be no more than the landmarks' own error
EXTREME = 0.99  # beyond this quantile of the measured faces, a face gets a warning in any case

Intervals = tuple[Interval, ...]


def measure(
    ask: Ask, photos: Sequence[Image], table: pd.DataFrame, of_ratings: Intervals, changed: int | None = None
) -> dict[str, Any]:
    """Errors by condition, and the thresholds that follow.

    Args:
        ask: from photos to predictions and conditions.
        photos: uint8[H, W, 3] each.
        table: ``truth`` and ``dataset`` of the same photos.
        of_ratings: the interval table for new scores; empty where the network predicts a probability.
        changed: how many of the photos are changed, which takes most of the time; None changes all.

    Returns:
        For each condition, named as in `Quality`, and for ``distance``: one row per level, mildest first, with the
        number of faces found and, for a rating, the mean absolute error and the share of true ratings within the
        interval; for a probability, its mean absolute change and the accuracy. And ``thresholds``.
    """
    truth = table[["truth", "dataset"]].reset_index(drop=True)
    every = truth.join(ask(photos))
    photos, truth, before = photos[:changed], truth[:changed], every[:changed]
    first = _row(before, before, "size", of_ratings)
    rows = {
        name: [
            _row(after, before, name, of_ratings, **{title: level})
            for level in levels
            if (after := truth.join(ask(change(photos, before, level))))["prediction"].notna().any()
        ]
        for name, (title, levels, change) in CHANGES.items()
    }
    thresholds = {}
    for name, found in rows.items():
        failing = _first_failing(found, first)
        if failing is not None:  # halfway between the level and the one before it
            thresholds[name] = float(np.mean([row["median"] for row in found[max(failing - 1, 0) : failing + 1]]))
    for name in ("turn", "distance"):
        if name in every:
            rows[name] = _as_they_come(every, name, of_ratings)
            failing = _first_failing(rows[name], first)
            extreme = float(every[name].quantile(EXTREME))
            thresholds[name] = extreme if failing is None else min(rows[name][failing][name], extreme)
    ordinary = max(float(every["outside"].quantile(EXTREME)), INSIDE)
    thresholds["outside"] = min(thresholds.get("outside", ordinary), ordinary)
    rounded = {name: round(value, 4) for name, value in thresholds.items()}
    return {"as they are": first, **rows, "thresholds": rounded}


def _shrunk(photos: Sequence[Image], before: pd.DataFrame, size: float) -> list[Image]:
    """Every photo, downsized so that the eyes are at most ``size`` pixels apart."""
    small = []
    for photo, now in zip(photos, before["size"], strict=True):
        scale = size / now if now > size else 1.0
        small.append(resize(photo, max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale))))
    return small


def _blurred(photos: Sequence[Image], before: pd.DataFrame, blur: float) -> list[Image]:
    """Every photo, blurred by a Gaussian in proportion to its face."""
    return [
        np.asarray(cv2.GaussianBlur(photo, (0, 0), blur * now), dtype=np.uint8) if now > 0 else photo
        for photo, now in zip(photos, before["size"], strict=True)
    ]


def _exposed(photos: Sequence[Image], before: pd.DataFrame, factor: float) -> list[Image]:
    """Every photo, with more or less light."""
    return [brightness(factor)(photo) for photo in photos]


def _cut(photos: Sequence[Image], before: pd.DataFrame, share: float) -> list[Image]:
    """Every photo, cut off along a line through its face, on the left, top, right and bottom in turn."""
    cut = []
    boxes = before[["left", "top", "width", "height"]].to_numpy(np.float64)
    for number, (photo, (left, top, width, height)) in enumerate(zip(photos, boxes, strict=True)):
        if np.isfinite(left):
            start, stop = np.clip(np.rint(left + np.array([share, 1 - share]) * width), 1, photo.shape[1] - 1).astype(
                int
            )
            above, below = np.clip(np.rint(top + np.array([share, 1 - share]) * height), 1, len(photo) - 1).astype(int)
            photo = (photo[:, start:], photo[above:], photo[:, :stop], photo[:below])[number % 4]
        cut.append(np.ascontiguousarray(photo))
    return cut


CHANGES: dict[str, tuple[str, tuple[float, ...], Callable[[Sequence[Image], pd.DataFrame, float], list[Image]]]] = {
    "size": ("size", SIZES, _shrunk),
    "sharpness": ("blur", BLURS, _blurred),
    "light": ("exposure", UNDEREXPOSED, _exposed),
    "glare": ("exposure", OVEREXPOSED, _exposed),
    "outside": ("cut", CUTS, _cut),
}
"""The changes of the photos, by the condition that they affect: the name of a level, the levels, and the change."""


def _as_they_come(table: pd.DataFrame, name: str, of_ratings: Intervals) -> list[dict[str, Any]]:
    """Ranges of one measure with equally many faces each, named by their lower edges."""
    ranges = pd.qcut(table[name], BINS, duplicates="drop")
    return [
        _row(part, part, name, of_ratings) | {name: round(float(part[name].min()), 4)}
        for _, part in table.groupby(ranges, observed=True)
    ]


def _row(table: pd.DataFrame, before: pd.DataFrame, name: str, of_ratings: Intervals, **level: float) -> dict[str, Any]:
    """The metrics of the faces that were found."""
    found = table.dropna(subset="prediction")
    counted = {**level, "median": round(float(found[name].median()), 4), "count": len(found)}
    return counted | (_of_ratings(found, of_ratings) if of_ratings else _of_probabilities(found, before))


def _of_ratings(found: pd.DataFrame, of_ratings: Intervals) -> dict[str, Any]:
    bounded = conformal.bounds(found, of_ratings)
    truth, prediction, lower, upper = bounded[["truth", "prediction", "lower", "upper"]].to_numpy(np.float64).T
    return {
        "mae": mean_with_interval(np.abs(prediction - truth)),
        "coverage": mean_with_interval(((truth >= lower) & (truth <= upper)).astype(np.float64)),
    }


def _of_probabilities(found: pd.DataFrame, before: pd.DataFrame) -> dict[str, Any]:
    change: Numbers = (found["prediction"] - before["prediction"]).abs().dropna().to_numpy(np.float64)
    right = np.asarray((found["prediction"] > 0.5) == (found["truth"] > 0.5), dtype=np.float64)
    return {
        "change": mean_with_interval(change),
        "accuracy": mean_with_interval(right),
    }


def _first_failing(rows: list[dict[str, Any]], first: dict[str, Any]) -> int | None:
    """The index of the mildest level at which the scores are off; None if there is none.

    Ratings are off if the interval holds too few of the true ones; probabilities are off if they change too much, or if
    the accuracy is clearly lower than on the unchanged faces.
    """

    def fails(row: dict[str, Any]) -> bool:
        """Whether the scores are off at a level; too few faces say nothing."""
        if row["count"] < FEWEST:
            return False
        if "coverage" in row:
            return bool(row["coverage"].value < HELD)
        return bool(row["change"].value > MOVED or row["accuracy"].high < first["accuracy"].low)

    return next((number for number, row in enumerate(rows) if fails(row)), None)
