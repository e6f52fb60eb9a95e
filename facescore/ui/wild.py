"""What was measured of a rating's network beyond its own data set: faces in the wild, conditions, and agreement."""

from html import escape
from typing import Any

from facescore.ui.pieces import SHARES, group_name, group_table, heading, measured, read_study, table
from facescore.ui.words import say

DATA_SETS = {"scut": "SCUT-FBP5500", "mebeauty": "MEBeauty"}  # the page knows studies, not the rooms of data sets
COLUMNS = ("count", "pearson", "mae", "signed_error", "coverage")
LEVELS = {
    "size": "size",
    "sharpness": "blur",
    "light": "exposure",
    "glare": "exposure",
    "outside": "cut",
    "turn": "turn",
    "distance": "distance",
}
"""The conditions, each with what names a level of it."""


def describe(name: str, language: str) -> str:
    """The three sections; nothing of what was not measured.

    Args:
        name: of the study.
        language: of the text.
    """
    metrics = read_study(name).metrics
    html = ""
    if "wild" in metrics:
        html += heading("wild.heading", language) + _groups(metrics["wild"], language)
    if "conditions" in metrics:
        html += heading("wild.conditions", language) + _conditions(metrics["conditions"], language)
    if "agreement" in metrics:
        html += heading("wild.agreement", language) + _agreement(metrics["agreement"], language)
    return html


def _groups(groups: dict[str, Any], language: str) -> str:
    caption = say("wild.caption", language, count=f"{groups['all']['count']:,}")
    return group_table(groups, COLUMNS, caption, language)


def _conditions(found: dict[str, Any], language: str) -> str:
    kind = "rating" if "coverage" in found["as they are"] else "probability"
    columns = ("mae", "coverage") if kind == "rating" else ("change", "accuracy")
    rows = [(escape(say("wild.as_they_are", language)), *_cells(found["as they are"], columns))]
    for name, level in LEVELS.items():
        rows += [
            (escape(say(f"wild.level_{name}", language, level=f"{row[level]:g}")), *_cells(row, columns))
            for row in found.get(name, [])
        ]
    thresholds = "".join(
        f"<li>{escape(say(f'wild.flag_{name}', language, threshold=f'{value:.3g}'))}</li>"
        for name, value in found["thresholds"].items()
    )
    header = [say("wild.condition", language)]
    header += [say(f"networks.metric_{key}", language) for key in ("count", *columns)]
    flagged = f"<p>{escape(say(f'wild.flagged_{kind}', language))}</p><ul>{thresholds}</ul>" if thresholds else ""
    return table(header, rows, say("wild.conditions_caption", language)) + flagged


def _cells(row: dict[str, Any], columns: tuple[str, ...]) -> tuple[str, ...]:
    return measured(row["count"]), *(measured(row[column], share=column in SHARES) for column in columns)


def _agreement(found: dict[str, Any], language: str) -> str:
    header = [say(f"wild.{key}", language) for key in ("data_set", "group", "faces", "with_ratings", "with_scores")]
    rows = [
        (
            DATA_SETS[dataset],
            escape(group_name(group, language)),
            measured(values["count"]),
            measured(values["with_ratings"]),
            measured(values["with_scores"]),
        )
        for dataset, groups in found.items()
        for group, values in groups.items()
    ]
    return table(header, rows, say("wild.agreement_caption", language))
