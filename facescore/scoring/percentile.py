"""Where a score stands among SCUT-FBP5500's 5,500 mean ratings."""

import csv
import math
import reprlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facescore.errors import CheckpointError, InvalidRequest
from facescore.settings import ASSETS

ALL = "all"
GROUPS = {
    ALL: "all faces",
    "AF": "Asian women",
    "AM": "Asian men",
    "CF": "Caucasian women",
    "CM": "Caucasian men",
}
"""SCUT-FBP5500's own names for its groups."""


class ScoreDistribution:
    """The empirical distribution of the true mean ratings, over all faces or one group.

    Args:
        path: a CSV table with the columns ``group``, ``score`` and ``count``.

    Raises:
        CheckpointError: the table is missing or damaged.
    """

    def __init__(self, path: Path = ASSETS / "scut_scores.csv") -> None:
        try:
            with path.open(newline="", encoding="utf-8") as file:
                rows = [(row["group"], float(row["score"]), int(row["count"])) for row in csv.DictReader(file)]
            self._steps = {group: _steps([row for row in rows if group in (ALL, row[0])]) for group in GROUPS}
        except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:  # missing columns or invalid numbers
            raise CheckpointError(
                f"The table of ratings {path.name} is missing or damaged. Restore it with 'git checkout -- assets'."
            ) from error

    def percentile(self, score: float, group: str = ALL) -> float:
        """The percentage of ratings below a score.

        Ratings equal to the score count half; between neighbouring ratings the percentage is interpolated.

        Args:
            score: 1 to 5.
            group: ``all``, AF, AM, CF or CM.

        Raises:
            InvalidRequest: there is no such group.
        """
        if not isinstance(group, str) or group not in self._steps:
            raise InvalidRequest(f"There is no group {reprlib.repr(group)}. Choose one of: {', '.join(GROUPS)}.")
        scores, shares = self._steps[group]
        return float(np.interp(score, scores, shares, left=0.0, right=100.0))


def _steps(rows: list[tuple[str, float, int]]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Distinct scores in ascending order, and the percentage below each; equal scores count half."""
    if not rows or not all(math.isfinite(score) and count > 0 for _, score, count in rows):
        raise ValueError("a group without ratings, or an invalid rating")
    scores, position = np.unique([score for _, score, _ in rows], return_inverse=True)
    counts = np.bincount(position, weights=[count for _, _, count in rows])
    return scores, 100 * (np.cumsum(counts) - counts / 2) / counts.sum()


def whole(percentile: float) -> int:
    """A percentile as a whole number; never 0 or 100, since no one is below or above all."""
    return min(max(round(percentile), 1), 99)
