"""What all figures share: colours, panels, intervals.

Colours are Okabe and Ito's, which every common kind of colour vision tells apart; markers and words say the same.
"""

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PINK, GRAY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#6b7280"
PALE = "#e5e7eb"


def panels(count: int, width: float = 6, height: float = 3.6, share_y: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure with a row of panels, in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, list(figure.subplots(1, count, squeeze=False, sharey=share_y)[0])


def label_axes(axis: Axes, x: str, y: str) -> None:
    """Name both axes and leave out the frame's upper and right side."""
    axis.set(xlabel=x, ylabel=y)
    axis.spines[["top", "right"]].set_visible(False)


def draw_intervals(
    axis: Axes,
    measured: list[dict[str, float] | None],
    rows: npt.NDArray[np.floating],
    colour: str,
    marker: str,
    column: str,
) -> None:
    """A row of values with their intervals; groups that have none are left out."""
    kept = [(value, row) for value, row in zip(measured, rows, strict=True) if value is not None]
    values = np.array([value["value"] for value, _ in kept])
    reach = np.array([[value["value"] - value["low"], value["high"] - value["value"]] for value, _ in kept]).T
    name = column.replace("_", " ")
    axis.errorbar(values, [row for _, row in kept], xerr=reach, fmt=marker, color=colour, markersize=4, label=name)


def percent(measured: dict[str, float]) -> str:
    """A share with its interval."""
    return f"{measured['value']:.1%} ({measured['low']:.1%} to {measured['high']:.1%})"


def number(measured: dict[str, float]) -> str:
    """A value with its interval."""
    return f"{measured['value']:.3f} ({measured['low']:.3f} to {measured['high']:.3f})"
