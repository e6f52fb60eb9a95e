"""What was measured of a network beyond the faces of its first data set, as sections of its model card."""

from facescore.training.findings import NAMES, Measured, cell, measured_table, table

WILD = ("count", "pearson", "mae", "signed_error", "coverage")
LEVELS = {
    "size": ("distance between the eyes, pixels", "size"),
    "sharpness": ("blur, in distances between the eyes", "blur"),
    "turn": ("turned by at least", "turn"),
    "distance": ("distance from the training faces, at least", "distance"),
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
    rows = [("as they are", "", *_told(found["as they are"]))]
    for name, (title, level) in LEVELS.items():
        rows += [(title, f"{row[level]:g}", *_told(row)) for row in found.get(name, [])]
    words = {
        "size": "eyes less than {} pixels apart",
        "sharpness": "a sharpness below {}",
        "turn": "turned by {} or more",
        "distance": "a distance from the training faces of {} or more",
    }
    flagged = "; ".join(words[name].format(f"{value:.3g}") for name, value in found["thresholds"].items())
    return f"""
## Under which conditions

Photos of the validation parts made smaller and blurred, and the faces as they come by how far they are turned (how far
the nose lies beside the middle, in distances between the eyes) and how unlike the training faces they are:

{table(("condition", "level", "faces", NAMES["mae"], "in the interval"), rows)}

A face is scored but flagged from where on the interval, made to hold nine in ten, held fewer than 85 % (or beyond 99 %
of the faces that were measured): {flagged}.
"""


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


def _told(row: Measured) -> tuple[str, str, str]:
    return f"{row['count']:,}", cell(row["mae"]), cell(row["coverage"])
