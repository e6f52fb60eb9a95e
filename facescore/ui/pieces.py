"""Building blocks of the tabs about the networks: studies, cards and tables, as HTML."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd
from markupsafe import escape

from facescore import checkpoints
from facescore.checkpoints import CARD, Card
from facescore.estimates import Estimate, parts
from facescore.results.study import Study
from facescore.results.tables import FORMATS
from facescore.scoring.percentile import ALL
from facescore.settings import CHECKPOINTS, Settings
from facescore.ui.drawings import Row, rows
from facescore.ui.words import WORDS, say, say_html

SIGNS = re.compile(r"\W+")
TERMS = {text: key for key, text in WORDS["en"].items() if key.startswith("terms.")}


@cache
def read_study(name: str) -> Study:
    """A study, read once."""
    return Study.read(name)


@cache
def read_card(name: str) -> Card:
    """A checkpoint's card, read once; whoever runs a network verifies its files."""
    return checkpoints.read_card(CHECKPOINTS / name)


def find_card(name: str) -> Card | None:
    """The card of a recipe's checkpoint; None if the recipe has a study only."""
    return read_card(name) if (CHECKPOINTS / name / CARD).is_file() else None


def term(text: str, language: str) -> str:
    """A card's or study's English text in a language of the page; unchanged if there is no translation."""
    return say(TERMS[text], language) if text in TERMS else text


def group_name(group: str, language: str) -> str:
    """A group of a data set, in words."""
    keys = f"score.group_{group}", f"groups.of_{SIGNS.sub('_', group)}"
    return next((say(key, language) for key in keys if key in WORDS[language]), term(group, language))


def ends(value: Estimate, form: str, language: str) -> str:
    """The ends of a value's 95% interval, such as 26% to 36%.

    Args:
        value: with its interval.
        form: how a number is written, such as ``{:.0%}``.
        language: the language of the text.
    """
    return say("score.between", language, low=form.format(value.low), high=form.format(value.high))


def with_interval(value: Estimate, form: str, language: str) -> str:
    """A value with its 95% interval, such as 31% (26% to 36%); the rest as `ends`."""
    return f"{form.format(value.value)} ({ends(value, form, language)})"


def title(name: str, language: str) -> str:
    """A network's name in words; its own name if there are none."""
    key = f"networks.name_{name}"
    return say(key, language) if key in WORDS[language] else name


def is_on_disk(card: Card) -> bool:
    """Whether FACESCORE_DATA names a folder with the pictures that a network was measured on."""
    data = Settings.read().data
    return data is not None and (data / card.data["pictures"]).is_dir()


def table(frame: pd.DataFrame, caption: str, language: str, of_index: str) -> str:
    """A table of results, which scrolls by itself if it is too wide.

    Args:
        frame: as `facescore.results.tables` makes it.
        caption: what the table shows, as text.
        language: the language of the columns' names.
        of_index: what the rows are, as text; the index names them unchanged.
    """
    shown = pd.DataFrame({column: [cell(value, str(column)) for value in frame[column]] for column in frame})
    shown.columns = pd.Index([say_html(f"networks.metric_{column}", language) for column in frame], name=of_index)
    shown.index = pd.Index(map(escape, frame.index))
    return scrolling_table(shown, caption)


def group_table(frame: pd.DataFrame, caption: str, language: str) -> str:
    """A table with one row per group, named in words."""
    named = frame.rename(index=lambda group: group_name(group, language))
    return table(named, caption, language, say("networks.group", language))


def drawn_groups(measured: Mapping[str, Mapping[str, Any]], language: str) -> str:
    """The accuracy or the mean absolute error of every group as a dot with its interval.

    Args:
        measured: the metrics by group.
        language: the language of the groups' names.
    """
    metric = "accuracy" if "accuracy" in measured[ALL] else "mae"
    values = {group: one[metric] for group, one in measured.items() if metric in one}
    shown = [
        Row(group_name(group, language), value, parts(value, metric)[0], strong=group == ALL)
        for group, value in values.items()
    ]
    highest = 1.0 if metric == "accuracy" else max(value.high for value in values.values())
    caption = say(f"networks.metric_{metric}", language) + " · " + say("networks.interval", language)
    return f"<div class='columns'>{rows(shown, caption, highest)}</div>"


def cell(value: object, metric: str) -> str:
    """A cell as HTML: a value with its interval, a count, a text, or a dash."""
    middle, low, high = parts(value, FORMATS.get(metric, metric))
    interval = f' <span class="range">{low} – {high}</span>' if low else ""
    return f"{escape(middle)}{interval}"


def scrolling_table(shown: pd.DataFrame, caption: str) -> str:
    """A table whose cells are HTML, below its caption."""
    head, body = shown.to_html(escape=False, border=0).split("</thead>")
    named = head.replace("<th>", '<th scope="col">') + "</thead>" + body.replace("<th>", '<th scope="row">')
    text = escape(caption)
    labelled = named.replace("<table", f'<table aria-label="{text}"', 1)
    return f'<p class="caption">{text}</p>{scrolling(labelled, text)}'


def link(address: str) -> str:
    """A link that shows where it leads."""
    return f'<a href="{escape(address)}">{escape(address)}</a>'


def heading(key: str, language: str) -> str:
    """The heading of a section."""
    return f"<h3>{say_html(key, language)}</h3>"


def folded(key: str, language: str, content: str) -> str:
    """Content that is shown when its line is pressed; empty if there is none.

    Args:
        key: the key of the line.
        language: the language of the line.
        content: as HTML.
    """
    return f"<details><summary>{say_html(key, language)}</summary>{content}</details>" if content else ""


def scrolling(content: str, name: str) -> str:
    """A box that scrolls sideways, by keyboard too, so that the page does not."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">{content}</div>'
