"""Figures for every network."""

from matplotlib.figure import Figure

from facescore.results.figures.axes import (
    BLUE,
    GRAY,
    ORANGE,
    PALE,
    label_axes,
    panels,
)
from facescore.results.study import Study

METRICS = {"accuracy": "accuracy", "mean_absolute_error": "mean absolute error"}


def training_curves(study: Study) -> Figure:
    """Loss and metric on the training and validation parts by epoch, with the best epoch marked.

    The mean is drawn for several splits, and the last network for averaged ones. A band marks the epochs in which only
    the head was trained.
    """
    rows = study.history
    if "network" in rows:
        rows = rows[rows["network"] == rows["network"].iloc[-1]]
    history = rows.drop(columns=["split", "network"], errors="ignore").groupby("epoch", as_index=False).mean()
    metric = next(name for name in METRICS if name in history)
    best = int(history["epoch"][history["val_loss"].argmin()])
    figure, axes = panels(2, height=2.6)
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


def map_curves(study: Study) -> Figure:
    """Deletion and insertion curves: how fast each order of places moves the score."""
    curves = study.metrics["map"]["curves"]
    styles = {"map": (BLUE, "o-"), "random": (GRAY, "s--"), "centre": (ORANGE, "^:")}
    figure, axes = panels(2)
    for axis, kind in zip(axes, ("deletion", "insertion"), strict=True):
        for order, (colour, style) in styles.items():
            axis.plot(curves["share_of_places"], curves[kind][order], style, color=colour, markersize=4, label=order)
        label_axes(axis, f"share of places changed ({kind})", "difference from the mean score")
    axes[0].legend(frameon=False, title="most relevant first, by")
    return figure
