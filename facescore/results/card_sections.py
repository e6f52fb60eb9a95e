"""Sections of a model card that only some networks have."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from facescore.checkpoints import Card
from facescore.results import tables
from facescore.results.tables import markdown

# Pearson correlation of SCUT-FBP5500's raters, alone or averaged, with the mean of the other raters.
RATERS = "one rater .75 to .79, five raters .925, ten .956"
CONDITIONS = {
    "as they are": "as they are",
    "size": "distance between the eyes, pixels",
    "sharpness": "blur, relative to the distance between the eyes",
    "light": "darkened, pixels times",
    "glare": "brightened, pixels times",
    "outside": "cut by the border, share of the box",
    "turn": "turned by at least",
    "distance": "distance from the training faces, at least",
}
WARNED = {
    "size": "eyes less than {} pixels apart",
    "sharpness": "a sharpness below {}",
    "light": "95% of the face darker than {} of 255 gray levels",
    "glare": "a share of {} or more of the face white",
    "outside": "a share of {} or more of the face beyond the border",
    "turn": "turned by {} or more",
    "distance": "a distance from the training faces of {} or more",
}


def render(card: Card) -> str:
    """Render every section for which there are measurements."""
    metrics = card.metrics
    sections = [
        _by_true_score(metrics) if "deciles" in metrics else "",
        _in_the_wild(metrics) if "wild" in metrics else "",
        _of_every_age(metrics) if "omi" in metrics else "",
        _conditions(metrics["conditions"], card.data["split"]) if "conditions" in metrics else "",
        _agreement(metrics) if "agreement" in metrics else "",
    ]
    for where, examined in (("", metrics), (" in the wild", metrics.get("examined_wild"))):
        if examined:
            sections += [_changes(examined, card, where), _attribution(examined, where)]
    return "".join([*sections, _known_failure(metrics["test"])])


def _by_true_score(metrics: Mapping[str, Any]) -> str:
    return f"""
Errors by true score, one tenth of the test pictures per row; above 0 where the prediction is too high:

{markdown(tables.by_true_score(metrics))}

For comparison, how people correlate with the mean of SCUT-FBP5500's other raters: {RATERS}.
"""


def _in_the_wild(metrics: Mapping[str, Any]) -> str:
    return f"""
## Faces in the wild

On {metrics["wild"]["all"]["count"]:,} faces of MEBeauty (six ethnicities, any pose and light). The network that
predicts a face learned from no picture of that person (embedding cosine above 0.6). The ratings, 1 to 10 by other
people, were brought to the scale of 1 to 5 by mean and standard deviation. So a group's signed error shows how this
network rates it relative to the other groups, compared with MEBeauty's raters:

{markdown(tables.in_the_wild(metrics))}
"""


def _of_every_age(metrics: Mapping[str, Any]) -> str:
    return f"""
## Faces of every age

On {metrics["omi"]["all"]["count"]:,} computer-generated faces (One Million Impressions), which show no real people.
Their ratings, 0 to 100 by about 31 people each, were brought to the same scale in the same way. Sex, look and age are
what people saw in the faces; groups of fewer than 20 are not shown:

{markdown(tables.of_every_age(metrics))}
"""


def _conditions(found: Mapping[str, Any], split: str) -> str:
    of_ratings = "coverage" in found["as they are"]
    columns = ("mae", "coverage") if of_ratings else ("change", "accuracy")
    rows = [
        {"condition": CONDITIONS[name], "level": level, "change": None, **row}
        for name, level, row in tables.conditions(found)
    ]
    table = pd.DataFrame(rows, dtype=object).set_index("condition")[["level", "count", *columns]]
    warned = "; ".join(WARNED[name].format(f"{value:.3g}") for name, value in found["thresholds"].items())
    reason = (
        "the interval, made to hold 90% of the true ratings, held fewer than 85%"
        if of_ratings
        else "the probability changed by more than .1 on average, or the accuracy was significantly lower"
    )
    unlike = " and by how unlike the training faces they are" if "distance" in found else ""
    part = "validation part" if of_ratings else "validation part that are there in full size"
    if split.startswith("joint"):
        part = "test part, of all data sets"
    return f"""
## When it does worse

Photos of the {part}, made smaller, blurred, darker, brighter, or cut off at the edge; and unchanged faces, by how far
they are turned (how far the nose lies off the middle, relative to the distance between the eyes){unlike}:

{markdown(table)}

A face still gets a score, but with a warning, from the level at which {reason}, or where the value is more extreme
than for 99% of the unchanged faces:
{warned}.
"""


def _agreement(metrics: Mapping[str, Any]) -> str:
    return f"""
## Agreement with the network for CelebA's label

Pearson correlations of the logit of `attractive` with the ratings of the test faces, and with this network's scores:

{markdown(tables.agreement(metrics))}
"""


def _changes(examined: Mapping[str, Any], card: Card, where: str) -> str:
    what, small = "photos, through detection and alignment,", ""
    if "robustness" in examined:
        what = "crops"
        small = f"\nThe crops are {card.input_size} pixels wide, so compression weighs more than in a whole photo."
    return f"""
## What else moves the score{where}

Changes of the test part's {what} that leave the face itself alone, and how far they move the score
({card.unit}).{small}

{markdown(tables.changes(examined))}
"""


def _attribution(examined: Mapping[str, Any], where: str) -> str:
    better = "not " * (not examined["map"]["map_beats_both"])
    advice = "do not take it for an explanation" if better else "it is shown as an explanation"
    return f"""
## Where it looks{where}

The share of the map's absolute contributions, as differences from the mean map, in each part of the face on the test
part:

{markdown(tables.regions(examined))}

Is the map faithful? In {examined["map"]["faces"]} test faces, places were replaced by the same places of another
person's face, the most relevant first (deletion), or put back into it (insertion). The area between the map's curve and
that of another order is above 0 where the map is better, in units of the whole difference from the mean score:

{markdown(tables.deletion_insertion(examined))}

The map is {better}better than both other orders by deletion and by insertion, so {advice}.
"""


def _known_failure(groups: Mapping[str, Any]) -> str:
    """A failure reported in a public write-up, and what was measured of it; empty for other networks."""
    dark = groups.get("female, darkest quarter of cheeks, not Smiling")
    light = groups.get("female, lightest quarter of cheeks, Smiling")
    if dark is None or light is None:
        return ""
    return f"""
## A known failure

A public write-up reports a network of this kind that gave a dark-skinned woman who does not smile 0.07%. CelebA has no
label for dark skin, so women whose cheeks are in the darkest quarter of the test part by CIELAB lightness (which also
depends on the light) stand in for her. Of those who do not smile, {dark["true_share"].value:.0%} are labelled
“Attractive” and {dark["predicted_share"].value:.0%} are predicted so; of smiling women in the lightest quarter,
{light["true_share"].value:.0%} and {light["predicted_share"].value:.0%}. Where the label holds, the network misses
{dark["false_negative_rate"].value:.0%} of the former and {light["false_negative_rate"].value:.0%} of the latter. So
part of the difference is in the annotators' ticks, and the network repeats it; where the predicted shares are further
apart than the labelled ones, it adds to it. All of these groups are in the table above.
"""
