"""What was measured of a network, as the sections of its model card."""

from collections.abc import Sequence
from typing import Any

Measured = dict[str, Any]

NAMES = {
    "count": "pictures",
    "accuracy": "accuracy",
    "auc": "AUC",
    "log_loss": "log loss",
    "calibration_error": "expected calibration error",
    "predicted_share": "predicted",
    "true_share": "labelled",
    "false_positive_rate": "false-positive rate",
    "false_negative_rate": "false-negative rate",
    "pearson": "Pearson correlation",
    "spearman": "Spearman correlation",
    "mae": "mean absolute error",
    "rmse": "root mean square error",
    "signed_error": "mean signed error",
    "coverage": "in the interval",
}
OVERALL = ("count", "accuracy", "auc", "log_loss", "calibration_error", "pearson", "spearman", "mae", "rmse")
BY_GROUP = (
    *("count", "accuracy", "true_share", "predicted_share", "false_positive_rate", "false_negative_rate"),
    *("pearson", "spearman", "mae", "rmse", "signed_error", "coverage"),
)
# Measured on the single ratings of SCUT-FBP5500, each against the mean of the others.
RATERS = "one rater .75 to .79, five .925, ten .956"


def results(metrics: Measured) -> str:
    """The test part as a whole, and by group."""
    groups = {name: measured for name, measured in metrics["test"].items() if name != "all"}
    return (
        f"{measured_table({'all': metrics['test']['all']}, OVERALL)}\n\n"
        f"By group:\n\n{measured_table(groups, BY_GROUP)}\n"
    )


def calibration(metrics: Measured) -> str:
    """What was done to a network after training; empty where nothing was."""
    if "share_of_weights" in metrics:
        return f"""
Every weight lies between those of networks that were tuned from the same initial weights:
{metrics["share_of_weights"]:.0%} of one that learned the first data set alone, the rest, in equal parts, of those that
learned both (Wortsman et al. 2022, arXiv 2109.01903). The share is the least with which the correlation on the first
data set's validation part is at most 0.005 below the former's. The line with the least squared error on the validation
parts, each data set counting the same, {metrics["slope"]:.3f} times the score {metrics["intercept"]:+.3f}, is folded
into the last layer.
"""
    if "slope" in metrics:
        return f"""
Out of fold the scores shrink towards the middle. The line that lowers the error there, {metrics["slope"]:.3f} times the
score {metrics["intercept"]:+.3f}, is folded into the last layer.
"""
    if "temperature" not in metrics:
        return ""
    error = cell(metrics["test"]["all"]["calibration_error"])
    return f"""
The logit is divided by a temperature of {metrics["temperature"]:.3f}, which the validation part asked for and which is
folded into the last layer. Over ten bins of the test part the probability and the share that is labelled then lie
{error} apart in the mean.
"""


def by_score(metrics: Measured) -> str:
    """Errors by true score, and what people reach; empty for a probability."""
    if "deciles" not in metrics:
        return ""
    rows = [
        (f"{part['lowest']:.2f} to {part['highest']:.2f}", cell(part["mae"]), cell(part["signed_error"]))
        for part in metrics["deciles"]
    ]
    return f"""
By true score, a tenth of the test pictures each, above 0 where the prediction is too high:

{table(("true score", NAMES["mae"], NAMES["signed_error"]), rows)}

For comparison, people correlate with the mean of SCUT-FBP5500's other raters as follows: {RATERS}.
"""


def out_of_fold(metrics: Measured) -> str:
    """What five networks of this recipe say of the faces of the fold that each did not learn; empty without them."""
    if "out_of_fold" not in metrics:
        return ""
    found = metrics["out_of_fold"]
    pooled = found["test"]
    means = [(NAMES[name], cell(value)) for name, value in found["folds"].items()]
    corrected = [
        (name, *(f"{errors[metric]:.4f}" for metric in errors)) for name, errors in found["correction"].items()
    ]
    return f"""
## Out of fold

Five networks of this recipe, each tested on the fold that it did not learn from, say of all {pooled["all"]["count"]:,}
faces (a look-alike is a face of the training part with an embedding cosine above 0.6):

{measured_table(pooled, BY_GROUP)}

The mean over the five folds, as it is usually published:

{table(("metric", "mean over the folds"), means)}

What a monotone correction would do, fitted for each fold on the other four:

{table(("correction", *(NAMES[name] for name in found["correction"]["none"])), corrected)}
"""


