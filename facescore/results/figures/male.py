"""Figures of the networks for CelebA's label “Male”."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from facescore.results import male_study
from facescore.results.figures.axes import BLUE, GRAY, GREEN, ORANGE, PINK, label_axes, panels
from facescore.results.study import Study

STYLES = [(colour, marker) for marker in ("o-", "s--", "^:") for colour in (BLUE, ORANGE, GREEN, PINK, GRAY)]


def exploration() -> Figure:
    """How many of CelebA's pictures are labelled Male or not, and Young or not."""
    counts = male_study.exploration()
    figure, axes = panels(2)
    for axis, totals in zip(axes, (counts.sum(axis=1), counts.sum()), strict=True):
        axis.bar([str(name) for name in totals.index], totals, color=[BLUE, ORANGE])
        for place, total in enumerate(totals):
            axis.text(place, total, f"{total:,} ({total / totals.sum():.0%})", ha="center", va="bottom")
        axis.margins(y=0.12)
        label_axes(axis, "", "pictures")
    return figure


def curves(labels: Mapping[str, str]) -> Figure:
    """Loss on the training part and on the validation part by epoch, one curve per study.

    Args:
        labels: what each is called in the legend, by the study's name; studies on the official partition.
    """
    figure, axes = panels(2)
    for (name, label), (colour, style) in zip(labels.items(), STYLES, strict=False):
        history = Study.read(name).history
        for axis, column in zip(axes, ("loss", "val_loss"), strict=True):
            axis.plot(history["epoch"], history[column], style, color=colour, markersize=4, label=label)
    for axis, part in zip(axes, ("training part", "validation part"), strict=True):
        label_axes(axis, "epoch", f"log loss, {part}")
        axis.locator_params(axis="x", integer=True)
    for axis in axes:
        axis.set_ylim(0, 1)
    axes[1].legend(frameon=False, fontsize=8)
    return figure
