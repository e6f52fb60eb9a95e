"""The result tables, as DataFrames whose cells are Estimates, counts and strings.

Index and columns hold names, not titles: Markdown takes titles from `facescore.estimates.METRICS`, the page its own in
the visitor's language, so that both show the same numbers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from facescore.checkpoints import Card
from facescore.estimates import BY_GROUP, IN_THE_WILD, METRICS, OVERALL, text
from facescore.results.study import Study

Measured = Mapping[str, Any]

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
"""Published results on SCUT-FBP5500: network, split, Pearson correlation, mean absolute error, root mean square error,
source."""
PUBLISHED_ON_MEBEAUTY = (
    ("ComboLoss", 0.7506, None, None),
    ("ViT", 0.7730, None, None),
    ("DINOv2, partly tuned", 0.8035, 0.5371, 0.7056),
    ("VGGFace2, frozen, Bayesian ridge", 0.8081, 0.5265, 0.6916),
)
"""Published results on MEBeauty over five folds of persons (dr-irina-lebedeva/MEBeauty-Benchmark, 2026): 2,462 faces,
ratings of 1 to 10, corrected for the raters' leniency. Network, Pearson correlation, mean absolute error, root mean
square error."""
TITLES = {
    "same": "two photos of one person",
    "others": "photos of two people",
    "icc": "of the score",
    "icc_of_label": "of CelebA's label",
    "people": "people",
    "pictures": "pictures",
    "light": "light",
    "pose": "pose",
    "expression": "expression",
    "sharpness": "sharpness",
    "together": "all of these",
    "network": "network",
    "split": "split",
    "source": "source",
    "validation_accuracy": "validation accuracy",
    "epochs": "epochs (best)",
    "minutes": "minutes",
    "parameters": "parameters",
}
"""Titles of columns that are not metrics."""
LEVELS = {
    "size": "size",
    "sharpness": "blur",
    "light": "exposure",
    "glare": "exposure",
    "outside": "cut",
    "turn": "turn",
    "distance": "distance",
}
"""The conditions in which a network is measured, each with the key that names its levels."""
AS_THEY_ARE = "as they are"
UNCHANGED = (AS_THEY_ARE, "turn", "distance")
"""Where faces are taken as they come."""
SHARES = ("validation_accuracy", "same", "others", "light", "pose", "expression", "sharpness", "together")
FORMATS = dict.fromkeys(SHARES, "accuracy")
"""Columns that are formatted like another metric."""


def table(rows: Mapping[str, Measured], columns: Sequence[str], index: str) -> pd.DataFrame:
    """Build a table with one row per key of ``rows``; columns that no row has are left out.

    Args:
        rows: the measurements, by row name.
        columns: the metrics to show, in order.
        index: what the rows are, such as ``group``.
    """
    present = [column for column in columns if any(column in row for row in rows.values())]
    cells = [[row.get(column) for column in present] for row in rows.values()]
    return pd.DataFrame(cells, index=pd.Index(rows, name=index), columns=present, dtype=object)


def overall(metrics: Measured) -> pd.DataFrame:
    """The test part as a whole; with several folds, the mean over the folds."""
    whole = metrics["test"]["all"] | metrics.get("folds", {})
    return table({"all": whole}, ("count", *OVERALL), "part")


def by_group(metrics: Measured) -> pd.DataFrame:
    """The test part by group."""
    groups = {name: measured for name, measured in metrics["test"].items() if name != "all"}
    return table(groups, BY_GROUP, "group")


def in_the_wild(metrics: Measured) -> pd.DataFrame:
    """MEBeauty's faces as a whole, by ethnicity and by sex."""
    return table(metrics["wild"], IN_THE_WILD, "group")


def of_every_age(metrics: Measured, least: int = 20) -> pd.DataFrame:
    """One Million Impressions as a whole, and its groups that are not too small to say anything."""
    rows = {name: row for name, row in metrics["omi"].items() if row["count"] >= least}
    return table(rows, IN_THE_WILD, "group")


def by_true_score(metrics: Measured) -> pd.DataFrame:
    """The errors of each tenth of the test pictures by true score."""
    rows = {f"{part['lowest']:.2f} to {part['highest']:.2f}": part for part in metrics["deciles"]}
    return table(rows, ("mae", "signed_error"), "true score")


def changes(examined: Measured) -> pd.DataFrame:
    """How far the score moves when crops or whole photos are changed without changing the face."""
    moved = examined.get("robustness") or examined["invariance"]
    columns = ("mean_absolute_change", "mean_change") + ("count",) * ("invariance" in examined)
    return table(moved, columns, "change")


def conditions(found: Measured) -> Iterator[tuple[str, str, Measured]]:
    """Condition, level and measurements of every row, the unchanged photos first.

    A face that is not changed has no change of its score.
    """
    yield AS_THEY_ARE, "", _without_change(found[AS_THEY_ARE])
    for name, level in LEVELS.items():
        for row in found.get(name, []):
            yield name, f"{row[level]:g}", _without_change(row) if name in UNCHANGED else row


