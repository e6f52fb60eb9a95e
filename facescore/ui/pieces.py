"""What the tabs about the networks are made of: studies, cards, figures and tables, as HTML."""

import base64
import io
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from facescore import checkpoints
from facescore.checkpoints import CARD, Card
from facescore.errors import FaceScoreError
from facescore.scoring.runtime import Runtime
from facescore.settings import ASSETS, CHECKPOINTS, Settings
from facescore.ui.cards import message
from facescore.ui.words import WORDS, say

if (
    TYPE_CHECKING
):  # they bring matplotlib, which is imported when the first figure is drawn, so that the page starts fast
    from matplotlib.figure import Figure

    from facescore.ui.figures import Study

SHARES = ("accuracy", "true_share", "predicted_share", "false_positive_rate", "false_negative_rate", "coverage")
"""Metrics that are shown in per cent."""
FROM_DISK = ("surest", "samples")
OF_FACES = (*FROM_DISK, "average_faces")
"""Figures that show faces; the others are drawings, which are light on dark in dark mode."""
PIXELS_PER_INCH, RESOLUTION, WIDE = 76, 130, 600
TERMS = {text: key for key, text in WORDS["en"].items() if key.startswith("terms.")}

Measured = dict[str, float]


@cache
def read_study(name: str) -> "Study":
    """A recipe's study, read once."""
    from facescore.ui.figures import Study

    return Study.read(name)


@cache
def read_card(name: str) -> Card:
    """A checkpoint's card, read and verified once."""
    return checkpoints.load(CHECKPOINTS / name)


def find_card(name: str) -> Card | None:
    """The card of a recipe's checkpoint; None where the recipe left a study only."""
    return read_card(name) if (CHECKPOINTS / name / CARD).is_file() else None


def term(text: str, language: str) -> str:
    """What a card or a study says in English, in a language of the page; as it stands where no word is known."""
    return say(TERMS[text], language) if text in TERMS else text


def group_name(group: str, language: str) -> str:
    """A group of a data set, in words."""
    key = f"score.group_{group}"
    return say(key, language) if key in WORDS[language] else term(group, language)


def is_on_disk(card: Card) -> bool:
    """Whether FACESCORE_DATA names a folder with the pictures that a network was measured on."""
    data = Settings.read().data
    return data is not None and (data / card.data["pictures"]).is_dir()


def figure(kind: str, study: str, language: str) -> str:
    """A figure of a study with its caption, drawn once.

    Args:
        kind: the name of a function of `facescore.ui.figures`.
        study: the recipe's name.
        language: of the caption and of the text that is read out in the figure's place; axes are labelled in English.

    Returns:
        HTML; the reason, where a picture of the data set cannot be read.
    """
    try:
        address, width = _drawing(kind, study)
    except FaceScoreError as error:
        return message(str(error))
    caption, alt = (escape(say(f"networks.{part}_{kind}", language, name=study)) for part in ("caption", "alt"))
    style = f"width:clamp({0.55 * width:.0f}px,100%,{width}px)"
    shows = "faces" if kind in OF_FACES else "drawing"
    image = f'<img class="{shows}" src="{address}" alt="{alt}" style="{style}">'
    size = "wide" if width > WIDE else "narrow"
    return f'<figure class="{size}">{scrolling(image, alt)}<figcaption>{caption}</figcaption></figure>'


@cache
def _drawing(kind: str, study: str) -> tuple[str, int]:
    """A figure as a data address, and its width on the page in pixels."""
    drawn = _draw(kind, study)
    file = io.BytesIO()
    drawn.savefig(file, format="webp", dpi=RESOLUTION, pil_kwargs={"quality": 88})
    width = round(drawn.get_figwidth() * PIXELS_PER_INCH)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}", width


def _draw(kind: str, name: str) -> "Figure":
    from facescore.ui import figures

    if kind == "ratings_by_group":
        return figures.ratings_by_group()
    study, data = read_study(name), Settings.read().data
    if kind in FROM_DISK and data is not None:
        if kind == "samples":
            return figures.samples(study, data / read_card(name).data["pictures"])
        return figures.surest(study, Runtime(CHECKPOINTS / name, "binary"), data)
    drawn: Figure = getattr(figures, kind)(study)
    return drawn


def has_average_faces(study: str) -> bool:
    """Whether the average faces of a network's scores are shipped."""
    return (ASSETS / "average_faces" / study).is_dir()


def table(header: Iterable[str], rows: Iterable[Iterable[str]], caption: str) -> str:
    """A table that scrolls by itself where it is too wide.

    Args:
        header: a name a column, as text.
        rows: cells as HTML; a row's first one names the row.
        caption: what the table is, as text.
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = ""
    for first, *cells in rows:
        body += f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
    text = escape(caption)
    lines = f'<table aria-label="{text}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<p class="caption">{text}</p>{scrolling(lines, text)}'


def group_table(groups: dict[str, Any], keys: Sequence[str], caption: str, language: str) -> str:
    """A row a group, a column a metric of those that were measured.

    Args:
        groups: what was measured of each, by its name.
        keys: the metrics, as the studies name them.
        caption: what the table is, as text.
        language: of the names.
    """
    header = [say("networks.group", language), *(say(f"networks.metric_{key}", language) for key in keys)]
    rows = [
        (escape(group_name(group, language)), *(measured(values.get(key), key in SHARES) for key in keys))
        for group, values in groups.items()
    ]
    return table(header, rows, caption)


def heading(key: str, language: str) -> str:
    """The heading of a section."""
    return f"<h3>{escape(say(key, language))}</h3>"


def scrolling(content: str, name: str) -> str:
    """A box that scrolls sideways, by keyboard too, so that the page does not."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">{content}</div>'


def measured(value: Measured | int | None, share: bool = False) -> str:
    """A table's cell: a count, a value with its interval, or a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    middle, low, high = (f"{value[end]:.1%}" if share else f"{value[end]:.3f}" for end in ("value", "low", "high"))
    return f'{middle} <span class="range">{low} – {high}</span>'
