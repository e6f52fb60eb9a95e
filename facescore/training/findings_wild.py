"""What was measured of a network beyond the faces of its first data set, as sections of its model card."""

from facescore.training.findings import NAMES, Measured, cell, measured_table, table

WILD = ("count", "pearson", "mae", "signed_error", "coverage")
LEVELS = {
    "size": ("distance between the eyes, pixels", "size"),
    "sharpness": ("blur, in distances between the eyes", "blur"),
    "light": ("darkened, pixels times", "exposure"),
    "glare": ("brightened, pixels times", "exposure"),
    "outside": ("cut by the border, share of the box", "cut"),
    "turn": ("turned by at least", "turn"),
    "distance": ("distance from the training faces, at least", "distance"),
}
WARNED = {
    "size": "eyes less than {} pixels apart",
    "sharpness": "a sharpness below {}",
    "light": "95 % of the face darker than {} of 255 gray levels",
    "glare": "a share of {} or more of the face white",
    "outside": "a share of {} or more of the face beyond the border",
    "turn": "turned by {} or more",
    "distance": "a distance from the training faces of {} or more",
}


def wild(metrics: Measured) -> str:
    """Faces in the wild, by ethnicity and sex; empty where none were asked about."""
    if "wild" not in metrics:
        return ""
    return f"""
## Faces in the wild

On {metrics["wild"]["all"]["count"]:,} faces of MEBeauty (six ethnicities, any pose and light) without a look-alike in
its training part. Their ratings, 1 to 10 by other people, are brought to the scale of 1 to 5 by mean and spread of both
training parts, so an error of one ethnicity says how far it is rated otherwise than the others by this network,
compared with MEBeauty's raters:

{measured_table(metrics["wild"], WILD)}
"""


def conditions(metrics: Measured) -> str:
    """From where on the interval is too narrow; empty where that was not measured."""
    if "conditions" not in metrics:
        return ""
    found = metrics["conditions"]
    of_ratings = "coverage" in found["as they are"]
    columns = ("mae", "coverage") if of_ratings else ("change", "accuracy")
    rows = [("as they are", "", *_cells(found["as they are"], columns))]
    for name, (title, level) in LEVELS.items():
        rows += [(title, f"{row[level]:g}", *_cells(row, columns)) for row in found.get(name, [])]
    warned = "; ".join(WARNED[name].format(f"{value:.3g}") for name, value in found["thresholds"].items())
    reason = (
        "the interval, made to hold nine in ten true ratings, held fewer than 85 %"
        if of_ratings
        else "the probability changed by more than .1 on average, or the accuracy was surely lower"
    )
    names = (NAMES["mae"], "in the interval") if of_ratings else ("mean absolute change", NAMES["accuracy"])
    return f"""
## Under which conditions

Photos of the validation part made smaller, blurred, darker, brighter, and cut by their border, and the faces as they
come by how far they are turned (how far the nose lies beside the middle, in distances between the
eyes){_unlike(found)}:

{table(("condition", "level", "faces", *names), rows)}

A face is scored but warned from where on {reason} (or beyond 99 % of the faces
that were measured, as they come): {warned}.
"""


def _unlike(found: Measured) -> str:
    return " and how unlike the training faces they are" if "distance" in found else ""


def agreement(metrics: Measured) -> str:
    """How CelebA's network agrees with the ratings; empty where that was not measured."""
    if "agreement" not in metrics:
        return ""
    rows = [
        (dataset, group, f"{values['count']:,}", cell(values["with_ratings"]), cell(values["with_scores"]))
        for dataset, groups in metrics["agreement"].items()
        for group, values in groups.items()
    ]
    return f"""
## Agreement with the network of CelebA's label

Pearson correlations of the logit of `attractive` with the ratings of the test faces, and with this network's scores:

{table(("data set", "group", "faces", "with the ratings", "with the scores"), rows)}
"""


def _cells(row: Measured, columns: tuple[str, ...]) -> tuple[str, ...]:
    return f"{row['count']:,}", *(cell(row[column]) for column in columns)
