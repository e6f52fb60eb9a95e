"""Figures of networks that learned SCUT-FBP5500's ratings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from facescore.images import read_image
from facescore.scoring.percentile import GROUPS
from facescore.settings import ASSETS
from facescore.ui.figures.axes import BLUE, GRAY, GREEN, ORANGE, PINK, label_axes, number, panels, percent
from facescore.ui.figures.study import Study

SEXES = {"women": (PINK, "o", " female"), "men": (BLUE, "s", " male")}  # of MEBeauty's twelve groups
STYLES = {"AF": (BLUE, "o"), "AM": (ORANGE, "s"), "CF": (GREEN, "^"), "CM": (PINK, "D")}
EDGES = np.linspace(1, 5, 41)
SAMPLES = 8
PUBLISHED = (
    ("AlexNet", "five folds", 0.8634, 0.2651, 0.3481, "arXiv 1801.06345"),
    ("ResNet-18", "five folds", 0.8900, 0.2419, 0.3166, "arXiv 1801.06345"),
    ("ResNeXt-50", "five folds", 0.8997, 0.2291, 0.3017, "arXiv 1801.06345"),
    ("ComboLoss", "five folds", 0.9199, 0.2050, 0.2704, "lucasxlu/ComboLoss"),
    ("co-attention", "five folds", 0.926, 0.202, 0.266, "fei-aiart/FaceAttract"),
    ("AlexNet", "60/40", 0.8298, 0.2938, 0.3819, "arXiv 1801.06345"),
    ("ResNet-18", "60/40", 0.8513, 0.2818, 0.3703, "arXiv 1801.06345"),
    ("ResNeXt-50", "60/40", 0.8777, 0.2518, 0.3325, "arXiv 1801.06345"),
    ("SE-ResNeXt-50", "60/40", 0.9041, 0.2189, 0.2907, "lucasxlu/ComboLoss"),
    ("ComboLoss", "60/40", 0.9117, 0.2126, 0.2813, "lucasxlu/ComboLoss"),
)
"""Network, split, Pearson correlation, mean absolute error, root mean square error, source."""


def scatter(study: Study) -> Figure:
    """Predicted against true score of every test face, coloured by group, or by sex where there are many groups."""
    figure, (axis,) = panels(1, width=5.6, height=5)
    ends = _ends(study)
    axis.plot(ends, ends, color=GRAY, linestyle=":")
    groups = study.predictions["group"]
    shown = [(GROUPS[group], groups == group, *style) for group, style in STYLES.items()]
    shown += [(name, groups.str.endswith(end), colour, marker) for name, (colour, marker, end) in SEXES.items()]
    for name, inside, colour, marker in shown:
        rows = study.predictions[inside]
        if len(rows):
            axis.scatter(rows["truth"], rows["prediction"], s=7, alpha=0.5, color=colour, marker=marker, label=name)
    axis.legend(frameon=False, markerscale=2)
    label_axes(axis, "mean rating", "predicted")
    return figure


def _ends(study: Study) -> tuple[int, int]:
    """Of the scale of the ratings: 1 to 5, or 1 to 10."""
    return (1, 5) if study.predictions["truth"].max() <= 5 else (1, 10)


def distributions(study: Study) -> Figure:
    """How true and predicted scores are distributed, as they are and standardised."""
    figure, axes = panels(2, width=9)
    for axis, standardised in zip(axes, (False, True), strict=True):
        for column, colour, name in (("truth", BLUE, "mean rating"), ("prediction", ORANGE, "predicted")):
            values = study.predictions[column]
            shown = (values - values.mean()) / values.std() if standardised else values
            edges = np.linspace(-3, 3, 31) if standardised else np.linspace(*_ends(study), 41)
            axis.hist(shown, edges.tolist(), histtype="step", linewidth=1.5, color=colour, label=name)
        label_axes(axis, "standard deviations from the mean" if standardised else "score", "test faces")
    axes[0].legend(frameon=False)
    return figure


def published_table(studies: Sequence[Study]) -> pd.DataFrame:
    """Published results with ours among them: the mean over the folds where there are several, else the test part's."""
    rows: list[tuple[str, ...]] = [
        (network, split, f"{pc:.4f}", f"{mae:.4f}", f"{rmse:.4f}", source)
        for network, split, pc, mae, rmse, source in PUBLISHED
    ]
    for study in studies:
        folds = "folds" in study.metrics
        measured = study.metrics["folds"] if folds else study.metrics["test"]["all"]
        split = "five folds" if folds else f"{measured['count']:,} test faces"
        values = (number(measured[name]) for name in ("pearson", "mae", "rmse"))
        rows.append((f"**{study.name}**", split, *values, "this project"))
    columns = ["network", "split", "Pearson correlation", "mean absolute error", "root mean square error", "source"]
    return pd.DataFrame(rows, columns=columns)


