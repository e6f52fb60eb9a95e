"""Under which conditions a network's intervals are too narrow, and from where on a user has to be told.

Small and blurred faces are made from the data sets' photos, so that the same ratings say what is lost; turned faces and
faces unlike the training faces are taken as they come. The pictures are of the validation parts: nothing is chosen by
the test parts.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pandas as pd

from facescore.checkpoints import Interval
from facescore.faces.alignment import resize
from facescore.images import Image
from facescore.training.measure import conformal
from facescore.training.measure.metrics import mean_with_interval
from facescore.training.measure.photos import Ask
from facescore.training.predict import Numbers

SIZES = (48, 32, 24, 20, 16, 12)  # pixels between the eyes
BLURS = (0.02, 0.04, 0.06, 0.08, 0.12)  # the Gaussian's sigma, in distances between the eyes
BINS = 5  # of the faces as they come, by how far they are turned and how unlike the training faces they are
HELD = 0.85  # the share of true ratings in the interval, made to hold nine in ten, below which a face is flagged
FEWEST = 30  # faces behind a share
EXTREME = 0.99  # beyond this share of the faces that were measured a face is flagged in any case


def measure(
    ask: Ask, photos: Sequence[Image], table: pd.DataFrame, table_of_intervals: tuple[Interval, ...]
) -> dict[str, Any]:
    """Errors by condition, and the thresholds that follow.

    Args:
        ask: photos to predictions and conditions.
        photos: uint8[H, W, 3] each.
        table: ``truth`` and ``dataset`` of the same photos.
        table_of_intervals: for new scores.

    Returns:
        ``size``, ``sharpness``, ``turn`` and ``distance``: a row a level, from the mildest on, with how many faces were
        found, the mean absolute error and the share of true ratings that the interval held; and ``thresholds``.
    """
    truth = table[["truth", "dataset"]].reset_index(drop=True)
    before = truth.join(ask(photos))
    sizes = before["size"].to_numpy(np.float64)
    rows = {
        "size": [
            _row(truth.join(ask(_shrunk(photos, sizes, size))), "size", table_of_intervals, size=size) for size in SIZES
        ],
        "sharpness": [
            _row(truth.join(ask(_blurred(photos, sizes, blur))), "sharpness", table_of_intervals, blur=blur)
            for blur in BLURS
        ],
    }
    thresholds = {}
    for name, found in rows.items():
        first = _first_too_narrow(found)
        if first is not None:  # the middle between the level and the one before it
            thresholds[name] = float(np.mean([row["median"] for row in found[max(first - 1, 0) : first + 1]]))
    for name in ("turn", "distance"):
        if name in before:
            rows[name] = _as_they_come(before, name, table_of_intervals)
            first = _first_too_narrow(rows[name])
            extreme = float(before[name].quantile(EXTREME))
            thresholds[name] = extreme if first is None else min(rows[name][first][name], extreme)
    rounded = {name: round(value, 4) for name, value in thresholds.items()}
    return {"as they are": _row(before, "size", table_of_intervals), **rows, "thresholds": rounded}


def _shrunk(photos: Sequence[Image], sizes: Numbers, size: float) -> list[Image]:
    """Every photo in which the eyes are further apart made so small that they are ``size`` pixels apart."""
    small = []
    for photo, now in zip(photos, sizes, strict=True):
        scale = size / now if now > size else 1.0
        small.append(resize(photo, max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale))))
    return small


def _blurred(photos: Sequence[Image], sizes: Numbers, blur: float) -> list[Image]:
    """Every photo blurred by a Gaussian in proportion to its face."""
    return [
        np.asarray(cv2.GaussianBlur(photo, (0, 0), blur * now), dtype=np.uint8) if now > 0 else photo
        for photo, now in zip(photos, sizes, strict=True)
    ]


def _as_they_come(table: pd.DataFrame, name: str, table_of_intervals: tuple[Interval, ...]) -> list[dict[str, Any]]:
    """Equally filled ranges of one measure, each named by its lower edge."""
    ranges = pd.qcut(table[name], BINS, duplicates="drop")
    return [
        _row(part, name, table_of_intervals) | {name: round(float(part[name].min()), 4)}
        for _, part in table.groupby(ranges, observed=True)
    ]


def _row(table: pd.DataFrame, name: str, table_of_intervals: tuple[Interval, ...], **level: float) -> dict[str, Any]:
    """The error of the faces that were found."""
    found = table.dropna(subset="prediction")
    told = conformal.bounds(found, table_of_intervals)
    truth, prediction, lower, upper = told[["truth", "prediction", "lower", "upper"]].to_numpy(np.float64).T
    return {
        **level,
        "median": round(float(found[name].median()), 4),
        "count": len(found),
        "mae": mean_with_interval(np.abs(prediction - truth)),
        "coverage": mean_with_interval(((truth >= lower) & (truth <= upper)).astype(np.float64)),
    }


def _first_too_narrow(rows: list[dict[str, Any]]) -> int | None:
    """The number of the mildest level at which the interval holds too few of the true ratings; None where none is."""
    failing = (row["count"] >= FEWEST and row["coverage"].value < HELD for row in rows)
    return next((number for number, fails in enumerate(failing) if fails), None)
