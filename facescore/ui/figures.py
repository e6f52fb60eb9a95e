"""The figures of the studies, drawn with matplotlib from the small text files in ``assets/studies``.

Colours are Okabe and Ito's, which every common kind of colour vision tells apart; markers and words say the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facescore.checkpoints import Card
from facescore.errors import DataError
from facescore.faces.alignment import resize
from facescore.images import Image, read_image
from facescore.scoring.explanation import Explanation
from facescore.scoring.runtime import Runtime
from facescore.settings import ASSETS

BLUE, ORANGE, GREEN, GRAY = "#0072B2", "#D55E00", "#009E73", "#6b7280"
BINS = 10
SUREST = 10
METRICS = {"accuracy": "accuracy", "mean_absolute_error": "mean absolute error"}


@dataclass(frozen=True)
class Study:
    """What a run left.

    Attributes:
        name: the recipe's name.
        history: a row an epoch.
        predictions: of the test part: ``file``, ``group``, ``truth`` and ``prediction``.
        metrics: ``metrics.json``.
    """

    name: str
    history: pd.DataFrame
    predictions: pd.DataFrame
    metrics: dict[str, Any]

    @classmethod
    def read(cls, name: str, studies: Path = ASSETS / "studies") -> "Study":
        """Read a study's folder.

        Raises:
            DataError: it is missing or not complete.
        """
        folder = studies / name
        try:
            history, predictions = (pd.read_csv(folder / f"{table}.csv") for table in ("history", "predictions"))
            metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(
                f"The study {name} cannot be read: {error}. Restore it with 'git checkout -- assets'."
            ) from error
        return cls(name, history, predictions, metrics)


def training_curves(study: Study) -> Figure:
    """Loss and metric of the training and the validation part by epoch, with the best epoch marked."""
    history = study.history
    metric = next(name for name in METRICS if name in history)
    best = history["epoch"][history["val_loss"].argmin()]
    figure, axes = _panels(2, width=9)
    for axis, column, label in zip(axes, ("loss", metric), ("loss", METRICS[metric]), strict=True):
        axis.plot(history["epoch"], history[column], "o-", color=BLUE, markersize=3, label="training part")
        axis.plot(history["epoch"], history[f"val_{column}"], "s-", color=ORANGE, markersize=3, label="validation part")
        axis.axvline(best, color=GRAY, linestyle=":", label=f"best epoch, {best}")
        _label(axis, "epoch", label)
    axes[0].legend(frameon=False)
    return figure


def confidence_histogram(study: Study) -> Figure:
    """How often each probability was given, by true label."""
    figure, (axis,) = _panels(1)
    edges = np.linspace(0, 1, 2 * BINS + 1).tolist()
    parts = [study.predictions.query(f"truth == {truth}")["prediction"] for truth in (0, 1)]
    names = [f"{name} ({len(part):,})" for name, part in zip(("not labelled", "labelled"), parts, strict=True)]
    axis.hist(parts, edges, color=[BLUE, ORANGE], label=names)
    axis.legend(frameon=False, title="“Attractive”")
    _label(axis, "predicted probability", "test pictures")
    return figure


def label_distribution(study: Study) -> Figure:
    """How many of each group's test pictures are labelled."""
    counts = study.predictions.groupby("group")["truth"].agg(["size", "sum"])
    counts.loc["all"] = counts.sum()
    figure, (axis,) = _panels(1)
    rows = np.arange(len(counts))
    axis.barh(rows, counts["sum"], color=ORANGE, label="labelled “Attractive”")
    axis.barh(rows, counts["size"] - counts["sum"], left=counts["sum"], color=BLUE, label="not labelled")
    for row, (size, labelled) in enumerate(counts.to_numpy()):
        axis.text(size, row, f" {labelled / size:.0%} of {size:,.0f}", va="center")
    axis.set_yticks(rows, list(counts.index))
    axis.margins(x=0.2)
    axis.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    _label(axis, "test pictures", "")
    return figure


def networks_table(studies: Sequence[Study]) -> pd.DataFrame:
    """A row a network: validation and test figures with their intervals, and what they took."""
    return pd.DataFrame(
        {
            "network": study.name,
            "validation accuracy": _percent(study.metrics["validation"]["all"]["accuracy"]),
            "test accuracy": _percent(study.metrics["test"]["all"]["accuracy"]),
            "AUC": _number(study.metrics["test"]["all"]["auc"]),
            "log loss": _number(study.metrics["test"]["all"]["log_loss"]),
            "calibration error": _number(study.metrics["test"]["all"]["calibration_error"]),
            "epochs (best)": f"{study.metrics['training']['epochs']} ({study.metrics['training']['best_epoch']})",
            "minutes": f"{study.metrics['training']['seconds'] / 60:.0f}",
            "parameters": f"{study.metrics['training']['parameters']:,}",
        }
        for study in studies
    )


