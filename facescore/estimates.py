"""Measured numbers: each is an `Estimate`, and every metric is named and formatted here, in one place."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Estimate:
    """A measured value with the two ends of its 95% interval."""

    value: float
    low: float
    high: float


class Metric(NamedTuple):
    """How a metric is shown: its title, and whether it is a share, written as a percentage."""

    title: str
    share: bool = False


METRICS = {
    "count": Metric("pictures"),
    "accuracy": Metric("accuracy", share=True),
    "auc": Metric("AUC"),
    "log_loss": Metric("log loss"),
    "calibration_error": Metric("expected calibration error"),
    "true_share": Metric("labelled", share=True),
    "predicted_share": Metric("predicted", share=True),
    "false_positive_rate": Metric("false-positive rate", share=True),
    "false_negative_rate": Metric("false-negative rate", share=True),
    "pearson": Metric("Pearson correlation"),
    "ceiling": Metric("highest possible, given the raters"),
    "spearman": Metric("Spearman correlation"),
    "mae": Metric("mean absolute error"),
    "rmse": Metric("root mean square error"),
    "signed_error": Metric("mean signed error"),
    "coverage": Metric("in the interval", share=True),
    "mean_absolute_change": Metric("mean absolute change"),
    "change": Metric("mean absolute change"),
    "mean_change": Metric("mean change"),
    "area": Metric("share of the crop", share=True),
    "all": Metric("all faces", share=True),
    "highest": Metric("ten highest scores", share=True),
    "lowest": Metric("ten lowest scores", share=True),
    "with_ratings": Metric("with the ratings"),
    "with_scores": Metric("with the scores"),
}
"""Every metric by its name in ``metrics.json``, in the order in which tables show them."""

OVERALL = ("accuracy", "auc", "log_loss", "calibration_error", "pearson", "ceiling", "spearman", "mae", "rmse")
"""The metrics shown for a whole test part."""

BY_GROUP = (
    *("count", "accuracy", "true_share", "predicted_share", "false_positive_rate", "false_negative_rate"),
    *("pearson", "ceiling", "spearman", "mae", "rmse", "signed_error", "coverage"),
)
"""The metrics shown for each group."""

IN_THE_WILD = ("count", "pearson", "ceiling", "mae", "signed_error", "coverage")
"""The metrics shown for faces in the wild."""


def chance(probability: float) -> str:
    """A probability in per cent without the sign; never 0 or 100, as if it were certain."""
    return "<1" if probability < 0.005 else ">99" if probability > 0.995 else f"{100 * probability:.0f}"


def parts(cell: object, metric: str) -> tuple[str, str, str]:
    """A measured value and the ends of its interval as text; the ends are empty if there is no interval.

    Args:
        cell: an `Estimate`, a count, a plain number, a text, or None if nothing was measured.
        metric: a key of `METRICS`; any other name formats a number with three decimals.
    """
    form = "z.1%" if metric in METRICS and METRICS[metric].share else "z.3f"  # z: no zero has a sign
    match cell:
        case None:
            return "–", "", ""
        case Estimate():
            return f"{cell.value:{form}}", f"{cell.low:{form}}", f"{cell.high:{form}}"
        case int():
            return f"{cell:,}", "", ""
        case float():
            return f"{cell:{form}}", "", ""
        case _:
            return str(cell), "", ""


def text(cell: object, metric: str) -> str:
    """A table cell as plain text: ``0.928 (0.919 to 0.936)``, ``1,100``, or a dash."""
    value, low, high = parts(cell, metric)
    return f"{value} ({low} to {high})" if low else value


def to_json(metrics: Mapping[str, Any]) -> str:
    """The text of ``metrics.json``, each estimate as ``{"value": v, "low": l, "high": h}``."""
    return json.dumps(metrics, indent=1, default=asdict, allow_nan=False) + "\n"


def from_json(value: Any) -> Any:
    """Turn every estimate in parsed JSON back into an `Estimate`; the inverse of `to_json`."""
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"value", "low", "high"}:
        return Estimate(**value)
    return {name: from_json(item) for name, item in value.items()}
