"""Reliability: the conditions under which a network's scores are off, and the levels at which a face gets a warning.

Small, blurred, dark, overexposed and cut-off faces are made from the data sets' photos, so that the same labels show
what is lost; faces turned to the side or unlike the training faces are taken as they come. All pictures are from the
validation part or, of joint folds, which have none, from the test part: nothing else is chosen on it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from facescore.estimates import Estimate
from facescore.faces.alignment import resize
from facescore.images import Image
from facescore.intervals import Interval
from facescore.training.data import changes
from facescore.training.measure import conformal
from facescore.training.measure.metrics import mean_with_interval
from facescore.training.measure.photos import Ask

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
Change = Callable[[Image, pd.Series, float], Image]
"""From a photo, its row of conditions and a level to the changed photo."""


def measure(
    ask: Ask, photos: Sequence[Image], table: pd.DataFrame, of_ratings: Intervals, changed: int | None = None
) -> dict[str, Any]:
    """Errors by condition, and the thresholds that follow.

    Args:
        ask: from photos to predictions and conditions.
        photos: uint8[H, W, 3] each.
        table: their ``truth`` and ``dataset``.
        of_ratings: the interval table for new scores; empty where the network predicts a probability.
        changed: how many of the photos are changed, which takes most of the time; None changes all.

    Returns:
        For each condition, named as in `Quality`, and for ``distance``: one row per level, mildest first, with the
        number of faces found and, for a rating, the mean absolute error and the share of true ratings within the
        interval; for a probability, its mean absolute change and the accuracy. And ``thresholds``.
    """
    truth = table[["truth", "dataset"]].reset_index(drop=True).assign(number=range(len(table)))
    every = truth.join(ask(photos))
    photos, truth, before = photos[:changed], truth[:changed], every[:changed]
    first = _row(before, before, "size", of_ratings)
    rows = {
        name: [
            _row(after, before, name, of_ratings, **{title: level})
            for level in levels
            if (after := truth.join(ask(_changed(photos, before, change, level))))["prediction"].notna().any()
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


def _changed(photos: Sequence[Image], faces: pd.DataFrame, change: Change, level: float) -> list[Image]:
    """Every photo, changed."""
    return [change(photo, face, level) for photo, (_, face) in zip(photos, faces.iterrows(), strict=True)]


def _shrunk(photo: Image, face: pd.Series, size: float) -> Image:
    """A photo, downsized so that the eyes are at most ``size`` pixels apart."""
    scale = size / face["size"] if face["size"] > size else 1.0
    return resize(photo, max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale)))


def _blurred(photo: Image, face: pd.Series, blur: float) -> Image:
    """A photo, blurred by a Gaussian in proportion to its face."""
    return changes.blur(photo, blur * face["size"]) if face["size"] > 0 else photo


def _exposed(photo: Image, face: pd.Series, factor: float) -> Image:
    """A photo with more or less light."""
    return changes.brightness(photo, factor)


def _cut(photo: Image, face: pd.Series, share: float) -> Image:
    """A photo, cut off along a line through its face, on the left, top, right and bottom in turn."""
    if not np.isfinite(face["left"]):
        return photo
    ends = np.array([share, 1 - share])
    (left, right), (top, bottom) = (
        np.clip(np.rint(face[start] + ends * face[length]), 1, most - 1).astype(int)
        for start, length, most in (("left", "width", photo.shape[1]), ("top", "height", photo.shape[0]))
    )
    halves = photo[:, left:], photo[top:], photo[:, :right], photo[:bottom]
    return np.ascontiguousarray(halves[int(face["number"]) % 4])


CHANGES: dict[str, tuple[str, tuple[float, ...], Change]] = {
    "size": ("size", SIZES, _shrunk),
    "sharpness": ("blur", BLURS, _blurred),
    "light": ("exposure", UNDEREXPOSED, _exposed),
    "glare": ("exposure", OVEREXPOSED, _exposed),
    "outside": ("cut", CUTS, _cut),
}
"""The changes of a photo, by the condition that they affect: the name of a level, the levels, and the change."""


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
    row = {**level, "median": round(float(found[name].median()), 4), "count": len(found)}
    if of_ratings:
        found = conformal.bounds(found, of_ratings)
        held = found["truth"].between(found["lower"], found["upper"])
        return row | {"mae": _mean((found["prediction"] - found["truth"]).abs()), "coverage": _mean(held)}
    change = (found["prediction"] - before["prediction"]).abs().dropna()
    right = (found["prediction"] > 0.5) == (found["truth"] > 0.5)
    return row | {"change": _mean(change), "accuracy": _mean(right)}


def _mean(values: pd.Series) -> Estimate:
    return mean_with_interval(values.to_numpy(np.float64))


def _first_failing(rows: list[dict[str, Any]], first: dict[str, Any]) -> int | None:
    """The index of the mildest level at which the scores are off; None if there is none.

    Ratings are off if the interval holds too few of the true ones; probabilities are off if they change too much, or if
    the accuracy is clearly lower than on the unchanged faces.
    """
    for number, row in enumerate(rows):
        if row["count"] < FEWEST:  # too few faces say nothing
            continue
        if "coverage" in row:
            off = row["coverage"].value < HELD
        else:
            off = row["change"].value > MOVED or row["accuracy"].high < first["accuracy"].low
        if off:
            return number
    return None
