"""Figures of networks trained on CelebA's label."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from facescore.checkpoints import Card
from facescore.faces.alignment import resize
from facescore.images import Image, read_image
from facescore.results.figures.axes import BLUE, GRAY, ORANGE, label_axes, panels
from facescore.results.study import Study
from facescore.runtime import ScoringNetwork
from facescore.scoring.explanation import Explanation

BINS = 10
SUREST = 10


def confidence_histogram(study: Study) -> Figure:
    """How often each probability was predicted, by true label."""
    figure, (axis,) = panels(1)
    edges = np.linspace(0, 1, 2 * BINS + 1).tolist()
    parts = [study.predictions.query(f"truth == {truth}")["prediction"] for truth in (0, 1)]
    names = [f"{name} ({len(part):,})" for name, part in zip(("not labelled", "labelled"), parts, strict=True)]
    axis.hist(parts, edges, color=[BLUE, ORANGE], label=names)
    axis.legend(frameon=False, title="“Attractive”")
    label_axes(axis, "predicted probability", "test pictures")
    return figure


def label_distribution(study: Study) -> Figure:
    """How many of each group's test pictures are labelled “Attractive”."""
    counts = study.predictions.groupby("group")["truth"].agg(["size", "sum"])
    counts.loc["all"] = counts.sum()
    figure, (axis,) = panels(1)
    rows = np.arange(len(counts))
    axis.barh(rows, counts["sum"], color=ORANGE, label="labelled “Attractive”")
    axis.barh(rows, counts["size"] - counts["sum"], left=counts["sum"], color=BLUE, label="not labelled")
    for row, (size, labelled) in enumerate(counts.to_numpy()):
        axis.text(size, row, f"  {labelled / size:.0%} of {size:,.0f}", va="center")
    axis.set_yticks(rows, list(counts.index))
    axis.margins(x=0.2)
    axis.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    label_axes(axis, "test pictures", "")
    return figure


def calibration(study: Study) -> Figure:
    """The labelled share among pictures of similar probability; on the diagonal, 73% means 73%."""
    table = study.predictions
    bins = np.minimum((table["prediction"] * BINS).astype(int), BINS - 1)
    by_bin = table.groupby(bins).agg(prediction=("prediction", "mean"), truth=("truth", "mean"), n=("truth", "size"))
    error = 1.96 * np.sqrt(by_bin["truth"] * (1 - by_bin["truth"]) / by_bin["n"])
    figure, (axis,) = panels(1)
    axis.plot([0, 1], [0, 1], color=GRAY, linestyle=":", label="perfectly calibrated")
    axis.errorbar(by_bin["prediction"], by_bin["truth"], error, fmt="o-", color=BLUE, capsize=3, label="measured, 95%")
    axis.legend(frameon=False)
    label_axes(axis, "predicted probability", "share labelled “Attractive”")
    return figure


def surest(study: Study, runtime: ScoringNetwork, data: Path) -> Figure:
    """The ten pictures of each class with the surest predictions, with their maps, from the data set on disk.

    Args:
        study: the study of that network.
        runtime: the served network.
        data: the folder that holds the data sets.

    Raises:
        InvalidImage: a picture is missing or damaged.
    """
    ordered = study.predictions.sort_values("prediction", kind="stable")
    figure = Figure(figsize=(1.3 * SUREST, 6), layout="constrained")
    axes = figure.subplots(4, SUREST)
    for top, rows in ((0, ordered.iloc[::-1][:SUREST]), (2, ordered[:SUREST])):
        crops = np.stack([_crop(data, file, runtime.card) for file in rows["file"]])
        contributions = runtime(crops).contributions
        for column, (crop, contribution, row) in enumerate(zip(crops, contributions, rows.itertuples(), strict=True)):
            axes[top, column].imshow(crop)
            axes[top + 1, column].imshow(Explanation.of(crop, contribution, runtime.card).overlay())
            label = "labelled" if row.truth else "not labelled"
            axes[top, column].set_title(f"{row.prediction:.0%}, {label}", fontsize=8)
    for axis in axes.flat:
        axis.axis("off")
    return figure


def _crop(data: Path, file: str, card: Card) -> Image:
    """A picture of a data set whose frame is the template's, resized for the network."""
    return resize(read_image(data / card.data["pictures"] / file), card.input_size, card.input_size)
