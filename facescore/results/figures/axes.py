"""Shared by all figures: colours, panels, intervals.

The colours are Okabe and Ito's, distinguishable in every common kind of colour vision; markers and text repeat them.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facescore.estimates import Estimate

BLUE, ORANGE, GREEN, PINK, GRAY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#6b7280"
PALE = "#e5e7eb"


def panels(count: int, height: float = 3.4) -> tuple[Figure, list[Axes]]:
    """A figure of panels one below the other, narrow enough for a phone.

    Args:
        count: how many panels.
        height: the height of each, inches.
    """
    figure = Figure(figsize=(5.2, count * height), layout="constrained")
    return figure, list(figure.subplots(count, 1, squeeze=False)[:, 0])


def label_axes(axis: Axes, x: str, y: str) -> None:
    """Label both axes and hide the top and right spines."""
    axis.set(xlabel=x, ylabel=y)
    axis.spines[["top", "right"]].set_visible(False)


def points(estimates: Sequence[Estimate]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Values float64[N], and how far their intervals reach below and above them, float64[2, N]."""
    values = np.array([estimate.value for estimate in estimates])
    ends = np.array([(estimate.low, estimate.high) for estimate in estimates]).T
    return values, np.abs(ends - values)
