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

    The mean is drawn for several splits. Without a validation part, some training crops take its place, unchanged. A
    band marks the epochs in which only the head was trained.
    """
    history = study.history.drop(columns="split", errors="ignore").groupby("epoch", as_index=False).mean()
    validated = "validation" in study.metrics
    metric = next(name for name in METRICS if name in history)
    best = int(history["epoch"][history["val_loss"].argmin()])
    watched = "validation part" if validated else "training crops, unchanged"
    figure, axes = panels(2, height=2.6)
    for axis, column, label in zip(axes, ("loss", metric), ("loss", METRICS[metric]), strict=True):
        axis.plot(history["epoch"], history[column], "o-", color=BLUE, markersize=3, label="training part")
        axis.plot(history["epoch"], history[f"val_{column}"], "s-", color=ORANGE, markersize=3, label=watched)
        if validated:
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