def robustness(metrics: Measured, unit: str, where: str = "") -> str:
    """What else moves the score; ``where`` goes into the heading."""
    on_crops = "robustness" in metrics
    moved = metrics["robustness" if on_crops else "invariance"]
    columns = {"mean absolute change": "mean_absolute_change", "mean change": "mean_change"}
    if not on_crops:
        columns["photos"] = "count"  # not all have an oval, and in a changed photo a face may be missed
    rows = [(name, *(cell(change[column]) for column in columns.values())) for name, change in moved.items()]
    what = "crops" if on_crops else "photos, through finding and cutting the face,"
    return f"""
## What else moves the score{where}

Changes of the test part's {what} that change nothing about the face, and what they do to the score ({unit}):

{table(("change", *columns), rows)}
"""


def attribution(metrics: Measured, where: str = "") -> str:
    """Where the network looks, and whether its map is true; ``where`` goes into the heading."""
    rows = [
        (part, f"{share['area']:.1%}", _percent(share["all"]), f"{share['highest']:.1%}", f"{share['lowest']:.1%}")
        for part, share in metrics["regions"].items()
    ]
    areas = metrics["map"]["areas"]
    tested = [(order, cell(areas["deletion"][order]), cell(areas["insertion"][order])) for order in areas["deletion"]]
    if metrics["map"]["map_beats_both"]:
        verdict = "The map is better than both by deletion and by insertion, so it is shown as an explanation."
    else:
        verdict = "The map is not better than both by deletion and by insertion: do not take it for an explanation."
    return f"""
## Where it looks{where}

The share of the map's absolute contributions (against the mean map) in each part of the face, on the test part:

{table(("part", "share of the crop", "all faces", "ten highest scores", "ten lowest scores"), rows)}

Is the map true? In {metrics["map"]["faces"]} test faces, places were replaced by the same places of another person's
face, the most relevant first (deletion), or put back into it (insertion). The areas between the map's curve and that of
another order, above 0 where the map is the better one, in units of the whole difference from the mean score:

{table(("against", "deletion", "insertion"), tested)}

{verdict}
"""


def known_failure(metrics: Measured) -> str:
    """The failure that a public write-up told of, and what was measured of it; empty for other networks."""
    groups = metrics["test"]
    dark = groups.get("female, darkest quarter of cheeks, not Smiling")
    light = groups.get("female, lightest quarter of cheeks, Smiling")
    if dark is None or light is None:
        return ""
    return f"""
## A known failure

A public write-up tells of a network of this kind that gave a dark-skinned woman who does not smile 0.07 %. CelebA has
no label for dark skin, so women whose cheeks are in the darkest quarter of the test part by CIELAB lightness (which
depends on the light too) stand in for her. Of those who do not smile, {dark["true_share"]["value"]:.0%} are labelled
“Attractive” and {dark["predicted_share"]["value"]:.0%} are predicted so; of smiling women in the lightest quarter,
{light["true_share"]["value"]:.0%} and {light["predicted_share"]["value"]:.0%}. Where the label holds, the network
misses {dark["false_negative_rate"]["value"]:.0%} of the former and {light["false_negative_rate"]["value"]:.0%} of the
latter. So part of the difference is in the annotators' ticks, and the network repeats it; where the predicted shares
lie further apart than the labelled ones, it adds to it. All of these groups are in the table above.
"""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, ["---"] * len(header), *rows))


def measured_table(groups: dict[str, Measured], columns: Sequence[str]) -> str:
    """A Markdown table with a row a group; columns that no group has are left out."""
    present = [column for column in columns if any(column in measured for measured in groups.values())]
    rows = [(name, *(cell(measured.get(column)) for column in present)) for name, measured in groups.items()]
    return table(("group", *(NAMES[column] for column in present)), rows)


def cell(measured: dict[str, float] | int | None) -> str:
    """A count, a value with its interval, or a dash where there is none, for a Markdown table."""
    if measured is None:
        return "–"
    if isinstance(measured, int):
        return f"{measured:,}"
    return f"{measured['value']:.3f} ({measured['low']:.3f} to {measured['high']:.3f})"


def _percent(measured: dict[str, float]) -> str:
    return f"{measured['value']:.1%} ({measured['low']:.1%} to {measured['high']:.1%})"