def calibration(study: Study) -> Figure:
    """The share that is labelled among pictures of similar probability; on the diagonal, 73 % means 73 %."""
    table = study.predictions
    bins = np.minimum((table["prediction"] * BINS).astype(int), BINS - 1)
    by_bin = table.groupby(bins).agg(prediction=("prediction", "mean"), truth=("truth", "mean"), n=("truth", "size"))
    error = 1.96 * np.sqrt(by_bin["truth"] * (1 - by_bin["truth"]) / by_bin["n"])
    figure, (axis,) = _panels(1, width=5)
    axis.plot([0, 1], [0, 1], color=GRAY, linestyle=":", label="as said")
    axis.errorbar(by_bin["prediction"], by_bin["truth"], error, fmt="o-", color=BLUE, capsize=3, label="measured, 95 %")
    axis.legend(frameon=False)
    _label(axis, "predicted probability", "share labelled “Attractive”")
    return figure


def group_figures(study: Study) -> Figure:
    """Accuracy, labelled and predicted share, and both error rates of every group, with intervals."""
    groups = study.metrics["test"]
    rows = np.arange(len(groups))[::-1]
    figure, axes = _panels(3, width=13, height=0.34 * len(groups) + 1.2, share_y=True)
    panels = (
        ("accuracy", {"accuracy": (BLUE, "o")}),
        ("share “Attractive”", {"true_share": (GRAY, "D"), "predicted_share": (ORANGE, "o")}),
        ("error rate", {"false_positive_rate": (GREEN, "s"), "false_negative_rate": (ORANGE, "o")}),
    )
    for axis, (title, columns) in zip(axes, panels, strict=True):
        for offset, (column, (colour, marker)) in zip((0.12, -0.12), columns.items(), strict=False):
            _intervals(axis, [group.get(column) for group in groups.values()], rows + offset, colour, marker, column)
        axis.grid(axis="y", color="#e5e7eb")
        axis.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
        _label(axis, title, "")
    axes[0].set_yticks(rows, [f"{name} ({group['count']:,})" for name, group in groups.items()])
    return figure


def map_curves(study: Study) -> Figure:
    """Deletion and insertion: how fast each order of places moves the score."""
    curves = study.metrics["map"]["curves"]
    styles = {"map": (BLUE, "o-"), "random": (GRAY, "s--"), "centre": (ORANGE, "^:")}
    figure, axes = _panels(2, width=9, share_y=True)
    for axis, kind in zip(axes, ("deletion", "insertion"), strict=True):
        for order, (colour, style) in styles.items():
            axis.plot(curves["share_of_places"], curves[kind][order], style, color=colour, markersize=4, label=order)
        _label(axis, f"share of places ({kind})", "difference from the mean score" if kind == "deletion" else "")
    axes[0].legend(frameon=False, title="most relevant first, by")
    return figure


def surest(study: Study, runtime: Runtime, data: Path) -> Figure:
    """The ten surest pictures of each class with their maps, from the data set on disk.

    Args:
        study: of the runtime's network.
        runtime: the served network.
        data: the folder of the data sets.

    Raises:
        InvalidImage: a picture is missing or damaged.
    """
    ordered = study.predictions.sort_values("prediction", kind="stable")
    figure = Figure(figsize=(1.3 * SUREST, 6), layout="constrained")
    axes = figure.subplots(4, SUREST)
    for top, rows in ((0, ordered.iloc[::-1][:SUREST]), (2, ordered[:SUREST])):
        crops = np.stack([_crop(data, file, runtime.card) for file in rows["file"]])
        _, contributions = runtime(crops)
        for column, (crop, contribution, row) in enumerate(zip(crops, contributions, rows.itertuples(), strict=True)):
            axes[top, column].imshow(crop)
            axes[top + 1, column].imshow(Explanation.of(crop, contribution, runtime.card).overlay())
            label = "labelled" if row.truth else "not labelled"
            axes[top, column].set_title(f"{row.prediction:.0%}, {label}", fontsize=8)
    for axis in axes.flat:
        axis.axis("off")
    return figure


def average_faces(study: Study, folder: Path | None = None) -> Figure:
    """The average face of each tenth of the test part, from the lowest predictions to the highest.

    Raises:
        InvalidImage: a picture is missing.
    """
    folder = folder or ASSETS / "average_faces" / study.name
    paths = sorted(folder.glob("decile-*.png"))
    tenths = np.array_split(np.sort(study.predictions["prediction"]), len(paths) or 1)
    figure = Figure(figsize=(1.4 * BINS, 1.9), layout="constrained")
    for axis, path, tenth in zip(figure.subplots(1, len(paths) or 1, squeeze=False)[0], paths, tenths, strict=False):
        axis.imshow(read_image(path))
        axis.set_title(f"{tenth[0]:.2f} to {tenth[-1]:.2f}", fontsize=9)
        axis.axis("off")
    return figure


def _crop(data: Path, file: str, card: Card) -> Image:
    """A picture of a data set that is in its template's frame, as the network takes it."""
    return resize(read_image(data / card.data["pictures"] / file), card.input_size, card.input_size)


def _intervals(
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


def _panels(count: int, width: float = 6, height: float = 3.6, share_y: bool = False) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, list(figure.subplots(1, count, squeeze=False, sharey=share_y)[0])


def _label(axis: Axes, x: str, y: str) -> None:
    axis.set(xlabel=x, ylabel=y)
    axis.spines[["top", "right"]].set_visible(False)


def _percent(measured: dict[str, float]) -> str:
    return f"{measured['value']:.1%} ({measured['low']:.1%} to {measured['high']:.1%})"


def _number(measured: dict[str, float]) -> str:
    return f"{measured['value']:.3f} ({measured['low']:.3f} to {measured['high']:.3f})"
