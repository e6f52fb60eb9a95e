"""What was measured of a rating's network beyond its own data set: faces in the wild, conditions, and agreement."""

from html import escape
from typing import Any

from facescore.ui.pieces import group_name, measured, read_study, table
from facescore.ui.words import say

COLUMNS = ("count", "pearson", "mae", "signed_error", "coverage")
SHARES = ("coverage",)
DATA_SETS = {"scut": "SCUT-FBP5500", "mebeauty": "MEBeauty"}
LEVELS = {"size": "size", "sharpness": "blur", "turn": "turn", "distance": "distance"}
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
        html += _heading("heading", language) + _groups(metrics["wild"], language)
    if "conditions" in metrics:
        html += _heading("conditions", language) + _conditions(metrics["conditions"], language)
    if "agreement" in metrics:
        html += _heading("agreement", language) + _agreement(metrics["agreement"], language)
    return html


def _heading(key: str, language: str) -> str:
    return f"<h3>{escape(say(f'wild.{key}', language))}</h3>"


def _groups(groups: dict[str, Any], language: str) -> str:
    header = [say("networks.group", language), *(say(f"networks.metric_{key}", language) for key in COLUMNS)]
    rows = [
        (escape(group_name(group, language)), *(measured(values.get(key), key in SHARES) for key in COLUMNS))
        for group, values in groups.items()
    ]
    return table(header, rows, say("wild.caption", language, count=f"{groups['all']['count']:,}"))


def _conditions(found: dict[str, Any], language: str) -> str:
    rows = [(escape(say("wild.as_they_are", language)), *_told(found["as they are"]))]
    for name, level in LEVELS.items():
        rows += [
            (escape(say(f"wild.level_{name}", language, level=f"{row[level]:g}")), *_told(row))
            for row in found.get(name, [])
        ]
    thresholds = "".join(
        f"<li>{escape(say(f'wild.flag_{name}', language, threshold=f'{value:.3g}'))}</li>"
        for name, value in found["thresholds"].items()
    )
    header = [say("wild.condition", language)]
    header += [say(f"networks.metric_{key}", language) for key in ("count", "mae", "coverage")]
    flagged = f"<p>{escape(say('wild.flagged', language))}</p><ul>{thresholds}</ul>" if thresholds else ""
    return table(header, rows, say("wild.conditions_caption", language)) + flagged


def _told(row: dict[str, Any]) -> tuple[str, str, str]:
    return measured(row["count"]), measured(row["mae"]), measured(row["coverage"], share=True)


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
