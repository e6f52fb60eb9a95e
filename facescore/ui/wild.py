"""What was measured on a rating network beyond its own data set: other faces, conditions, and agreement."""

from typing import Any

from facescore.results import tables
from facescore.ui.pieces import drawn_groups, folded, group_name, group_table, heading, read_study, table
from facescore.ui.words import say, say_html

DATA_SETS = {"scut": "SCUT-FBP5500", "mebeauty": "MEBeauty", "omi": "One Million Impressions"}
# the page does not import facescore.datasets


def describe(name: str, language: str) -> str:
    """The sections, without those that were not measured.

    Args:
        name: the name of the study.
        language: the language of the text.
    """
    metrics = read_study(name).metrics
    html = ""
    if "wild" in metrics:
        html += heading("wild.heading", language) + drawn_groups(metrics["wild"], language)
        html += folded("stories.numbers", language, groups(name, language))
    if "omi" in metrics:
        caption = say("wild.ages_caption", language, count=f"{metrics['omi']['all']['count']:,}")
        ages = group_table(tables.of_every_age(metrics), caption, language)
        html += heading("wild.ages", language) + folded("stories.numbers", language, ages)
    if "conditions" in metrics:
        html += heading("wild.conditions", language)
        html += folded("stories.numbers", language, _conditions(metrics["conditions"], language))
    if "agreement" in metrics:
        html += heading("wild.agreement", language)
        html += folded("stories.numbers", language, _agreement(metrics, language))
    return html


def groups(name: str, language: str) -> str:
    """The metrics of every group of MEBeauty's faces.

    Args:
        name: the name of the study.
        language: the language of the text.
    """
    metrics = read_study(name).metrics
    caption = say("wild.caption", language, count=f"{metrics['wild']['all']['count']:,}")
    return group_table(tables.in_the_wild(metrics), caption, language)


def _conditions(found: dict[str, Any], language: str) -> str:
    kind = "rating" if "coverage" in found["as they are"] else "probability"
    rows = {
        say(f"wild.level_{name}" if level else "wild.as_they_are", language, level=level): row
        for name, level, row in tables.conditions(found)
    }
    measured = tables.table(rows, ("count", "mae", "coverage", "change", "accuracy"), "condition")
    thresholds = "".join(
        f"<li>{say_html(f'wild.level_of_{name}', language, threshold=f'{value:.3g}')}</li>"
        for name, value in found["thresholds"].items()
    )
    warned = f"<p>{say_html(f'wild.warned_{kind}', language)}</p><ul>{thresholds}</ul>" if thresholds else ""
    caption = say("wild.conditions_caption", language)
    return table(measured, caption, language, say("wild.condition", language)) + warned


def _agreement(metrics: dict[str, Any], language: str) -> str:
    rows = {
        f"{DATA_SETS[dataset]}: {group_name(group, language)}": values
        for dataset, groups in metrics["agreement"].items()
        for group, values in groups.items()
    }
    agreement = tables.table(rows, ("count", "with_ratings", "with_scores"), "group")
    return table(agreement, say("wild.agreement_caption", language), language, say("networks.group", language))
