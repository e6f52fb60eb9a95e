"""Figures for every network."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from facescore.images import read_image
from facescore.results.figures.axes import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    PALE,
    draw_intervals,
    label_axes,
    panels,
)
from facescore.results.study import Study
from facescore.scoring.percentile import GROUPS
from facescore.settings import ASSETS

METRICS = {"accuracy": "accuracy", "mean_absolute_error": "mean absolute error"}
Columns = dict[str, tuple[str, str]]
BY_GROUP: dict[str, tuple[tuple[str, Columns], ...]] = {
    "accuracy": (
        ("accuracy", {"accuracy": (BLUE, "o")}),
        ("share “Attractive”", {"true_share": (GRAY, "D"), "predicted_share": (ORANGE, "o")}),
        ("error rate", {"false_positive_rate": (GREEN, "s"), "false_negative_rate": (ORANGE, "o")}),
    ),
    "pearson": (
        ("Pearson correlation", {"pearson": (BLUE, "o")}),
        ("mean absolute error", {"mae": (ORANGE, "o")}),
        ("mean signed error", {"signed_error": (GREEN, "s")}),
    ),
}
"""The panels drawn for each group, by the first metric of the task, with colour and marker of each metric."""


def training_curves(study: Study) -> Figure:
    """Loss and metric on the training and validation parts by epoch, with the best epoch marked.

    For several splits, the mean is drawn; for averaged networks, the curves of the last one. A band marks the epochs
    in which only the head was trained.
    """
    rows = study.history
    if "network" in rows:
        rows = rows[rows["network"] == rows["network"].iloc[-1]]
    history = rows.drop(columns=["split", "network"], errors="ignore").groupby("epoch", as_index=False).mean()
    metric = next(name for name in METRICS if name in history)
    best = int(history["epoch"][history["val_loss"].argmin()])
    figure, axes = panels(2, width=9)
    for axis, column, label in zip(axes, ("loss", metric), ("loss", METRICS[metric]), strict=True):
        axis.plot(history["epoch"], history[column], "o-", color=BLUE, markersize=3, label="training part")
        axis.plot(history["epoch"], history[f"val_{column}"], "s-", color=ORANGE, markersize=3, label="validation part")
        axis.axvline(best, color=GRAY, linestyle=":", label=f"best epoch, {best}")
        if "only_head" in history:
            alone = history["epoch"][history["only_head"] == 1].max()
            axis.axvspan(0, alone, color=PALE, label="the head alone is trained")
        label_axes(axis, "epoch", label)
    axes[0].legend(frameon=False)
    return figure


def group_figures(study: Study) -> Figure:
    """The metrics of every group with their intervals, one panel each; unmeasured ones are left out."""
    groups = study.metrics["test"]
    rows = np.arange(len(groups))[::-1]
    of_task = BY_GROUP["accuracy" if "accuracy" in groups["all"] else "pearson"]
    measured = [
        (title, columns) for title, columns in of_task if any(columns.keys() & group for group in groups.values())
    ]
    figure, axes = panels(len(measured), width=1 + 4 * len(measured), height=0.34 * len(groups) + 1.2, share_y=True)
    for axis, (title, columns) in zip(axes, measured, strict=True):
        for offset, (column, (colour, marker)) in zip((0.12, -0.12), columns.items(), strict=False):
            values = [group.get(column) for group in groups.values()]
            draw_intervals(axis, values, rows + offset, colour, marker, column)
        axis.grid(axis="y", color=PALE)
        axis.locator_params(axis="x", nbins=5)
        if len(columns) > 1:
            axis.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
        label_axes(axis, title, "")
    axes[0].set_yticks(rows, [f"{GROUPS.get(name, name)} ({group['count']:,})" for name, group in groups.items()])
    return figure


def map_curves(study: Study) -> Figure:
    """Deletion and insertion curves: how fast each order of places moves the score."""
    curves = study.metrics["map"]["curves"]
    styles = {"map": (BLUE, "o-"), "random": (GRAY, "s--"), "centre": (ORANGE, "^:")}
    figure, axes = panels(2, width=9, share_y=True)
    for axis, kind in zip(axes, ("deletion", "insertion"), strict=True):
        for order, (colour, style) in styles.items():
            axis.plot(curves["share_of_places"], curves[kind][order], style, color=colour, markersize=4, label=order)
        label_axes(axis, f"share of places ({kind})", "difference from the mean score" if kind == "deletion" else "")
    axes[0].legend(frameon=False, title="most relevant first, by")
    return figure


def average_faces(study: Study, folder: Path | None = None) -> Figure:
    """The average face of each tenth of the test part, from the lowest predictions to the highest.

    Raises:
        InvalidImage: a picture is missing.
    """
    folder = folder or ASSETS / "average_faces" / study.name
    paths = sorted(folder.glob("decile-*.webp"))
    tenths = np.array_split(np.sort(study.predictions["prediction"]), len(paths) or 1)
    figure = Figure(figsize=(1.4 * len(paths), 1.9), layout="constrained")
    for axis, path, tenth in zip(figure.subplots(1, len(paths) or 1, squeeze=False)[0], paths, tenths, strict=False):
        axis.imshow(read_image(path))
        axis.set_title(f"{tenth[0]:.2f} to {tenth[-1]:.2f}", fontsize=9)
        axis.axis("off")
    return figure
