"""Figures of networks trained on SCUT-FBP5500's ratings."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from facescore.images import read_image
from facescore.results.figures.axes import BLUE, GRAY, GREEN, ORANGE, PINK, label_axes, panels, points
from facescore.results.study import Study
from facescore.scoring.percentile import GROUPS
from facescore.settings import ASSETS

SEXES = {"women": (PINK, "o", " female"), "men": (BLUE, "s", " male")}  # of MEBeauty's twelve groups
STYLES = {"AF": (BLUE, "o"), "AM": (ORANGE, "s"), "CF": (GREEN, "^"), "CM": (PINK, "D")}
EDGES = np.linspace(1, 5, 41)
SAMPLES = 8


def scatter(study: Study) -> Figure:
    """Predicted against true score of every test face, coloured by group."""
    return _scatter(study.predictions)


def scatter_wild(study: Study) -> Figure:
    """Predicted against true score of every test face in the wild, coloured by sex."""
    return _scatter(study.wild)


def _scatter(predictions: pd.DataFrame) -> Figure:
    figure, (axis,) = panels(1, height=4.8)
    ends = (1, 5)
    axis.plot(ends, ends, color=GRAY, linestyle=":")
    groups = predictions["group"]
    shown = [(GROUPS[group], groups == group, *style) for group, style in STYLES.items()]
    shown += [(name, groups.str.endswith(end), colour, marker) for name, (colour, marker, end) in SEXES.items()]
    for name, inside, colour, marker in shown:
        rows = predictions[inside]
        if len(rows):
            axis.scatter(
                rows["truth"],
                rows["prediction"],
                s=7,
                alpha=0.5,
                color=colour,
                marker=marker,
                label=name,
                rasterized=True,  # thousands of marks
            )
    axis.legend(frameon=False, markerscale=2)
    label_axes(axis, "mean rating", "predicted")
    return figure


def distributions(study: Study) -> Figure:
    """Histograms of true and predicted scores, raw and standardised."""
    figure, axes = panels(2)
    for axis, standardised in zip(axes, (False, True), strict=True):
        for column, colour, name in (("truth", BLUE, "mean rating"), ("prediction", ORANGE, "predicted")):
            values = study.predictions[column]
            shown = (values - values.mean()) / values.std() if standardised else values
            edges = np.linspace(-3, 3, 31) if standardised else EDGES
            axis.hist(shown, edges.tolist(), histtype="step", linewidth=1.5, color=colour, label=name)
        label_axes(axis, "standard deviations from the mean" if standardised else "score", "test faces")
    axes[0].legend(frameon=False)
    return figure


def error_by_decile(study: Study) -> Figure:
    """The errors of each tenth of the faces by true score; networks shrink predictions to the middle."""
    deciles: list[dict[str, Any]] = study.metrics["deciles"]
    figure, (axis,) = panels(1, height=4.2)
    axis.axvline(0, color=GRAY, linestyle=":")
    styles = (("mae", BLUE, "o", "mean absolute error"), ("signed_error", ORANGE, "s", "mean signed error"))
    for metric, colour, marker, name in styles:
        values, reach = points([part[metric] for part in deciles])
        rows = range(len(deciles))
        axis.errorbar(values, rows, xerr=reach, fmt=f"{marker}-", color=colour, capsize=3, label=name)
    axis.set_yticks(range(len(deciles)), [f"{part['lowest']:.2f} – {part['highest']:.2f}" for part in deciles])
    axis.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    label_axes(axis, "points", "mean rating, a tenth of the faces each")
    return figure


def ratings_by_group() -> Figure:
    """A histogram of the data set's mean ratings for each group, with its mean."""
    table = pd.read_csv(ASSETS / "scut_scores.csv")
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    axes = figure.subplots(2, 2, sharex=True, sharey=True).flat
    for axis, (group, (colour, _)) in zip(axes, STYLES.items(), strict=True):
        rows = table[table["group"] == group]
        mean = np.average(rows["score"], weights=rows["count"])
        axis.hist(rows["score"], EDGES.tolist(), weights=rows["count"] / rows["count"].sum(), color=colour)
        axis.axvline(mean, color="black", linestyle=":")
        axis.set_title(f"{GROUPS[group]} ({rows['count'].sum():,})\nmean {mean:.2f}", fontsize=10)
        axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        label_axes(axis, "", "")
    figure.supxlabel("mean rating", fontsize=10)
    figure.supylabel("share of the group's faces", fontsize=10)
    return figure


def samples(study: Study, pictures: Path) -> Figure:
    """Test faces with the highest, middle and lowest ratings, from the data set on disk.

    Args:
        study: the study whose test faces are shown.
        pictures: the folder that holds the data set's pictures.

    Raises:
        InvalidImage: a picture is missing or damaged.
    """
    ordered = study.predictions.sort_values("truth", kind="stable", ascending=False)
    middle = (len(ordered) - SAMPLES) // 2
    rows = (ordered[:SAMPLES], ordered[middle : middle + SAMPLES], ordered[-SAMPLES:])
    figure = Figure(figsize=(1.4 * SAMPLES, 5.2), layout="constrained")
    for axes, faces in zip(figure.subplots(3, SAMPLES), rows, strict=True):
        for axis, face in zip(axes, faces.itertuples(), strict=True):
            axis.imshow(read_image(pictures / str(face.file)))
            axis.set_title(f"rated {face.truth:.2f}\npredicted {face.prediction:.2f}", fontsize=8)
            axis.axis("off")
    return figure