def _without_change(row: Measured) -> Measured:
    return {name: value for name, value in row.items() if name != "change"}


def regions(examined: Measured) -> pd.DataFrame:
    """The share of the map's absolute contributions in each part of the face."""
    return table(examined["regions"], ("area", "all", "highest", "lowest"), "part")


def deletion_insertion(examined: Measured) -> pd.DataFrame:
    """How much better the map orders places than other orders do, by deletion and insertion."""
    areas = examined["map"]["areas"]
    rows = {order: {kind: areas[kind][order] for kind in areas} for order in areas["deletion"]}
    return table(rows, ("deletion", "insertion"), "against")


def agreement(metrics: Measured) -> pd.DataFrame:
    """Agreement of the network of CelebA's label with ratings, and with the scores of a network trained on ratings."""
    rows = {
        f"{dataset}, {group}": values
        for dataset, groups in metrics["agreement"].items()
        for group, values in groups.items()
    }
    return table(rows, ("count", "with_ratings", "with_scores"), "data set and group")


def served(cards: Iterable[Card]) -> pd.DataFrame:
    """The test results of the networks that are served; the mean over the folds if there are several."""
    rows = {
        card.name: {"split": card.metrics["split"], **card.metrics["test"]["all"]} | card.metrics.get("folds", {})
        for card in cards
    }
    return table(rows, ("split", "count", "accuracy", "auc", "pearson", "mae"), "network")


def celeba_networks(studies: Iterable[Study]) -> pd.DataFrame:
    """Networks trained on CelebA's label compared, and what their training took."""
    rows = {
        study.name: study.metrics["test"]["all"]
        | {
            "validation_accuracy": study.metrics["validation"]["all"]["accuracy"],
            "epochs": f"{study.metrics['training']['epochs']} ({study.metrics['training']['best_epoch']})",
            "minutes": round(study.metrics["training"]["seconds"] / 60),
            "parameters": study.metrics["training"]["parameters"],
        }
        for study in studies
    }
    columns = ("validation_accuracy", "accuracy", "auc", "log_loss", "calibration_error")
    return table(rows, (*columns, "epochs", "minutes", "parameters"), "network")


def scut_networks(studies: Iterable[Study]) -> pd.DataFrame:
    """Published results on SCUT-FBP5500 and ours: the mean over the folds if there are several."""
    published = [
        {
            "network": network,
            "split": split,
            "pearson": f"{pc:.4f}",
            "mae": f"{mae:.4f}",
            "rmse": f"{rmse:.4f}",
            "source": source,
        }
        for network, split, pc, mae, rmse, source in PUBLISHED
    ]
    ours = []
    for study in studies:
        measured = study.metrics.get("folds", study.metrics["test"]["all"])
        numbers = {name: measured[name] for name in ("pearson", "mae", "rmse")}
        ours.append({"network": study.name, "split": study.metrics["split"], **numbers, "source": "this project"})
    return pd.DataFrame(published + ours, dtype=object).set_index("network")


def by_dataset(metrics: Measured) -> pd.DataFrame:
    """Every data set that a network learned, as a whole."""
    names = {"SCUT-FBP5500": "test", "MEBeauty": "wild", "One Million Impressions": "omi"}
    rows = {name: metrics[key]["all"] for name, key in names.items() if key in metrics}
    return table(rows, IN_THE_WILD, "data set")


def mebeauty_networks(studies: Iterable[Study]) -> pd.DataFrame:
    """Published results on MEBeauty over five folds of persons, and ours; their errors are of ratings of 1 to 10."""
    published = {
        network: {"pearson": f"{pc:.4f}"} | ({"mae": f"{mae:.4f}", "rmse": f"{rmse:.4f}"} if mae and rmse else {})
        for network, pc, mae, rmse in PUBLISHED_ON_MEBEAUTY
    }
    ours = {study.name: {"pearson": study.metrics["wild_folds"]["pearson"]} for study in studies}
    return table(published | ours, ("pearson", "mae", "rmse"), "network")


def same_person(studies: Iterable[Study]) -> pd.DataFrame:
    """How much of a score belongs to the person: the intraclass correlation, and how far photos are apart."""
    rows = {study.name: study.metrics["same_person"] for study in studies}
    return table(rows, ("people", "pictures", "icc", "icc_of_label", "same", "others"), "network")


def within_person(studies: Iterable[Study]) -> pd.DataFrame:
    """The share of the differences between photos of one person that the conditions of the photos explain."""
    rows = {study.name: study.metrics["same_person"]["explained"] for study in studies}
    named = {name: row | {"together": row["all"]} for name, row in rows.items()}
    return table(named, ("light", "pose", "expression", "sharpness", "together"), "network")


def markdown(frame: pd.DataFrame) -> str:
    """Render a table in Markdown, with titles for its columns."""
    shown = pd.DataFrame(
        {column: [text(cell, FORMATS.get(str(column), str(column))) for cell in frame[column]] for column in frame},
        index=frame.index,
    )
    titles = TITLES | {name: metric.title for name, metric in METRICS.items()}
    return shown.rename(columns=titles).to_markdown(disable_numparse=True)