def error_by_decile(study: Study) -> Figure:
    """The error of each tenth of the faces by true score; networks shrink to the middle."""
    deciles: list[dict[str, Any]] = study.metrics["deciles"]
    names = [f"{part['lowest']:.2f} to\n{part['highest']:.2f}" for part in deciles]
    figure, (axis,) = panels(1, width=9)
    axis.axhline(0, color=GRAY, linestyle=":")
    styles = (("mae", BLUE, "o", "mean absolute error"), ("signed_error", ORANGE, "s", "mean signed error"))
    for metric, colour, marker, name in styles:
        values = np.array([[part[metric][end] for end in ("value", "low", "high")] for part in deciles])
        reach = np.abs(values[:, 1:] - values[:, :1]).T
        axis.errorbar(range(len(deciles)), values[:, 0], reach, fmt=f"{marker}-", color=colour, capsize=3, label=name)
    axis.set_xticks(range(len(deciles)), names, fontsize=8)
    axis.legend(frameon=False)
    label_axes(axis, "mean rating, a tenth of the faces each", "points")
    return figure


def ratings_by_group() -> Figure:
    """How the data set's mean ratings are distributed in each group, with their mean."""
    table = pd.read_csv(ASSETS / "scut_scores.csv")
    figure = Figure(figsize=(7.5, 4.4), layout="constrained")
    axes = figure.subplots(2, 2, sharex=True, sharey=True).flat
    for axis, (group, (colour, _)) in zip(axes, STYLES.items(), strict=True):
        rows = table[table["group"] == group]
        mean = np.average(rows["score"], weights=rows["count"])
        axis.hist(rows["score"], EDGES.tolist(), weights=rows["count"] / rows["count"].sum(), color=colour)
        axis.axvline(mean, color="black", linestyle=":")
        axis.set_title(f"{GROUPS[group]} ({rows['count'].sum():,}), mean {mean:.2f}", fontsize=10)
        axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        label_axes(axis, "", "")
    figure.supxlabel("mean rating", fontsize=10)
    figure.supylabel("share of the group's faces", fontsize=10)
    return figure


def wild_table(studies: Sequence[Study]) -> pd.DataFrame:
    """A row a network that was asked about faces in the wild: what that cost it at home, and what it brought."""
    asked = [study for study in studies if "wild" in study.metrics]
    return pd.DataFrame(
        {
            "network": study.name,
            "SCUT-FBP5500: test faces": f"{study.metrics['test']['all']['count']:,}",
            "SCUT-FBP5500: Pearson correlation": number(study.metrics["test"]["all"]["pearson"]),
            "MEBeauty: test faces": f"{study.metrics['wild']['all']['count']:,}",
            "MEBeauty: Pearson correlation": number(study.metrics["wild"]["all"]["pearson"]),
            "mean absolute error": number(study.metrics["wild"]["all"]["mae"]),
            "mean signed error": number(study.metrics["wild"]["all"]["signed_error"]),
            "in the 90 % interval": percent(study.metrics["wild"]["all"]["coverage"]),
        }
        for study in asked
    )


def samples(study: Study, pictures: Path) -> Figure:
    """Faces from the top, the middle and the bottom of the scale, from the data set on disk.

    Args:
        study: whose test faces.
        pictures: the folder of the data set's pictures.

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
