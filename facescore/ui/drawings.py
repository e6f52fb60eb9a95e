"""Small drawings in HTML and SVG, in the page's own colours: rows of values, a histogram, average faces."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from markupsafe import escape

from facescore.estimates import Estimate
from facescore.scoring.scorer import HIGHEST, LOWEST
from facescore.settings import ASSETS
from facescore.ui.pictures import data_url

FACES = ASSETS / "average_faces"
WIDTH, HEIGHT, BARS = 400, 90, 40
ROUNDED = 5e-7  # the ratings in the table are rounded to six decimals


@dataclass(frozen=True)
class Row:
    """A value among others.

    Attributes:
        name: what was measured.
        value: what was found.
        text: the value as it is written.
        face: an average face to show in front of it, such as ``celeba/male-young``; empty for none.
        strong: whether it is the one that the number above the drawing gives.
    """

    name: str
    value: Estimate
    text: str
    face: str = ""
    strong: bool = False


def rows(shown: list[Row], caption: str, highest: float = 1.0) -> str:
    """Values as dots on lines from 0 to ``highest``, each with its 95% interval.

    Args:
        shown: the values.
        caption: what they are.
        highest: the value at the lines' end.
    """
    lines = "".join(_line(row, highest) for row in shown)
    return _drawn(f'<ul class="rows">{lines}</ul>', caption)


def _drawn(content: str, caption: str) -> str:
    """A drawing above its caption."""
    return f'<figure class="drawn">{content}<figcaption class="fine">{escape(caption)}</figcaption></figure>'


def _line(row: Row, highest: float) -> str:
    low, value, high = (
        100 * min(max(number / highest, 0), 1) for number in (row.value.low, row.value.value, row.value.high)
    )
    reach = f'<i class="reach" style="left:{low:.1f}%;width:{high - low:.1f}%"></i>'
    track = f'{reach}<i class="dot" style="left:{value:.1f}%"></i>'
    picture = f'<img src="{average_face(row.face)}" alt="" aria-hidden="true">' if row.face else ""
    return (
        f'<li class="{"strong" if row.strong else "plain"}">{picture}<span class="name">{escape(row.name)}</span>'
        f'<span class="number">{escape(row.text)}</span><span class="track" aria-hidden="true">{track}</span></li>'
    )


def histogram(caption: str, band: tuple[float, float] | None = None) -> str:
    """SCUT-FBP5500's mean ratings as bars, and an interval over them.

    Args:
        caption: what is shown.
        band: the interval's ends, 1 to 5.
    """
    ratings = scut_ratings()
    counts, edges = np.histogram(ratings["score"], BARS, (LOWEST, HIGHEST), weights=ratings["count"])
    bars = "".join(
        f'<rect x="{_x(edge):.1f}" y="{HEIGHT - height:.1f}" width="{WIDTH / BARS - 1.5:.1f}" height="{height:.1f}"/>'
        for edge, height in zip(edges, HEIGHT * counts / counts.max(), strict=False)
    )
    ticks = "".join(
        f'<text x="{np.clip(_x(tick), 5, WIDTH - 5):.0f}" y="{HEIGHT + 18}">{tick}</text>' for tick in range(1, 6)
    )
    low, high = (_x(end) for end in band) if band else (0.0, 0.0)
    over = f'<rect class="reach" x="{low:.1f}" y="0" width="{high - low:.1f}" height="{HEIGHT}"/>' if band else ""
    box, text = f"0 0 {WIDTH} {HEIGHT + 22}", escape(caption)
    return _drawn(
        f'<svg class="histogram" viewBox="{box}" role="img" aria-label="{text}">{over}<g>{bars}</g>{ticks}</svg>',
        caption,
    )


def _x(score: float) -> float:
    return float(WIDTH * (score - LOWEST) / (HIGHEST - LOWEST))


@cache
def scut_ratings() -> pd.DataFrame:
    """SCUT-FBP5500's mean ratings: ``group``, ``score`` and ``count``."""
    return pd.read_csv(ASSETS / "scut_scores.csv")


def raters() -> int:
    """How many people are behind each mean rating: the least number of which every mean is a whole multiple."""
    scores = scut_ratings()["score"].to_numpy()
    return next(
        count for count in range(1, 1000) if np.abs(scores * count - np.rint(scores * count)).max() <= count * ROUNDED
    )


@cache
def average_face(name: str) -> str:
    """An average face as a data URL.

    Args:
        name: its path in ``assets/average_faces``, without the ending.
    """
    return data_url((FACES / f"{name}.webp").read_bytes(), "image/webp")


def average_faces(names: dict[str, str], caption: str) -> str:
    """Average faces side by side, each with a line below it.

    Args:
        names: the line by the face's name.
        caption: what is shown.
    """
    faces = "".join(
        f'<li><img src="{average_face(name)}" alt="{escape(line)}"><span class="fine" aria-hidden="true">{escape(line)}'
        "</span></li>"
        for name, line in names.items()
    )
    return _drawn(f'<ul class="averages">{faces}</ul>', caption)
